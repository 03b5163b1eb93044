import Foundation
package import LiveValidation
import Reporting
import Results

/// What `validate --live` prints: simulated and live figures side by side, and the verdict.
package struct LiveText {
  package let comparisons: [LiveComparison]
  /// Live runs of each policy and point.
  package let repeats: Int
  /// What the machine did meanwhile, in sentences.
  package let notes: String

  /// - Parameter repeats: live runs of each policy and point.
  package init(_ outcome: LiveOutcome, repeats: Int) {
    comparisons = outcome.comparisons
    notes = outcome.notes
    self.repeats = repeats
  }

  /// The tables and what they come to.
  package var text: String {
    (comparisons.map(table) + [summary]).joined(separator: "\n\n")
  }

  private func table(_ comparison: LiveComparison) -> String {
    var table = TextTable(
      header: [
        "figure", "simulated", "live", "error", "|error|", "noise", "aim", "verdict", "|first|",
        "|own|",
      ])
    for row in comparison.rows {
      table.add([
        Self.name(row.metric), Self.number(row.simulated),
        Self.number(row.live), Self.percent(row.error, signed: true),
        Self.percent(row.size), row.noise.map { Self.percent($0) } ?? "",
        row.metric.liveAim.map { Self.percent($0) } ?? "", Self.verdict(row),
        Self.percent(row.earlySize), Self.percent(row.replayedSize),
      ])
    }
    table.add([
      Self.distanceName, "", "", "", Self.distance(comparison.distance),
      comparison.noiseDistance.map(Self.distance) ?? "", "", "",
      Self.distance(comparison.earlyDistance), Self.distance(comparison.replayedDistance),
    ])
    let place = comparison.point.isEmpty ? "" : "\(comparison.point), "
    return "\(place)\(comparison.policy) (\(comparison.queries) queries)\n" + table.text
  }

  private static func name(_ metric: Metric) -> String {
    metric.unit.isEmpty ? metric.title : "\(metric.title) [\(metric.unit)]"
  }

  private static func verdict(_ row: LiveComparison.Row) -> String {
    guard let holds = row.holds else {
      if row.metric.liveAim == nil { return "" }
      return row.isTooFew ? "too few" : "one run"
    }
    return holds ? row.holdsByNoise ? "within noise" : "ok" : "MISSED"
  }

  private static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  private static func percent(_ value: Double, signed: Bool = false) -> String {
    String(format: signed ? "%+.1f %%" : "%.1f %%", 100 * value)
  }

  private static let distanceName = "KS distance"

  private static func distance(_ value: Double) -> String { String(format: "%.3f", value) }

  /// Errors over all policies and points, how many aims were met, and where.
  package var summary: String {
    var lines = [overall, "", byPoint, ""]
    lines += [
      "Errors: of \(repeats) live runs of the same queries each, simulated over live, less one; of shares, the difference. |error|: mean",
      "size of each run's; an aim is met within it or within the noise: what the runs differ by, in the mean over the policies of a",
      "point. Simulated: by how slow the machine was before and after each run. |first|: by what was measured before the first run",
      "alone. |own|: replayed with what each piece of work took in the live run: no prediction, but what is left of the error once",
      "service times are known. KS distance: of one run from one; a perfect simulation's is the noise where the machine does not",
      "drift. 1 % longer times: what they do to the simulated mean latency.",
    ]
    if !notes.isEmpty { lines.append(notes) }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  private var overall: String {
    var table = TextTable(
      header: [
        "over all", "mean error", "mean |error|", "largest", "mean noise", "aim", "met",
        "by noise alone", "|first|", "met by first", "|own|",
      ])
    for metric in Metric.allCases {
      let all = comparisons.flatMap(\.rows).filter { $0.metric == metric && !$0.isTooFew }
      guard !all.isEmpty else { continue }
      let judged = all.filter { $0.holds != nil }
      table.add([
        Self.name(metric), Self.percent(Self.mean(all.map(\.error)), signed: true),
        Self.percent(Self.mean(all.map(\.size))), Self.percent(all.map(\.size).max() ?? 0),
        Self.percent(Self.mean(all.compactMap(\.noise))),
        metric.liveAim.map { Self.percent($0) } ?? "",
        judged.isEmpty ? "" : "\(judged.count { $0.holds == true }) of \(judged.count)",
        judged.isEmpty ? "" : "\(judged.count(where: \.holdsByNoise))",
        Self.percent(Self.mean(all.map(\.earlySize))),
        judged.isEmpty ? "" : "\(judged.count { $0.earlyHolds == true })",
        Self.percent(Self.mean(all.map(\.replayedSize))),
      ])
    }
    table.add([
      Self.distanceName, "", Self.distance(Self.mean(comparisons.map(\.distance))),
      Self.distance(comparisons.map(\.distance).max() ?? 0),
      Self.distance(Self.mean(comparisons.compactMap(\.noiseDistance))), "", "", "",
      Self.distance(Self.mean(comparisons.map(\.earlyDistance))), "",
      Self.distance(Self.mean(comparisons.map(\.replayedDistance))),
    ])
    return table.text
  }

  /// Sizes of errors, in the mean over the policies of each point.
  private var byPoint: String {
    let metrics: [Metric] = [.latencyMean, .latencyP50, .latencyP95, .violationRatio]
    var table = TextTable(
      header: ["by point, |error|"] + metrics.map(\.title)
        + ["met", "by noise alone", "1 % longer times"])
    var names: [String] = []
    for comparison in comparisons where comparison.point != names.last {
      names.append(comparison.point)
    }
    for name in names {
      let here = comparisons.filter { $0.point == name }
      let rows = here.flatMap(\.rows)
      let judged = rows.filter { $0.holds != nil }
      table.add(
        [name.isEmpty ? "the scenario" : name]
          + metrics.map { metric in
            Self.percent(Self.mean(rows.filter { $0.metric == metric }.map(\.size)))
          } + [
            "\(judged.count { $0.holds == true }) of \(judged.count)",
            "\(judged.count(where: \.holdsByNoise))",
            Self.percent(Self.mean(here.compactMap(\.gain)) / 100, signed: true),
          ])
    }
    return table.text
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// Figures that are judged, those that miss their aims, and those that meet them by the noise alone.
  private var counts: (judged: Int, missed: Int, byNoise: Int) {
    let rows = comparisons.flatMap(\.rows).filter { $0.holds != nil }
    return (rows.count, rows.count { $0.holds == false }, rows.count(where: \.holdsByNoise))
  }

  /// Whether every aim is met; nil where nothing was judged, or most by the noise alone.
  package var holds: Bool? {
    let (judged, missed, byNoise) = counts
    if missed > 0 { return false }
    return judged > 2 * byNoise ? true : nil
  }

  private var verdict: String {
    let (judged, missed, byNoise) = counts
    return switch holds {
    case true?:
      "Verdict: the simulation predicts this machine: \(judged - byNoise) of \(judged) figures within their aims, \(byNoise) within the noise."
    case false?:
      "Verdict: \(missed) of \(judged) figures are further off than aimed at, and than the noise; \(byNoise) are within the noise alone."
    case nil where judged == 0: "No verdict: nothing was served twice to its end."
    case nil:
      "No verdict: \(byNoise) of \(judged) figures are within the noise alone; the machine is not quiet."
    }
  }
}
