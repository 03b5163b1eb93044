import Reporting
package import Results

/// A sweep for the terminal, within 100 columns: what all points share, then for each point what it alone has
/// and a row for each policy.
package struct SweepText {
  private let points: [(experiment: StoredExperiment, summaries: [StoredSummary])]

  /// The text of a sweep's points.
  package init(_ points: [(experiment: StoredExperiment, summaries: [StoredSummary])]) {
    self.points = points
  }

  /// The whole text; what is not plain is explained at its end.
  package var text: String {
    guard let first = points.first?.experiment else { return "" }
    var notes = first.notes
    var settings = first.settings
    for (experiment, _) in points {
      notes.removeAll { !experiment.notes.contains($0) }
      settings.removeAll { !experiment.settings.contains($0) }
    }
    if points.count == 1 { settings = [] }
    let head =
      [
        "\(first.name): \(points.count) point\(points.count == 1 ? "" : "s") (qosdiff \(first.version))"
      ] + (settings.isEmpty ? [] : ["- set: " + settings.joined(separator: ", ")])
      + notes.map { "- \(NoteText($0))" }
    var parts = [head.map { LineWrap.wrapped($0) }.joined(separator: "\n")]
    for (experiment, summaries) in points {
      let own = experiment.settings.filter { !settings.contains($0) }
      let place =
        (own.isEmpty ? experiment.name : own.joined(separator: ", "))
        + ": seed \(experiment.seed), \(experiment.replications) replication"
        + (experiment.replications == 1 ? "" : "s")
      let others = experiment.notes.filter { !notes.contains($0) }.map { "- \(NoteText($0))" }
      let lines = ([place] + others).map { LineWrap.wrapped($0) }
      parts.append((lines + [Self.table(summaries)]).joined(separator: "\n"))
    }
    let cautions = IntervalCautions(points) {
      [.violationRatio, .latencyMean, .convergenceP5].contains($0)
    }
    return
      (parts
      + ([explanation] + cautions.doubts + QueuePlaces(points).lines)
      .map { LineWrap.wrapped($0) })
      .joined(separator: "\n\n")
  }

  private static func table(_ summaries: [StoredSummary]) -> String {
    var table = TextTable(header: [
      "policy", "violations", "ratio", "latency, mean [s]", "conv p5",
    ])
    for name in summaries.policies {
      func find(_ metric: Metric) -> StoredSummary? { summaries.of(name, metric) }
      func cell(_ metric: Metric) -> String {
        guard let summary = find(metric), let mean = summary.mean else { return "-" }
        if summary.isUnsteady { return "unsteady" }
        return summary.interval.map { NumberText.estimate(mean, $0) } ?? NumberText.short(mean)
      }
      table.add([
        name, cell(.violationRatio), ratio(find(.violationRatio)), cell(.latencyMean),
        cell(.convergenceP5),
      ])
    }
    return table.text
  }

  private static func ratio(_ summary: StoredSummary?) -> String {
    guard let summary, let ratio = summary.ratio else { return "-" }
    let short = { NumberText.short($0, digits: abs(ratio - 1) < 0.05 ? 4 : 2) }
    guard let interval = summary.ratioInterval else { return short(ratio) }
    return "\(short(ratio)) [\(short(interval.lowerBound)),\(short(interval.upperBound))]"
      + summary.mark
  }

  private var explanation: String {
    let isUnsteady = points.contains { $0.summaries.contains { $0.isUnsteady } }
    return
      "± and [ ]: 95 % intervals of the mean over replications, ± by the longer side (INTERVALS.md; "
      + "0 without an interval: no violation in any replication, which bounds no ratio). "
      + "ns: no difference shown at the 5 % level, Holm-corrected over the policies of a point. conv p5: 5th "
      + "percentile of -log10 of the latent error. All metrics are in the database, and with --out in CSV files."
      + (isUnsteady
        ? " unsteady: the queue grows through the run, and a mean latency only tells how long that was."
        : "")
  }
}
