/// How single latencies scatter around their median: relative factors, 1 = the median.
public struct ResidualDistribution: Sendable, Hashable {
  /// Factors at evenly spaced probabilities, the first at 0 and the last at 1; non-decreasing.
  public let quantiles: [Double]
  /// Autocorrelation of successive factors of one worker, in (-1, 1).
  public let lag1: Double

  /// A distribution from at least two non-decreasing, positive, finite factors and an
  /// autocorrelation in (-1, 1); nil from anything else.
  public init?(quantiles: [Double], lag1: Double = 0) {
    guard Self.fault(of: quantiles) == nil, lag1 > -1, lag1 < 1 else { return nil }
    self.quantiles = quantiles
    self.lag1 = lag1
  }

  /// The factor at probability `u`, linear between the quantiles; `u` outside [0, 1] counts as the
  /// nearer end (NaN as 0).
  public func factor(atUniform u: Double) -> Double {
    let position = (u > 0 ? min(u, 1) : 0) * Double(quantiles.count - 1)
    let below = min(Int(position), quantiles.count - 2)
    let share = position - Double(below)
    return quantiles[below] * (1 - share) + quantiles[below + 1] * share
  }

  /// What is wrong with a list of quantiles, or nil.
  static func fault(of quantiles: [Double]) -> String? {
    if quantiles.count < 2 { return "needs at least two factors" }
    if !quantiles.allSatisfy({ $0 > 0 && $0.isFinite }) { return "must be positive and finite" }
    if zip(quantiles, quantiles.dropFirst()).contains(where: { $0 > $1 }) {
      return "must not decrease"
    }
    return nil
  }
}
