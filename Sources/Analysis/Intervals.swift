private import CGSL
import Foundation
import EventEngine

/// Means over replications and ratios of such means, with 95 % intervals; `INTERVALS.md` derives them.
package enum Intervals {
  /// Ratio of the mean of `values` to the mean of `baseline`, paired by index, with a jackknife
  /// interval on its logarithm: theta = ln(mean x / mean y), pseudo-values n theta - (n - 1)
  /// theta_(i), theta +- t s / sqrt(n) (Miller, Biometrika 61 (1974)).
  ///
  /// Nil where a mean is not above zero; the interval is nil below three pairs or where leaving one
  /// out leaves a mean of zero.
  package static func ratio(
    _ values: [Double], to baseline: [Double], confidence: Double = 0.95
  ) -> (ratio: Double, interval: ClosedRange<Double>?)? {
    guard let log = logRatio(values, to: baseline) else { return nil }
    guard let error = log.standardError else { return (exp(log.theta), nil) }
    let half = quantile(confidence, degrees: values.count - 1) * error
    return (exp(log.theta), exp(log.theta - half)...exp(log.theta + half))
  }

  /// The logarithm of the ratio of means and its jackknife standard error, under the conditions of
  /// ``ratio(_:to:confidence:)``.
  static func logRatio(
    _ values: [Double], to baseline: [Double]
  ) -> (theta: Double, standardError: Double?)? {
    precondition(values.count == baseline.count, "a ratio of unpaired values")
    let n = values.count
    let x = values.reduce(0, +)
    let y = baseline.reduce(0, +)
    guard n > 0, x > 0, y > 0 else { return nil }
    let theta = log(x / y)
    guard n >= minimumReplications else { return (theta, nil) }
    var pseudo = Welford()
    for i in values.indices {
      let without = (x - values[i]) / (y - baseline[i])
      guard without > 0, without.isFinite else { return (theta, nil) }
      pseudo.add(Double(n) * theta - Double(n - 1) * log(without))
    }
    return (theta, pseudo.standardDeviation / Double(n).squareRoot())
  }

  /// Probability that a ratio as large comes out where the true one is `limit`: one-sided, Student t of
  /// the jackknife. Nil where there is no standard error.
  package static func exceedance(
    of limit: Double, by values: [Double], to baseline: [Double]
  ) -> Double? {
    guard let log = logRatio(values, to: baseline), let error = log.standardError else {
      return nil
    }
    let distance = log.theta - Foundation.log(limit)
    guard error > 0 else { return distance > 0 ? 0 : 1 }
    return gsl_cdf_tdist_Q(distance / error, Double(values.count - 1))
  }

  /// Probability of a ratio as far from 1, on its logarithm, were the true one 1: two-sided, Student t
  /// of the jackknife. Nil where there is no standard error.
  static func pValue(ofRatio values: [Double], to baseline: [Double]) -> Double? {
    guard let log = logRatio(values, to: baseline), let error = log.standardError else {
      return nil
    }
    return pValue(log.theta, error, degrees: values.count - 1)
  }

  static func pValue(_ distance: Double, _ error: Double, degrees: Int) -> Double {
    guard error > 0 else { return distance == 0 ? 1 : 0 }
    return 2 * gsl_cdf_tdist_Q(abs(distance) / error, Double(degrees))
  }

  /// Holm's correction (1979): p-values of one family that may be read at its level each.
  package static func holm(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    var corrected = pValues
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
      corrected[index] = largest
    }
    return corrected
  }

  /// Two-sided quantile of Student's t distribution.
  static func quantile(_ confidence: Double, degrees: Int) -> Double {
    gsl_cdf_tdist_Pinv(0.5 + confidence / 2, Double(degrees))
  }
}
