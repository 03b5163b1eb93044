import Foundation
package import Results

/// How narrow the headline metrics' intervals must become, and how many replications that may take.
package struct PrecisionGoal: Sendable {
  /// An interval's longer side over the mean, such as 0.02.
  let relative: Double
  /// Most replications.
  let maximumReplications: Int

  package init(relative: Double, maximumReplications: Int) {
    self.relative = relative
    self.maximumReplications = maximumReplications
  }

  /// The metrics that must reach it.
  static let headline: [Metric] = [.violationRatio, .latencyMean, .latencyP99, .goodputImages]
  /// A violation ratio below this is held to a share of this: the relative error of a rare event would
  /// ask for more replications the better a policy is. Assumed.
  static let smallestRatio = 0.01

  /// Replications of the first look, where so many are allowed: a stop on fewer, just because their spread happens to
  /// be small, would leave intervals that hold the truth too seldom (Chow, Robbins, Ann. Math. Stat. 36 (1965)).
  package static let minimumReplications = 20

  /// Replications of the first look: twice as many where a policy's violations are held to an absolute width. There too
  /// small a ratio comes with too small a width, so half of the replications must have reached it too.
  private static func minimumReplications(for metrics: [[MetricValues]]) -> Int {
    let hasRareViolations = metrics.contains { runs in
      let ratios = runs.compactMap { $0[.violationRatio] }
      return !isSeenInFew(ratios) && isRare(ratios)
    }
    return hasRareViolations ? 2 * minimumReplications : minimumReplications
  }

  private static func isRare(_ ratios: [Double]) -> Bool {
    ratios.reduce(0, +) < smallestRatio * Double(ratios.count)
  }

  /// The metric furthest from the goal.
  struct Shortfall: Hashable {
    let policy: Int
    let metric: Metric
    /// The interval's longer side over the mean; of rare violations, that of the first half of the replications where it
    /// is wider.
    let relative: Double
  }

  /// The headline metric of any policy whose interval is widest for its mean; nil where none has one.
  ///
  /// Latencies of a policy whose queue grows are left out: no number of replications settles them.
  func widest(_ metrics: [[MetricValues]]) -> Shortfall? {
    var widest: Shortfall?
    for (policy, runs) in metrics.enumerated() {
      let isGrowing = SteadyState.isGrowing(runs)
      for metric in Self.headline where !(isGrowing && metric.entry.whenQueueGrows == .withheld) {
        let values = runs.compactMap { $0[metric] }
        if metric == .violationRatio, Self.isSeenInFew(values) { continue }
        guard values.count == runs.count, var relative = Self.relative(values, metric) else {
          continue
        }
        if metric == .violationRatio, Self.isRare(values),
          let half = Self.relative(Array(values.prefix(values.count / 2)), metric)
        {
          relative = max(relative, half)
        }
        if relative > widest?.relative ?? -1 {
          widest = Shortfall(policy: policy, metric: metric, relative: relative)
        }
      }
    }
    return widest
  }

  /// The longer side of the interval over the mean, or over ``smallestRatio``; nil where there is no interval.
  private static func relative(_ values: [Double], _ metric: Metric) -> Double? {
    guard let result = Intervals.mean(values, within: metric.range), let interval = result.interval
    else { return nil }
    let scale = scale(result.mean, metric)
    let half = max(interval.upperBound - result.mean, result.mean - interval.lowerBound)
    return scale > 0 ? half / scale : 0
  }

  /// What a width is held to.
  private static func scale(_ mean: Double, _ metric: Metric) -> Double {
    max(abs(mean), metric == .violationRatio ? smallestRatio : 0)
  }

  /// Whether too few replications show a violation for an interval to be known at all.
  private static func isSeenInFew(_ values: [Double]) -> Bool {
    values.count { $0 > 0 } < min(values.count, StoredSummary.minimumWithAny)
  }

  /// Replications to go on to; nil where these are enough, or no more are allowed.
  ///
  /// A width falls with the root of their number; at most twice as many at a time, since a standard
  /// deviation of few replications is itself uncertain.
  package func next(after metrics: [[MetricValues]]) -> Int? {
    let count = metrics.first?.count ?? 0
    guard count > 0, count < maximumReplications else { return nil }
    guard count >= Self.minimumReplications else {
      return min(Self.minimumReplications, maximumReplications)
    }
    let first = Self.minimumReplications(for: metrics)
    guard count >= first else { return min(first, maximumReplications) }
    guard let widest = widest(metrics), widest.relative > relative else { return nil }
    let wanted = min(needed(widest, after: count), Double(2 * count))
    return min(max(Int(wanted.rounded(.up)), count + 1), maximumReplications)
  }

  /// Replications that would do, by the width after those that there are.
  private func needed(_ widest: Shortfall, after count: Int) -> Double {
    Double(count) * ((widest.relative / relative) * (widest.relative / relative))
  }

  /// Replications that would do at the least, by Student's interval: a correction for skewness falls faster than with the
  /// root of their number.
  private func least(_ widest: Shortfall, _ metrics: [[MetricValues]]) -> Int {
    let values = metrics[widest.policy].compactMap { $0[widest.metric] }
    guard let result = Intervals.student(values, confidence: 0.95), let interval = result.interval
    else { return 0 }
    let scale = max(Self.scale(result.mean, widest.metric), .leastNormalMagnitude)
    let width = (interval.upperBound - result.mean) / scale / relative
    return Int(min(Double(values.count) * width * width, 1e9).rounded(.up))
  }

  /// What must be said after the first look, before the replications that are allowed are spent in vain; nil where they may
  /// do.
  package func warning(_ metrics: [[MetricValues]], policies: [String]) -> String? {
    guard metrics.first?.count == min(Self.minimumReplications, maximumReplications),
      let widest = widest(metrics),
      widest.relative > relative
    else { return nil }
    let count = metrics.first?.count ?? 0
    let least = least(widest, metrics)
    guard least > maximumReplications else { return nil }
    return
      "precision \(Self.percent(relative)) is likely to be out of reach: \(widest.metric.rawValue) of \(policies[widest.policy]) is known to "
      + "\(Self.percent(widest.relative)) after \(count) replications, and would by their spread take some \(least) of them; "
      + "\(maximumReplications) are allowed (--most-replications)"
  }

  /// What came of it, for a reader.
  package func note(_ metrics: [[MetricValues]], policies: [String]) -> Note {
    let count = metrics.first?.count ?? 0
    let widest = widest(metrics).map { widest in
      Note.PrecisionReached.Widest(
        metric: widest.metric.rawValue, policy: policies[widest.policy], relative: widest.relative,
        needed: max(least(widest, metrics), count + 1))
    }
    let unknown = metrics.indices.filter {
      Self.isSeenInFew(metrics[$0].compactMap { $0[.violationRatio] })
    }
    return .precision(
      result: .init(
        goal: relative, replications: count, widest: widest,
        violationsUnknown: unknown.map { policies[$0] }))
  }

  private static func percent(_ x: Double) -> String { String(format: "%.3g %%", 100 * x) }
}
