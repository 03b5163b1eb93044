import Foundation
package import Results

private import CGSL

/// Intervals of a mean over replications, from replications that are independent of each other.
extension Intervals {
  /// Fewest replications for an interval: that of two would be too wide to say anything.
  package static let minimumReplications = 3

  /// Mean and `confidence` interval; the interval is nil below ``fewest`` values.
  ///
  /// The ends are those of Student's t on a scale that keeps them within the range (logarithm or logit, by
  /// the jackknife). On the side of the longer tail the end is that of Hall's correction for skewness
  /// where it lies further out.
  package static func mean(
    _ values: [Double], within range: ValueRange, confidence: Double = 0.95
  ) -> (mean: Double, interval: ClosedRange<Double>?)? {
    guard !values.isEmpty else { return nil }
    let sample = Sample(values)
    guard values.count >= minimumReplications else { return (sample.mean, nil) }
    guard sample.error > 0 else { return (sample.mean, sample.mean...sample.mean) }
    let t = quantile(confidence, degrees: values.count - 1)
    var (lower, upper) = sample.ends(range, t)
    if sample.skewness > 0 { upper = max(upper, sample.corrected(-t)) }
    if sample.skewness < 0 { lower = min(lower, sample.corrected(t)) }
    if range != .real { lower = max(lower, 0) }
    if range == .share { upper = min(upper, 1) }
    return (sample.mean, min(lower, sample.mean)...max(upper, sample.mean))
  }

  /// Mean and Student's interval, with no regard to range or skewness: at the levels of many values judged together
  /// Hall's correction reaches beyond what a sample can tell. The interval is nil below ``fewest`` values.
  package static func student(
    _ values: [Double], confidence: Double
  ) -> (mean: Double, interval: ClosedRange<Double>?)? {
    guard !values.isEmpty else { return nil }
    let sample = Sample(values)
    guard values.count >= minimumReplications else { return (sample.mean, nil) }
    let half = quantile(confidence, degrees: values.count - 1) * sample.error
    return (sample.mean, sample.mean - half...sample.mean + half)
  }

  /// Probability of a mean as far from 0 were the true one 0, by the same rule as the interval's: it is
  /// under 5 % where the 95 % interval leaves 0 out. Nil below ``fewest`` values.
  static func pValue(ofDifferences values: [Double]) -> Double? {
    guard values.count >= minimumReplications else { return nil }
    let sample = Sample(values)
    guard sample.error > 0 else { return sample.mean == 0 ? 1 : 0 }
    let student = pValue(sample.mean, sample.error, degrees: values.count - 1)
    // 0 lies on the side of the longer tail.
    guard sample.skewness * sample.mean < 0 else { return student }
    let hall = pValue(sample.transformed(sample.mean / sample.error), 1, degrees: values.count - 1)
    return max(student, hall)
  }
}

/// Moments of the values of replications, and the ends that follow from them.
private struct Sample {
  package let values: [Double]
  package let mean: Double
  /// Standard error of the mean.
  let error: Double
  /// Third central moment over the cube of the standard deviation, both with divisor n.
  let skewness: Double

  init(_ values: [Double]) {
    self.values = values
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let second = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let third = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / n
    // Rounding of equal values is no spread.
    let isEqual = values.allSatisfy { $0 == values[0] }
    self.mean = isEqual ? values[0] : mean
    error = isEqual || n < 2 ? 0 : (second / (n - 1)).squareRoot()
    skewness = isEqual || second == 0 ? 0 : third / (second * second.squareRoot())
  }

  /// A standard error of the logarithm above this, a factor of e, is that of one value among many small ones: the ends
  /// would lie orders of magnitude from anything seen. Assumed.
  static let largestError = 1.0

  /// Student's ends on the range's scale; where a value has none there, or one stands out so far that the logarithm
  /// says nothing, those of the mean itself.
  package func ends(_ range: ValueRange, _ t: Double) -> (Double, Double) {
    switch range {
    case .real: break
    case .positive:
      if let (theta, error) = jackknife({ log($0) }), error <= Self.largestError {
        return (exp(theta - t * error), exp(theta + t * error))
      }
    case .share:
      if let (theta, error) = jackknife({ log($0 / (1 - $0)) }) {
        func share(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
        return (share(theta - t * error), share(theta + t * error))
      }
    }
    return (mean - t * error, mean + t * error)
  }

  /// The mean on a scale and the jackknife standard error there (Miller, Biometrika 61 (1974)); nil where
  /// the mean, or one that leaves a value out, has no place on it.
  private func jackknife(_ scale: (Double) -> Double) -> (theta: Double, error: Double)? {
    let n = Double(values.count)
    let sum = values.reduce(0, +)
    let theta = scale(mean)
    var pseudo: [Double] = []
    for value in values {
      let without = scale((sum - value) / (n - 1))
      guard without.isFinite else { return nil }
      pseudo.append(n * theta - (n - 1) * without)
    }
    guard theta.isFinite else { return nil }
    return (theta, Sample(pseudo).error)
  }

  /// The value of the mean at which Hall's transformation of its t statistic is `t` (Hall, J. R. Statist.
  /// Soc. B 54 (1992)).
  func corrected(_ t: Double) -> Double {
    let a = coefficient
    guard abs(a) > 1e-9 else { return mean - error * t }
    return mean - error * 3 / a * (cbrt(1 + a * (t - a / 6)) - 1)
  }

  /// t + a t^2 / 3 + a^2 t^3 / 27 + a / 6, which has less skewness than t.
  func transformed(_ t: Double) -> Double {
    let a = coefficient
    return t + a * t * t / 3 + a * a * t * t * t / 27 + a / 6
  }

  private var coefficient: Double { skewness / Double(values.count).squareRoot() }
}
