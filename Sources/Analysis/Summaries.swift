import Foundation
import Results

/// Means over replications, and how they compare with the first policy's.
enum Summaries {
  /// `metrics` by policy and replication; the first policy is the baseline.
  ///
  /// - Parameter queues: what becomes of the policies' queues, by policy; nil = what these metrics show.
  static func make(
    policies: [String], metrics: [[MetricValues]], queues: [QueueVerdict?]? = nil
  ) -> [StoredSummary] {
    let queues = queues ?? metrics.map(SteadyState.verdict)
    var summaries = policies.indices.map { index in
      Metric.allCases.map { metric in
        summary(policies[index], index, metric, metrics, queues)
      }
    }
    for metric in Metric.allCases.indices { correct(&summaries, metric) }
    return summaries.flatMap { $0 }
  }

  /// Quantiles of a policy's latencies by replication, in nanoseconds, as their means in seconds; nil
  /// where no replication has any.
  static func distribution(_ policy: String, _ quantiles: [[Double]]) -> StoredCDF? {
    let runs = quantiles.filter { !$0.isEmpty }
    guard !runs.isEmpty else { return nil }
    let latencies = StoredCDF.probabilities.indices.map { index in
      let estimate = Intervals.mean(runs.map { $0[index] / 1e9 }, within: .positive)
      return (mean: estimate?.mean ?? 0, interval: estimate?.interval)
    }
    return StoredCDF(policy: policy, replications: runs.count, latencies: latencies)
  }

  /// Each policy that extends another beside that one.
  static func effects(
    policies: [String], metrics: [[MetricValues]], origins: [StoredOrigin]
  ) -> [StoredEffect] {
    let unsteady = metrics.map(SteadyState.isGrowing)
    return policies.indices.flatMap { index -> [StoredEffect] in
      guard let parent = origins.first(where: { $0.policy == policies[index] })?.parent,
        let other = policies.firstIndex(of: parent)
      else { return [] }
      return Metric.allCases.filter(\.entry.hasRatio).compactMap { metric in
        if metric.entry.whenQueueGrows == .withheld, unsteady[index] || unsteady[other] {
          return nil
        }
        let ours = metrics[index].compactMap { $0[metric] }
        let theirs = metrics[other].compactMap { $0[metric] }
        guard ours.count == metrics[index].count, theirs.count == ours.count,
          (ours + theirs).allSatisfy(\.isFinite), let ratio = Intervals.ratio(ours, to: theirs)
        else { return nil }
        return StoredEffect(
          policy: policies[index], parent: parent, metric: metric, ratio: ratio.ratio,
          interval: ratio.interval)
      }
    }
  }

  /// Holm's correction over the policies that a metric compares with the baseline.
  private static func correct(_ summaries: inout [[StoredSummary]], _ metric: Int) {
    let tested = summaries.indices.filter { summaries[$0][metric].pValue != nil }
    let corrected = Intervals.holm(tested.compactMap { summaries[$0][metric].pValue })
    for (policy, pValue) in zip(tested, corrected) { summaries[policy][metric].pValue = pValue }
  }

  private static func summary(
    _ policy: String, _ index: Int, _ metric: Metric, _ metrics: [[MetricValues]],
    _ queues: [QueueVerdict?]
  ) -> StoredSummary {
    let runs = metrics[index]
    let values = runs.compactMap { $0[metric] }
    let isInfinite = values.contains(.infinity)
    let mean =
      values.count == runs.count && !isInfinite
      ? Intervals.mean(values, within: metric.range) : nil
    var summary = StoredSummary(
      policy: policy, policyIndex: index, metric: metric, replications: values.count,
      mean: mean?.mean, interval: mean?.interval, queue: queues[index])
    if metric.entry.event != nil {
      summary.seenIn = values.count { $0 != (metric == .attainment ? 1 : 0) }
    }
    if summary.interval != nil {
      summary.coverage = ExpectedCoverage.of(values, within: metric.range)
    }
    if values.count < runs.count { summary.note = metric.entry.missing }
    if isInfinite {
      summary.note = infinite(runs, metric)
      return summary
    }
    if summary.isUnsteady {
      summary.note = .unsteady
      return summary
    }
    if metric.entry.whenQueueGrows == .dependsOnLength, summary.queue?.state == .growing {
      summary.note = .grows
    }
    if let seen = sameShare(metric, values, runs) {
      // Without spread Student's interval would have no width, and feign certainty.
      summary.interval = nil
      if let event = metric.entry.event, seen == 0 {
        let periods = runs.compactMap { $0[.busyPeriods] }
        summary.note = .neverSeen(
          event: event, replications: runs.count,
          busyPeriods: periods.count == runs.count && event == .violation
            ? Int(periods.reduce(0, +)) : nil)
      } else if let event = metric.entry.event {
        summary.note = .alwaysSeen(event: event, replications: runs.count)
      }
    }
    guard index > 0, mean != nil else { return summary }
    if metric.entry.whenQueueGrows == .withheld, queues[0]?.state == .growing {
      summary.note = .baselineUnsteady
      return summary
    }
    let theirs = metrics[0].compactMap { $0[metric] }
    if theirs.contains(.infinity) {
      summary.note = .baselineInfinite
    } else if theirs.count == values.count {
      compare(&summary, values, theirs)
    }
    return summary
  }

  /// 0 where what a metric counts occurred in no replication though the runs are random, 1 where it befell every query
  /// of all.
  private static func sameShare(
    _ metric: Metric, _ values: [Double], _ runs: [MetricValues]
  ) -> Double? {
    let seen = metric == .attainment ? values.map { 1 - $0 } : values
    guard values.count == runs.count, let first = seen.first,
      first == 0 || first == 1 && metric.entry.event != nil,
      seen.allSatisfy({ $0 == first }), Set(runs.map { $0[.latencyMean] }).count > 1
    else { return nil }
    return first
  }

  private static func compare(
    _ summary: inout StoredSummary, _ values: [Double], _ theirs: [Double]
  ) {
    let differences = zip(values, theirs).map { $0 - $1 }
    let difference = Intervals.mean(differences, within: .real)
    summary.difference = difference?.mean
    summary.differenceInterval = difference?.interval
    summary.pValue = Intervals.pValue(ofDifferences: differences)
    guard summary.metric.entry.hasRatio else { return }
    if let ratio = Intervals.ratio(values, to: theirs) {
      summary.ratio = ratio.ratio
      summary.ratioInterval = ratio.interval
      // Of the same distribution as the interval, so that the two never contradict each other.
      summary.pValue = Intervals.pValue(ofRatio: values, to: theirs) ?? summary.pValue
    } else if theirs.allSatisfy({ $0 == 0 }) {
      summary.note = .baselineHasNone
    } else if summary.note == nil {
      summary.note = .noneHere
    }
  }

  /// What an infinite latency comes from, and in how many replications it does.
  private static func infinite(_ runs: [MetricValues], _ metric: Metric) -> MetricNote {
    let affected = runs.filter { $0[metric] == .infinity }
    return .infinite(
      dropped: affected.compactMap { $0[.dropRatio] }.reduce(0, +) / Double(affected.count),
      replications: affected.count, of: runs.count)
  }
}
