import Experiments
import Foundation
import Reporting
import Results

/// What `validate --live` prints: simulated and live figures side by side, and the verdict.
struct LiveText {
  let comparisons: [LiveComparison]
  /// Live runs of each policy and point.
  let repeats: Int
  /// What the machine's speed did meanwhile, in a sentence.
  let drift: String

  /// The tables and what they come to.
  var text: String {
    (comparisons.map(table) + [summary]).joined(separator: "\n\n")
  }

  private func table(_ comparison: LiveComparison) -> String {
    var table = TextTable(
      header: [
        "figure", "simulated", "live", "error", "noise", "aim", "verdict", "error, own times",
      ])
    for row in comparison.rows {
      table.add([
        Self.name(row.metric), Self.number(row.simulated),
        Self.number(row.live), Self.percent(row.error, signed: true),
        row.noise.map { Self.percent($0) } ?? "",
        row.metric.liveAim.map { Self.percent($0) } ?? "", Self.verdict(row),
        Self.percent(row.replayedError, signed: true),
      ])
    }
    let distance = String(format: "%.3f", comparison.distance)
    table.add([
      "KS distance", "", "", distance,
      comparison.noiseDistance.map { String(format: "%.3f", $0) } ?? "", "", "",
      String(format: "%.3f", comparison.replayedDistance),
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

  /// Largest errors over all policies and points, and how many aims were met.
  var summary: String {
    var lines: [String] = []
    var table = TextTable(
      header: [
        "over all", "mean error", "mean |error|", "largest", "mean noise", "aim", "met",
        "by noise alone", "mean |error|, own times",
      ])
    for metric in Metric.allCases {
      guard let target = metric.liveAim else { continue }
      let rows = comparisons.flatMap(\.rows).filter { $0.metric == metric && $0.holds != nil }
      guard !rows.isEmpty else { continue }
      let errors = rows.map { abs($0.error) }
      let count = Double(rows.count)
      table.add([
        Self.name(metric), Self.percent(rows.reduce(0) { $0 + $1.error } / count, signed: true),
        Self.percent(errors.reduce(0, +) / count),
        Self.percent(errors.max() ?? 0),
        Self.percent(rows.reduce(0) { $0 + ($1.noise ?? 0) } / count),
        Self.percent(target), "\(rows.count { $0.holds == true }) of \(rows.count)",
        "\(rows.count(where: \.holdsByNoise))",
        Self.percent(rows.reduce(0) { $0 + abs($1.replayedError) } / count),
      ])
    }
    lines.append(table.text)
    lines.append(
      "Errors: simulated over live, less one; of shares, the difference. Live: mean of \(repeats) runs of the same queries;"
    )
    lines.append(
      "noise: what those runs differ by. An aim is met within it or within the noise. Own times: simulated with what each"
    )
    lines.append(
      "piece of work took in the live run: no prediction, but what is left of the error once service times are known."
    )
    if !drift.isEmpty { lines.append(drift) }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  /// Figures that are judged, those that miss their aims, and those that meet them by the noise alone.
  private var counts: (judged: Int, missed: Int, byNoise: Int) {
    let rows = comparisons.flatMap(\.rows).filter { $0.holds != nil }
    return (rows.count, rows.count { $0.holds == false }, rows.count(where: \.holdsByNoise))
  }

  /// Whether every aim is met; nil where nothing was judged, or most by the noise alone.
  var holds: Bool? {
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
      "Verdict: \(missed) of \(judged) figures are further off than aimed at, and than the noise."
    case nil where judged == 0: "No verdict: nothing was served twice to its end."
    case nil:
      "No verdict: \(byNoise) of \(judged) figures are within the noise alone; the machine is not quiet."
    }
  }

  /// The CSV file: a row for each figure of each comparison.
  var csv: String {
    var csv = CSVText(header: [
      "point", "policy", "queries", "metric", "simulated", "live", "error", "noise", "aim", "holds",
      "error_own_times",
    ])
    for comparison in comparisons {
      let keys = [comparison.point, comparison.policy, "\(comparison.queries)"]
      for row in comparison.rows {
        csv.add(
          keys + [
            row.metric.rawValue, "\(row.simulated)", "\(row.live)", "\(row.error)",
            row.noise.map { "\($0)" }, row.metric.liveAim.map { "\($0)" },
            row.holds.map { $0 ? "1" : "0" }, "\(row.replayedError)",
          ])
      }
      csv.add(
        keys + [
          "ks_distance", nil, nil, "\(comparison.distance)",
          comparison.noiseDistance.map { "\($0)" }, nil, nil, "\(comparison.replayedDistance)",
        ])
    }
    return csv.text
  }

  /// What `--json` prints.
  struct Listing: Encodable {
    struct Figure: Encodable {
      let point: String
      let policy: String
      let queries: Int
      let metric: String
      let simulated: Double
      let live: Double
      let error: Double
      let noise: Double?
      let aim: Double?
      let holds: Bool?
      let error_own_times: Double
    }
    struct Distance: Encodable {
      let point: String
      let policy: String
      let ks_distance: Double
      let noise: Double?
      let own_times: Double
    }
    /// What became of a side's queries in one of the runs, which are counted from 1; `simulated` for each draw.
    struct Account: Encodable {
      let point: String
      let policy: String
      let run: Int
      let side: String
      let offered: Int
      let completed: Int
      let dropped: Int
      let in_flight: Int
    }
    /// Null where nothing was judged.
    let holds: Bool?
    let repeats: Int
    let accounts: [Account]
    let figures: [Figure]
    let distances: [Distance]
  }

  var listing: Listing {
    Listing(
      holds: holds, repeats: repeats,
      accounts: comparisons.flatMap { comparison in
        comparison.runs.enumerated().flatMap { index, run in
          ([("live", run.live), ("replayed", run.replayed)]
            + run.simulated.map { ("simulated", $0) }).map { side, figures in
              Listing.Account(
                point: comparison.point, policy: comparison.policy, run: index + 1, side: side,
                offered: figures.offered, completed: figures.latencies.count,
                dropped: figures.dropped, in_flight: figures.inFlight)
            }
        }
      },
      figures: comparisons.flatMap { comparison in
        comparison.rows.map { row in
          Listing.Figure(
            point: comparison.point, policy: comparison.policy, queries: comparison.queries,
            metric: row.metric.rawValue, simulated: row.simulated, live: row.live,
            error: row.error, noise: row.noise, aim: row.metric.liveAim, holds: row.holds,
            error_own_times: row.replayedError)
        }
      },
      distances: comparisons.map {
        Listing.Distance(
          point: $0.point, policy: $0.policy, ks_distance: $0.distance, noise: $0.noiseDistance,
          own_times: $0.replayedDistance)
      })
  }
}
