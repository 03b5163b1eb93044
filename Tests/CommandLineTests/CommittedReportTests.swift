import Foundation
import Testing

/// `Reports/short` is what `make reports` writes: made again here, byte for byte.
@Suite(.needsProgram) struct CommittedReportTests {
  /// The options of `SHORT` in the Makefile.
  private func options() throws -> [String] {
    let text = try String(contentsOfFile: "\(Program.root)/Makefile", encoding: .utf8)
    let start = try #require(text.range(of: "\nSHORT := ")).upperBound
    let end = try #require(text.range(of: "\nreports:")).lowerBound
    return text[start..<end].replacing("\\\n", with: " ").split(separator: " ").map(String.init)
  }

  @Test func theShortReportIsMadeAgain() throws {
    let scratch = try Scratch()
    let database = scratch.path + "/short.sqlite"
    // From the root, as make does: the paths in the report are relative to it.
    let run = try Program.release(
      arguments: ["compare", "Scenarios/qosdiff-paper.yaml", "--db", database] + options())
    try #require(run.status == 0, "said: \(run.error)")
    let hasGnuplot = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")
    let report = try Program.release(
      "report", database, "--out", scratch.path + "/short", "--format",
      hasGnuplot ? "csv,tex,svg,html" : "csv,tex,html")
    try #require(report.status == 0, "said: \(report.error)")
    let committed = "\(Program.root)/Reports/short"
    var compared = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: committed) {
      if !hasGnuplot, name.hasPrefix("figures") || ["README.md", "manifest.json"].contains(name) {
        continue
      }
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(committed)/\(name)", isDirectory: &isFolder)
      if isFolder.boolValue { continue }
      compared += 1
      #expect(
        FileManager.default.contents(atPath: "\(committed)/\(name)")
          == scratch.bytes("short/\(name)"),
        "\(name) differs: 'make reports' writes it anew; say in the changelog why it changed")
    }
    #expect(compared >= 15)
    // Nothing is written that is not committed, but for what Reports/.gitignore names.
    if hasGnuplot {
      let made = Set(try FileManager.default.subpathsOfDirectory(atPath: scratch.path + "/short"))
      let there = Set(try FileManager.default.subpathsOfDirectory(atPath: committed))
      #expect(made.symmetricDifference(there).isSubset(of: ["latency_cdf.csv", "over_time.csv"]))
    }
  }
}
