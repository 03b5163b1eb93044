import Reporting
package import Results

/// An experiment's results for the terminal, within 100 columns.
package struct ComparisonText {
  let experiment: StoredExperiment
  let summaries: [StoredSummary]

  /// The text of an experiment's summaries.
  package init(_ experiment: StoredExperiment, _ summaries: [StoredSummary]) {
    self.experiment = experiment
    self.summaries = summaries
  }

  /// The whole text: head, notes, one table for each policy beside the baseline.
  package var text: String {
    var parts = [head]
    let policies = summaries.policies
    if policies.count == 1 {
      parts.append(table([policies[0]]))
    }
    for policy in policies.dropFirst() {
      parts.append(table([policies[0], policy]))
    }
    parts += QueueText(summaries).paragraphs.map { LineWrap.wrapped($0) }
    let steps = policies.compactMap { summary($0, .stepsMean)?.mean }
    if isJudged {
      parts.append(
        LineWrap.wrapped(
          "Quality: latent error = relative distance to the converged latent; convergence = -log10 of "
            + "it, higher is better; FID, lower is better, from the mean error."))
    } else if let most = steps.max(), let fewest = steps.min(), fewest < most * 0.999 {
      parts.append(
        LineWrap.wrapped(
          "Policies ran different numbers of steps. What that costs in image quality is not scored "
            + "('latents: auto' in the scenario does): a lower latency here is not yet a better server."
        ))
    }
    if experiment.replications > 1 {
      parts.append(intervalLine)
    } else {
      parts.append("One replication: no intervals; 'qosdiff compare --replications 10' gives them.")
    }
    return parts.joined(separator: "\n\n")
  }

  private var head: String {
    let version = "qosdiff \(experiment.version)"
    var lines = [
      "\(experiment.name): seed \(experiment.seed), \(experiment.replications) replication"
        + (experiment.replications == 1 ? "" : "s") + " a policy (\(version))"
    ]
    if !experiment.settings.isEmpty {
      lines.append(LineWrap.wrapped("- set: " + experiment.settings.joined(separator: ", ")))
    }
    lines += experiment.notes.map { LineWrap.wrapped("- \(NoteText($0))") }
    return lines.joined(separator: "\n")
  }

  private var intervalLine: String {
    if experiment.replications == 2 {
      return LineWrap.wrapped(
        "Two replications: too few for intervals; 3 are the least, 10 or more are better."
          + cautions)
    }
    if isFixed {
      return LineWrap.wrapped(
        "No intervals: nothing in this scenario is random (fixed arrivals, latencies without "
          + "residuals), so all replications are equal.")
    }
    return LineWrap.wrapped(
      "± and [ ]: 95 % intervals of the mean over replications, ± by the longer side (INTERVALS.md)."
        + cautions + marks)
  }

  private var cautions: String {
    IntervalCautions([(experiment, summaries)]) {
      $0.entry.terminalRow != .never
    }.lines.map { " " + $0 }.joined()
  }

  private var marks: String {
    let others = summaries.policies.count - 1
    guard others > 0 else { return "" }
    let family = others > 1 ? ", Holm-corrected for \(others) policies" : ""
    return " ns: no difference shown at the 5 % level\(family)."
  }

  /// Whether all replications gave the same, so that an interval would only feign certainty.
  private var isFixed: Bool {
    let intervals = summaries.compactMap(\.interval)
    return !intervals.isEmpty
      && intervals.allSatisfy { $0.upperBound - $0.lowerBound <= 1e-12 * abs($0.upperBound) }
  }

  private func table(_ policies: [String]) -> String {
    var table = TextTable(
      header: ["metric"] + policies + (policies.count > 1 ? ["ratio to \(policies[0])"] : []))
    for metric in Metric.allCases where hasRow(metric, policies) {
      var row = [metric.unit.isEmpty ? metric.title : "\(metric.title) [\(metric.unit)]"]
      for policy in policies { row.append(cell(policy, metric)) }
      if policies.count > 1 { row.append(ratio(policies[1], metric)) }
      table.add(row)
    }
    return table.text
  }

  private func hasRow(_ metric: Metric, _ policies: [String]) -> Bool {
    switch metric.entry.terminalRow {
    case .always: true
    case .never: false
    case .ifJudged: isJudged
    // That nothing is published of a cascade is worth a row where there is a cascade.
    case .ifAny: !isUnknown(metric == .cascadeFID ? .lightShare : metric)
    case .unlessZero: policies.contains { summary($0, metric)?.mean ?? 0 != 0 }
    }
  }

  /// Whether images were judged at all.
  private var isJudged: Bool { !isUnknown(.latentError) }

  /// Whether no policy has a value of it.
  private func isUnknown(_ metric: Metric) -> Bool {
    summaries.policies.allSatisfy { summary($0, metric)?.mean == nil }
  }

  private func summary(_ policy: String, _ metric: Metric) -> StoredSummary? {
    summaries.of(policy, metric)
  }

  private func cell(_ policy: String, _ metric: Metric) -> String {
    guard let summary = summary(policy, metric) else { return "" }
    guard let mean = summary.mean, !summary.isUnsteady else {
      return summary.note.map { MetricNoteText($0).cell } ?? "none"
    }
    guard let interval = summary.interval, !isFixed else { return NumberText.short(mean) }
    return NumberText.estimate(mean, interval)
  }

  private func ratio(_ policy: String, _ metric: Metric) -> String {
    guard let summary = summary(policy, metric), let ratio = summary.ratio else {
      return summary(policy, metric)?.note.map { MetricNoteText($0).ratioCell } ?? ""
    }
    // Near 1 a third digit would hide the difference; far under it two say enough.
    let digits = abs(ratio - 1) < 0.05 ? 4 : ratio < 0.01 ? 2 : 3
    let short = { NumberText.short($0, digits: digits) }
    guard let interval = summary.ratioInterval, !isFixed else { return short(ratio) }
    return "\(short(ratio)) [\(short(interval.lowerBound)), \(short(interval.upperBound))]"
      + summary.mark
  }
}
