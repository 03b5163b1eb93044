import Foundation
import Reporting
import Results
import Testing

/// RFC 4180: what holds a comma, a quote or an end of line is quoted, quotes doubled.
@Suite struct QuotingTests {
  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""),
    ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""),
    ("only\rreturn", "\"only\rreturn\""), ("größe", "größe"),
    // What a spreadsheet would run.
    ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+x", "'+x"),
    ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
    ("-1.5", "-1.5"), ("=HYPERLINK(\"a\",\"b\")", "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\""),
  ])
  func fields(name: String, field: String) throws {
    let folder = NSTemporaryDirectory() + "/quoting-" + UUID().uuidString
    defer {
      try? FileManager.default.removeItem(atPath: folder)
      try? FileManager.default.removeItem(atPath: folder + ".sqlite")
    }
    let store = try ResultStore(creatingAt: folder + ".sqlite")
    let experiment = StoredExperiment(
      id: "e", content: "c", name: name, scenario: "", seed: 1, replications: 1,
      baseline: "p",
      version: "0", loadFactor: nil, offeredLoad: nil, notes: [], profiles: [])
    try store.begin(experiment, provenance: [])
    let summary = StoredSummary(
      policy: "p", policyIndex: 0, metric: .offered, replications: 1, mean: 3, interval: nil)
    try store.finish(experiment, StoredAnalysis(summaries: [summary]), provenance: [])
    _ = try CSVReport(store).write(to: folder)
    let text = try String(contentsOfFile: folder + "/summary.csv", encoding: .utf8)
    #expect(
      text.hasSuffix("note_code\n\(field),e,,,,,,,p,0,queries_offered,query,1,3.0,,,,,,,,,,,,,,,\n")
    )
  }
}
