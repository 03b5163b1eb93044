import Foundation
import Testing

@testable import Results

/// The table of metrics, and the page that is made of it.
@Suite struct MetricTableTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "METRICS.md")

  private static let head = """
    # The metrics

    What each figure of a policy is. A replication has one value of each, or none; tables and files have the mean over replications with its
    95 % interval (`INTERVALS.md`), on the scale named here: a *share* lies within 0 and 1, a *positive* value is 0 or more, a *real* one may
    have either sign. The name is that of CSV columns, views and JSON keys. *Better* says which way; where it says nothing, neither is. Where a
    policy's queue grows through the run, a metric marked *withheld* is not printed, and one marked *depends* is, with a note.

    This page is made by a test from `MetricTable.swift`.

    | name | unit | what it is | made as | better | interval | growing queue |
    | --- | --- | --- | --- | --- | --- | --- |

    """

  private static func row(_ metric: Metric) -> String {
    let entry = metric.entry
    let growing =
      switch entry.whenQueueGrows {
      case .none: ""
      case .dependsOnLength: "depends"
      case .withheld: "withheld"
      }
    return "| "
      + [
        "`\(metric.rawValue)`", entry.unit,
        entry.title + (entry.meaning.isEmpty ? "" : ": \(entry.meaning)"),
        "\(entry.aggregation), over \(entry.over.rawValue)", entry.better?.rawValue ?? "",
        "\(entry.values)", growing,
      ].joined(separator: " | ") + " |\n"
  }

  @Test func thePageIsTheTable() throws {
    let text = Self.head + Metric.allCases.map(Self.row).joined()
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
      try text.write(to: Self.page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == text)
  }

  /// What a name says of a unit is what the table says.
  @Test(arguments: Metric.allCases) func namesAndUnitsAgree(_ metric: Metric) {
    let unit = metric.entry.unit
    let suffixes = [
      "_s": "s", "_j": "J", "_usd": "USD", "_query_per_s": "query/s", "_image_per_s": "image/s",
    ]
    let said = suffixes.filter { metric.rawValue.hasSuffix($0.key) }
      .max { $0.key.count < $1.key.count }
    if let said { #expect(unit == said.value) }
    #expect(said != nil || !["s", "J", "USD", "query/s", "image/s"].contains(unit))
  }

  /// An interval of a share ends at 1, and a share is a share of something.
  @Test(arguments: Metric.allCases) func whatIsAggregatedFitsItsValues(_ metric: Metric) {
    let entry = metric.entry
    #expect(
      (entry.values == .share) == (entry.aggregation == .share || entry.aggregation == .bound))
    if entry.event != nil { #expect(entry.aggregation == .share) }
    if case .count = entry.aggregation { #expect(!entry.hasRatio) }
    #expect(!entry.title.isEmpty && entry.title.first?.isUppercase != nil)
  }
}
