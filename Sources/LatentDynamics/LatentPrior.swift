private import CGSL
internal import EventEngine
private import Foundation

/// The clean latents of one prompt: a mixture of equally likely Gaussians, exactly known.
///
/// All is in the cosine domain, where the covariance is diagonal: mode k is N(mu_k, S), S the same for
/// all modes and channels. Shapes: `variance` one plane, each mode a whole latent.
public struct LatentPrior: Sendable {
  /// The latent's shape.
  public let shape: LatentShape
  /// S: variance of each coefficient of a plane.
  public let variance: [Double]
  /// mu_k.
  public let modes: [[Double]]

  /// A prior from its parts; `variance` above zero, at least one mode.
  public init(shape: LatentShape, variance: [Double], modes: [[Double]]) {
    precondition(variance.count == shape.plane && !modes.isEmpty, "not a prior of this shape")
    precondition(modes.allSatisfy { $0.count == shape.count }, "a mode of another shape")
    self.shape = shape
    self.variance = variance
    self.modes = modes
  }

  /// The prior of a prompt.
  ///
  /// Assumed throughout: power-law spectra (1 + f)^-alpha with alpha = 3.2 - 1.6 complexity for the
  /// detail, whose energy is 0.1 + 0.6 complexity, and alpha = 3.5 for the modes, which have the rest,
  /// so that a value's variance is about 1.
  public init(_ prompt: Prompt, shape: LatentShape) {
    let detail = 0.1 + 0.6 * prompt.complexity
    let deviations = Self.powerLaw(3.5, energy: 1 - detail, shape).map { $0.squareRoot() }
    var stream = RandomStream(seed: prompt.seed, stream: .latentModes)
    let modes = (0..<prompt.modes).map { _ in
      Self.gaussian(shape.count, using: &stream).enumerated().map { index, value in
        value * deviations[index % shape.plane]
      }
    }
    self.init(
      shape: shape,
      variance: Self.powerLaw(3.2 - 1.6 * prompt.complexity, energy: detail, shape), modes: modes)
  }

  /// (1 + f)^-exponent over the plane's frequencies f, scaled to a mean of `energy`.
  private static func powerLaw(_ exponent: Double, energy: Double, _ shape: LatentShape) -> [Double]
  {
    let raw = (0..<shape.plane).map { index -> Double in
      let (y, x) = (Double(index / shape.width), Double(index % shape.width))
      return pow(1 + (x * x + y * y).squareRoot(), -exponent)
    }
    let mean = raw.reduce(0, +) / Double(raw.count)
    return raw.map { $0 * energy / mean }
  }

  /// Standard normal numbers.
  static func gaussian(_ count: Int, using stream: inout RandomStream) -> [Double] {
    stream.withGSL { generator in (0..<count).map { _ in gsl_ran_ugaussian(generator) } }
  }
}

extension RandomStreamID {
  /// Complexity and number of modes of a prompt.
  static let prompt = RandomStreamID(rawValue: 300)
  /// Modes of a prompt's prior.
  static let latentModes = RandomStreamID(rawValue: 301)
  /// The noise that a query starts from.
  static let latentNoise = RandomStreamID(rawValue: 302)
}
