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
      header: ["figure", "simulated", "live", "error", "noise", "aim", "verdict"])
    for row in comparison.rows {
      table.add([
        Self.name(row.metric), Self.number(row.simulated),
        Self.number(row.live), Self.percent(row.error, signed: true),
        row.noise.map { Self.percent($0) } ?? "",
        row.metric.liveAim.map { Self.percent($0) } ?? "", Self.verdict(row),
      ])
    }
    let distance = String(format: "%.3f", comparison.distance)
    table.add([
      "KS distance", "", "", distance,
      comparison.noiseDistance.map { String(format: "%.3f", $0) } ?? "", "", "",
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
        "by noise alone",
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
        "\(rows.count { $0.holdsByNoise })",
      ])
    }
    lines.append(table.text)
    lines.append(
      "Errors: simulated over live, less one; of shares, the difference. Live: mean of \(repeats) runs of the same queries;"
    )
    lines.append("noise: what those runs differ by. An aim is met within it or within the noise.")
    if !drift.isEmpty { lines.append(drift) }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  /// Whether every aim is met; nil where nothing was judged, or most by the noise alone.
  var holds: Bool? {
    let rows = comparisons.flatMap(\.rows).filter { $0.holds != nil }
    if rows.contains(where: { $0.holds == false }) { return false }
    return 2 * rows.count(where: \.holdsByNoise) < max(rows.count, 1) && !rows.isEmpty ? true : nil
  }

  private var verdict: String {
    let rows = comparisons.flatMap(\.rows).filter { $0.holds != nil }
    let (missed, byNoise) = (rows.count { $0.holds == false }, rows.count(where: \.holdsByNoise))
    if rows.isEmpty { return "No verdict: nothing was served twice to its end." }
    if missed > 0 {
      return
        "Verdict: \(missed) of \(rows.count) figures are further off than aimed at, and than the noise."
    }
    if 2 * byNoise >= rows.count {
      return
        "No verdict: \(byNoise) of \(rows.count) figures are within the noise alone; the machine is not quiet."
    }
    return
      "Verdict: the simulation predicts this machine: \(rows.count - byNoise) of \(rows.count) figures within their "
      + "aims, \(byNoise) within the noise."
  }

  /// The CSV file: a row for each figure of each comparison.
  var csv: String {
    var csv = CSVText(header: [
      "point", "policy", "queries", "metric", "simulated", "live", "error", "noise", "aim", "holds",
    ])
    for comparison in comparisons {
      let keys = [comparison.point, comparison.policy, "\(comparison.queries)"]
      for row in comparison.rows {
        csv.add(
          keys + [
            row.metric.rawValue, "\(row.simulated)", "\(row.live)", "\(row.error)",
            row.noise.map { "\($0)" }, row.metric.liveAim.map { "\($0)" },
            row.holds.map { $0 ? "1" : "0" },
          ])
      }
      csv.add(
        keys + [
          "ks_distance", nil, nil, "\(comparison.distance)",
          comparison.noiseDistance.map { "\($0)" }, nil,
          nil,
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
    }
    struct Distance: Encodable {
      let point: String
      let policy: String
      let ks_distance: Double
      let noise: Double?
    }
    /// What became of a side's queries; `run` counts live runs from 1, 0 is the simulated one.
    struct Account: Encodable {
      let point: String
      let policy: String
      let run: Int
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
        ([comparison.simulated] + comparison.live).enumerated().map { run, side in
          Listing.Account(
            point: comparison.point, policy: comparison.policy, run: run, offered: side.offered,
            completed: side.latencies.count, dropped: side.dropped, in_flight: side.inFlight)
        }
      },
      figures: comparisons.flatMap { comparison in
        comparison.rows.map { row in
          Listing.Figure(
            point: comparison.point, policy: comparison.policy, queries: comparison.queries,
            metric: row.metric.rawValue, simulated: row.simulated, live: row.live,
            error: row.error, noise: row.noise, aim: row.metric.liveAim, holds: row.holds)
        }
      },
      distances: comparisons.map {
        Listing.Distance(
          point: $0.point, policy: $0.policy, ks_distance: $0.distance, noise: $0.noiseDistance)
      })
  }
}
