private import Foundation

/// A deterministic sampler of the probability-flow equation.
public enum Sampler: String, Hashable, Sendable, CaseIterable {
  /// Song, Meng, Ermon 2021, eta = 0: first order.
  case ddim
  /// Euler's method on dy/dsigma = (y - x0) / sigma, y = x / a, sigma = s / a (Karras et al. 2022): first
  /// order. On the same path it is DDIM in other variables; pipelines differ in the path.
  case euler
  /// DPM-Solver++(2M), Lu et al. 2022: second order, multistep, on the predicted x0. A step that ends
  /// clean is of first order.
  case dpmSolverPP2M = "dpm-solver++2m"
}

/// A latent on its way along a path of noise levels: state of a sampler between steps.
public struct SamplingRun: Sendable {
  /// The sampler.
  public let sampler: Sampler
  /// The latent at ``level``.
  public private(set) var latent: [Double]
  /// Where it is.
  public private(set) var level: NoiseLevel
  /// The clean latent predicted by the last evaluation; zero before the first.
  public private(set) var predicted: [Double]
  private var previous: [Double]
  /// The last step's length in log signal-to-noise ratio; nil before the first.
  private var lastStep: Double?

  /// A run from a latent at a level.
  public init(_ sampler: Sampler, from latent: [Double], at level: NoiseLevel) {
    self.sampler = sampler
    self.latent = latent
    self.level = level
    predicted = Array(repeating: 0, count: latent.count)
    previous = predicted
  }

  /// One evaluation, and the step to `next` with it.
  public mutating func step(to next: NoiseLevel, _ denoiser: inout Denoiser) {
    swap(&previous, &predicted)
    denoiser.predict(latent, at: level, into: &predicted)
    switch sampler {
    case .ddim: move(to: next, keeping: next.noise / level.noise, previous: 0)
    case .euler: eulerStep(to: next)
    case .dpmSolverPP2M:
      let length = next.logSNR - level.logSNR
      let weight = lastStep.map { next.noise > 0 ? length / (2 * $0) : 0 } ?? 0
      move(to: next, keeping: next.noise / level.noise, previous: weight)
      lastStep = length
    }
    level = next
  }

  /// Goes to `next` on the last evaluation's prediction, without another evaluation.
  mutating func coast(to next: NoiseLevel) {
    move(to: next, keeping: next.noise / level.noise, previous: 0)
    level = next
  }

  /// x' = c x + (a' - c a) ((1 + w) x0 - w x0_before), c = s' / s: DDIM for w = 0; the solver's
  /// a' (1 - exp(-h)) is the same factor, since exp(-h) = a s' / (a' s).
  private mutating func move(to next: NoiseLevel, keeping c: Double, previous w: Double) {
    let gain = next.signal - c * level.signal
    let (now, before) = (gain * (1 + w), -gain * w)
    latent.withUnsafeMutableBufferPointer { latent in
      predicted.withUnsafeBufferPointer { predicted in
        previous.withUnsafeBufferPointer { previous in
          for i in 0..<latent.count {
            latent[i] = c * latent[i] + now * predicted[i] + before * previous[i]
          }
        }
      }
    }
  }

  private mutating func eulerStep(to next: NoiseLevel) {
    let sigma = level.noise / level.signal
    let change = next.noise / next.signal - sigma
    for i in latent.indices {
      let y = latent[i] / level.signal
      latent[i] = next.signal * (y + change * (y - predicted[i]) / sigma)
    }
  }

  /// Walks through the levels of a path after the first, which must be the present one.
  public mutating func walk(_ path: some Collection<NoiseLevel>, _ denoiser: inout Denoiser) {
    precondition(path.first == level, "a path that starts elsewhere")
    for next in path.dropFirst() { step(to: next, &denoiser) }
  }

  /// The latent at the end of a path.
  public static func sample(
    _ sampler: Sampler, from latent: [Double], along path: [NoiseLevel], _ denoiser: inout Denoiser
  ) -> [Double] {
    var run = SamplingRun(sampler, from: latent, at: path[0])
    run.walk(path, &denoiser)
    return run.latent
  }
}
