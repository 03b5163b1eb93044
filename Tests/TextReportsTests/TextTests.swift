import Experiments
import Foundation
import Policies
import Testing
import Workload

@testable import TextReports

/// What commands print of things that never reach the database.
@Suite struct TextTests {
  @Test func numbersHaveFourDigitsAndNoExponent() {
    let texts = [0, 3, 0.5, 1234.56, 0.000_123_456, 1e15].map(decimal)
    #expect(texts == ["0", "3", "0.5", "1234.6", "0.0001235", "1000000000000000.0"])
  }

  /// Ten arrivals, one a second: the summary by hand.
  @Test func aTraceIsSummedUp() throws {
    let rows = (0..<10).map { "\($0),\($0 < 4 ? 20 : 50)" }.joined(separator: "\n")
    let path = NSTemporaryDirectory() + "/summary-" + UUID().uuidString + ".csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "arrival_s,steps\n\(rows)\n".write(toFile: path, atomically: true, encoding: .utf8)
    let summary = TraceSummary(try TraceLoader.load(path: path), file: "t.csv")
    #expect(summary.rows_replayed == 10 && summary.span_s == 9)
    #expect(summary.steps.map(\.value) == [20, 50] && summary.steps.map(\.rows) == [4, 6])
    #expect(summary.peak_rate_1s_per_s == 1 && summary.peak_queries_1h == 10)
  }

  /// Every entry of the registry and every preset has a row in the README's table.
  @Test func theTableOfPoliciesHasAllOfThem() {
    let table = PolicyListing.markdown()
    for entry in PolicyRegistry.entries {
      #expect(table.contains("| \(entry.kind.rawValue) | `\(entry.name)` |"), "\(entry.name)")
    }
    let rows = table.split(separator: "\n").count - 2
    #expect(rows == PolicyRegistry.entries.count + PolicyRegistry.presets.count)
  }

  @Test func aSearchThatFoundNothingSaysSo() {
    var report = CapacityReport(title: "Loads", columns: ["highest load"])
    report.add("p", looks: [], answer: nil)
    report.note("a note")
    let lines = report.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["p", "none", "-", "0"]))
    #expect(report.text.hasSuffix("- a note"))
    #expect(report.json.contains("\"notes\""))
  }
}
