private import CGSL
import Foundation
import EventEngine

/// Means over replications and ratios of such means, with Student-t intervals.
public enum Intervals {
  /// Mean and `confidence` interval; the interval is nil below two values.
  public static func mean(
    _ values: [Double], confidence: Double = 0.95
  ) -> (mean: Double, interval: ClosedRange<Double>?)? {
    guard !values.isEmpty else { return nil }
    var sums = Welford()
    for value in values { sums.add(value) }
    guard values.count > 1 else { return (sums.mean, nil) }
    let half =
      quantile(confidence, degrees: values.count - 1)
      * sums.standardDeviation / Double(values.count).squareRoot()
    return (sums.mean, sums.mean - half...sums.mean + half)
  }

  /// Ratio of the mean of `values` to the mean of `baseline`, paired by index, with a jackknife
  /// interval on its logarithm: theta = ln(mean x / mean y), pseudo-values n theta - (n - 1)
  /// theta_(i), theta +- t s / sqrt(n) (Miller, Biometrika 61 (1974)).
  ///
  /// Nil where a mean is not above zero; the interval is nil below two pairs or where leaving one out
  /// leaves a mean of zero.
  public static func ratio(
    _ values: [Double], to baseline: [Double], confidence: Double = 0.95
  ) -> (ratio: Double, interval: ClosedRange<Double>?)? {
    precondition(values.count == baseline.count, "a ratio of unpaired values")
    let n = values.count
    let x = values.reduce(0, +)
    let y = baseline.reduce(0, +)
    guard n > 0, x > 0, y > 0 else { return nil }
    guard n > 1 else { return (x / y, nil) }
    let theta = log(x / y)
    var pseudo = Welford()
    for i in values.indices {
      let without = (x - values[i]) / (y - baseline[i])
      guard without > 0, without.isFinite else { return (x / y, nil) }
      pseudo.add(Double(n) * theta - Double(n - 1) * log(without))
    }
    let half =
      quantile(confidence, degrees: n - 1) * pseudo.standardDeviation / Double(n).squareRoot()
    return (x / y, exp(theta - half)...exp(theta + half))
  }

  /// Two-sided quantile of Student's t distribution.
  static func quantile(_ confidence: Double, degrees: Int) -> Double {
    gsl_cdf_tdist_Pinv(0.5 + confidence / 2, Double(degrees))
  }

}
