import Analysis
package import Experiments
import Foundation
import Results
import Reporting
import Scenarios

/// What `validate --oracles` prints: theory, simulation and verdict of each value.
package struct OracleText {
  package let check: OracleCheck

  package init(check: OracleCheck) { self.check = check }

  /// The whole table and what it comes to.
  package var lines: [String] {
    var table = TextTable(
      header: ["scenario", "metric", "theory", "simulated", "interval", "verdict"], keys: 2)
    for row in check.rows {
      table.add([
        row.scenario, row.oracle.name, sign(row.oracle.kind) + number(row.oracle.value),
        number(row.simulated), interval(row), row.verdict.rawValue,
      ])
    }
    return [table.text, ""] + summary
  }

  private var summary: [String] {
    let met = check.rows.count { $0.verdict == .met }
    let exact = check.rows.count { $0.oracle.kind == .exact }
    let kept = check.rows.count { $0.verdict == .kept }
    let bounds = check.rows.count { $0.oracle.kind == .upperBound }
    let approximations = check.rows.count - exact - bounds
    var lines = [
      "\(met) of \(exact) exact values inside their intervals, \(kept) of \(bounds) upper bounds (<=) kept;",
      "\(approximations) approximations (~) are not judged. Intervals: Student t over replications, 1 % family-wise",
      "over \(check.judged) values (Bonferroni); times in seconds. \(check.queries) queries were simulated.",
    ]
    let none = check.rows.count { $0.verdict == .noneSeen }
    if none > 0 {
      lines.append(
        "\(none) shares of which too few were to come, and none was seen, can neither be met nor missed: simulate more queries."
      )
    }
    lines += check.broken.map { "BROKEN: \($0)" }
    return lines
  }

  /// The CSV file.
  package var csv: String {
    var csv = CSVText(header: cells.header)
    for row in cells.rows { csv.add(row) }
    return csv.text
  }

  /// Header and rows, with exact numbers.
  private var cells: (header: [String], rows: [[String]]) {
    (
      [
        "scenario", "metric", "class", "kind", "theory", "simulated", "interval_low",
        "interval_high", "verdict", "source",
      ],
      check.rows.map { row in
        [
          row.scenario, row.oracle.metric.name, row.oracle.serviceClass ?? "",
          row.oracle.kind.rawValue, "\(row.oracle.value)", "\(row.simulated)",
          row.interval.map { "\($0.lowerBound)" } ?? "",
          row.interval.map { "\($0.upperBound)" } ?? "",
          row.verdict.rawValue, row.oracle.source,
        ]
      }
    )
  }

  /// For `--json`.
  package struct Listing: Encodable {
    let holds: Bool
    let queries: Int
    let broken: [String]
    let rows: [[String: String]]
  }

  package var listing: Listing {
    let cells = cells
    return Listing(
      holds: check.holds, queries: check.queries, broken: check.broken,
      rows: cells.rows.map {
        Dictionary(zip(cells.header, $0), uniquingKeysWith: { first, _ in first })
      })
  }

  private func sign(_ kind: Oracle.Kind) -> String {
    switch kind {
    case .exact: ""
    case .upperBound: "<= "
    case .approximation: "~ "
    }
  }

  private func interval(_ row: OracleCheck.Row) -> String {
    guard let interval = row.interval else { return "none" }
    return "\(number(interval.lowerBound)) to \(number(interval.upperBound))"
  }

  private func number(_ x: Double) -> String { String(format: "%.5g", x) }
}
