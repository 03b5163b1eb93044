private import Foundation

/// How much of a latent is signal and how much is noise: x = signal x0 + noise e, e ~ N(0, I).
///
/// signal^2 + noise^2 = 1 (variance preserving); both in 0...1.
public struct NoiseLevel: Hashable, Sendable {
  /// Factor of the clean latent.
  public let signal: Double
  /// Standard deviation of the noise.
  public let noise: Double

  /// No noise at all: where every schedule ends.
  public static let clean = NoiseLevel(signal: 1, noise: 0)

  init(signal: Double, noise: Double) {
    self.signal = signal
    self.noise = noise
  }

  /// A level from the cumulative product of (1 - beta), in 0...1.
  public init(cumulativeAlpha: Double) {
    self.init(signal: cumulativeAlpha.squareRoot(), noise: (1 - cumulativeAlpha).squareRoot())
  }

  /// A level from half the logarithm of the signal-to-noise ratio: signal^2 = 1 / (1 + exp(-2 lambda)).
  public init(logSNR lambda: Double) {
    self.init(
      signal: (1 / (1 + exp(-2 * lambda))).squareRoot(),
      noise: (1 / (1 + exp(2 * lambda))).squareRoot())
  }

  /// lambda = log(signal / noise), half the logarithm of the signal-to-noise ratio; infinite when clean.
  public var logSNR: Double { log(signal / noise) }
}
