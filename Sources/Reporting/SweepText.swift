public import Results

/// A sweep for the terminal, within 100 columns: a table for each point, a row for each policy.
public struct SweepText {
  private var parts: [String] = []
  private var isUnsteady = false

  /// No points.
  public init() {}

  /// Adds a point: `PATH=VALUE` of each axis, and its policies.
  public mutating func add(_ values: [String], _ summaries: [StoredSummary]) {
    var table = TextTable(header: [
      "policy", "violations", "ratio", "latency, mean [s]", "convergence p5",
    ])
    var names: [String] = []
    for summary in summaries where !names.contains(summary.policy) { names.append(summary.policy) }
    for name in names {
      func find(_ metric: Metric) -> StoredSummary? {
        summaries.first { $0.policy == name && $0.metric == metric }
      }
      func cell(_ metric: Metric) -> String {
        guard let summary = find(metric), let mean = summary.mean else { return "-" }
        if summary.isUnsteady { return "unsteady" }
        guard let interval = summary.interval else { return NumberText.short(mean) }
        return NumberText.interval(mean, (interval.upperBound - interval.lowerBound) / 2)
      }
      isUnsteady = isUnsteady || find(.latencyMean)?.isUnsteady ?? false
      table.add([
        name, cell(.violationRatio), Self.ratio(find(.violationRatio)), cell(.latencyMean),
        cell(.convergenceP5),
      ])
    }
    parts.append(values.joined(separator: ", ") + "\n" + table.text)
  }

  private static func ratio(_ summary: StoredSummary?) -> String {
    guard let summary, let ratio = summary.ratio else { return "-" }
    let short = { NumberText.short($0, digits: 3) }
    guard let interval = summary.ratioInterval else { return short(ratio) }
    return "\(short(ratio)) [\(short(interval.lowerBound)), \(short(interval.upperBound))]"
  }

  /// The tables; what is not plain is explained below them.
  public var text: String {
    let words =
      "± and [ ]: 95 % intervals over replications (Student t; ratios to the baseline: paired jackknife on "
      + "the logarithm). All metrics are in the database, and with --out in CSV files."
      + (isUnsteady
        ? " unsteady: the queue grows through the run, and a mean latency only tells how long that was."
        : "")
    return (parts + [ComparisonText.wrapped(words)]).joined(separator: "\n\n")
  }
}
