import Results

/// Means over replications, and ratios to the first policy's.
enum Summaries {
  /// `metrics` by policy and replication; the first policy is the baseline.
  static func make(policies: [String], metrics: [[MetricValues]]) -> [StoredSummary] {
    policies.indices.flatMap { index in
      Metric.allCases.map { metric in
        summary(policies[index], index, metric, metrics[index], baseline: metrics[0])
      }
    }
  }

  private static func summary(
    _ policy: String, _ index: Int, _ metric: Metric, _ runs: [MetricValues],
    baseline: [MetricValues]
  ) -> StoredSummary {
    let values = runs.compactMap { $0[metric] }
    let mean = values.count == runs.count ? Intervals.mean(values) : nil
    var summary = StoredSummary(
      policy: policy, policyIndex: index, metric: metric, replications: values.count,
      mean: mean?.mean, interval: mean?.interval)
    if values.count < runs.count { summary.note = missing(metric) }
    guard index > 0, metric.hasRatio, mean != nil else { return summary }
    let theirs = baseline.compactMap { $0[metric] }
    guard theirs.count == values.count else { return summary }
    if let ratio = Intervals.ratio(values, to: theirs) {
      summary.ratio = ratio.ratio
      summary.ratioInterval = ratio.interval
    } else if theirs.allSatisfy({ $0 == 0 }) {
      summary.note = "the baseline has none: no ratio"
    } else {
      summary.note = "none here: no ratio"
    }
    return summary
  }

  private static func missing(_ metric: Metric) -> String {
    switch metric {
    case .latencyP99: "too few: under \(RunMetrics.fewestForP99) completions a replication"
    case .latencyP99Offered: "none: infinite (over 1 % dropped), or too few queries"
    case .perceptualScore: "not established: beyond the published pairs, or no table"
    case .latentError, .convergenceMean, .convergenceP5: "not judged: no trajectory table"
    case .qualityViolationRatio: "none asked: the scenario has no quality.floor"
    default: "no query"
    }
  }
}
