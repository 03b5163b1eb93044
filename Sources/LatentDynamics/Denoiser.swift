private import Foundation

/// The exact denoiser of a prior, in the place of a trained network.
///
/// E[x0 | x] = sum_k w_k (mu_k + W (x - a mu_k)), W = a S / (a^2 S + s^2), w_k the posterior of mode k;
/// one S for all modes makes that M + W (x - a M), M = sum_k w_k mu_k. Keeps its scratch: no allocation
/// per evaluation.
public struct Denoiser: Sendable {
  /// The prior.
  public let prior: LatentPrior
  /// Evaluations so far.
  public private(set) var evaluations = 0
  private var inverseVariance: [Double]
  private var weights: [Double]

  /// A denoiser of this prior.
  public init(_ prior: LatentPrior) {
    self.prior = prior
    inverseVariance = Array(repeating: 0, count: prior.shape.plane)
    weights = Array(repeating: 0, count: prior.modes.count)
  }

  /// Writes the predicted clean latent to `output`, which has the latent's shape.
  public mutating func predict(_ x: [Double], at level: NoiseLevel, into output: inout [Double]) {
    precondition(x.count == prior.shape.count && output.count == x.count, "another shape")
    evaluations += 1
    weigh(x, at: level)
    let plane = prior.shape.plane
    let a = level.signal
    for i in output.indices { output[i] = 0 }
    for (mode, weight) in zip(prior.modes, weights) where weight > 1e-16 {
      mode.withUnsafeBufferPointer { mode in
        output.withUnsafeMutableBufferPointer { output in
          for i in 0..<mode.count { output[i] += weight * mode[i] }
        }
      }
    }
    x.withUnsafeBufferPointer { x in
      output.withUnsafeMutableBufferPointer { output in
        for base in stride(from: 0, to: x.count, by: plane) {
          for i in 0..<plane {
            let gain = a * prior.variance[i] * inverseVariance[i]
            output[base + i] += gain * (x[base + i] - a * output[base + i])
          }
        }
      }
    }
  }

  /// log p(x) at a noise level, up to a constant in x.
  public mutating func logDensity(_ x: [Double], at level: NoiseLevel) -> Double {
    let normalised = weigh(x, at: level)
    var square = 0.0
    for i in x.indices { square += x[i] * x[i] * inverseVariance[i % prior.shape.plane] }
    return normalised - square / 2
  }

  /// Posterior weights of the modes. -(x - a mu)^2 / 2V without what all modes share is
  /// a x mu / V - a^2 mu^2 / 2V. Returns the logarithm of the sum of their exponentials.
  @discardableResult
  private mutating func weigh(_ x: [Double], at level: NoiseLevel) -> Double {
    let (a, s) = (level.signal, level.noise)
    for i in inverseVariance.indices {
      inverseVariance[i] = 1 / (a * a * prior.variance[i] + s * s)
    }
    for (k, mode) in prior.modes.enumerated() {
      weights[k] = a * Self.sum(x, mode, inverseVariance, a / 2)
    }
    let largest = weights.max() ?? 0
    var total = 0.0
    for k in weights.indices {
      weights[k] = exp(weights[k] - largest)
      total += weights[k]
    }
    for k in weights.indices { weights[k] /= total }
    return largest + log(total)
  }

  /// sum (x - half mu) mu / V, in eight partial sums: the same order of additions in every build.
  private static func sum(
    _ x: [Double], _ mode: [Double], _ inverse: [Double], _ half: Double
  ) -> Double {
    x.withUnsafeBufferPointer { x in
      mode.withUnsafeBufferPointer { mode in
        inverse.withUnsafeBufferPointer { inverse in
          var sums = SIMD8<Double>.zero
          var rest = 0.0
          let plane = inverse.count
          for base in stride(from: 0, to: x.count, by: plane) {
            var i = 0
            while i + 8 <= plane {
              let mu = Self.eight(mode, base + i)
              sums += (Self.eight(x, base + i) - half * mu) * mu * Self.eight(inverse, i)
              i += 8
            }
            while i < plane {
              rest += (x[base + i] - half * mode[base + i]) * mode[base + i] * inverse[i]
              i += 1
            }
          }
          return sums.sum() + rest
        }
      }
    }
  }

  @inline(__always)
  private static func eight(_ values: UnsafeBufferPointer<Double>, _ at: Int) -> SIMD8<Double> {
    UnsafeRawBufferPointer(values).loadUnaligned(
      fromByteOffset: at * MemoryLayout<Double>.stride, as: SIMD8<Double>.self)
  }
}
