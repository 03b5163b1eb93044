import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import Reporting
import Workload

extension TraceCommand {
  /// `qosdiff trace inspect`.
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Describe a trace: rates, burstiness, what queries ask for, rows left out and why.")

    @OptionGroup var input: TraceInput
    @Flag(help: "JSON instead of text.")
    var json = false

    func run() throws {
      let trace = try input.load()
      let summary = TraceSummary(trace, file: input.file)
      Output.result(json ? JSONText.of(summary) : summary.text(trace.report))
    }
  }
}

/// What became of a file's rows, one fact a line.
func describe(_ report: TraceReport) -> [String] {
  var lines = ["rows: \(report.rowsInFile) in the file, \(report.rowsReplayed) replayed"]
  lines += report.skipped.map {
    "left out: \($0.count) rows, \($0.reason) (the first is row \($0.firstRow))"
  }
  if report.rowsOutOfOrder > 0 {
    lines.append("sorted: \(report.rowsOutOfOrder) rows stood behind a later arrival")
  }
  return lines + report.notes.map { "note: \($0)" }
}

/// Four significant digits, without an exponent for everyday sizes.
func decimal(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
  return abs(value) >= 1000 ? String(format: "%.1f", value) : String(format: "%.4g", value)
}
