public import Results

/// A sweep for the terminal: a row for each point and policy.
public struct SweepText {
  private var table: TextTable
  private var isFirst = true

  /// A table with a column for each axis.
  public init(axes: [String]) {
    table = TextTable(
      header: axes + [
        "policy", "violations", "ratio", "latency mean [s]", "p99 [s]", "throughput [image/s]",
        "steps", "conv p5",
      ])
  }

  /// Adds a point's policies; `values` by axis.
  public mutating func add(_ values: [String], _ summaries: [StoredSummary]) {
    var names: [String] = []
    for summary in summaries where !names.contains(summary.policy) { names.append(summary.policy) }
    for name in names {
      func find(_ metric: Metric) -> StoredSummary? {
        summaries.first { $0.policy == name && $0.metric == metric }
      }
      func cell(_ metric: Metric) -> String {
        guard let summary = find(metric), let mean = summary.mean else { return "-" }
        guard let interval = summary.interval else { return NumberText.short(mean) }
        return NumberText.interval(mean, (interval.upperBound - interval.lowerBound) / 2)
      }
      let ratio = find(.violationRatio)?.ratio.map { NumberText.short($0, digits: 3) }
      table.add(
        values + [
          name, cell(.violationRatio), ratio ?? "-", cell(.latencyMean), cell(.latencyP99),
          cell(.throughputImages), find(.stepsMean)?.mean.map { NumberText.short($0) } ?? "-",
          find(.convergenceP5)?.mean.map { NumberText.short($0, digits: 3) } ?? "-",
        ])
    }
  }

  /// The table; intervals are explained below it.
  public var text: String {
    table.text + "\n\n±: 95 % intervals over replications (Student t)."
  }
}
