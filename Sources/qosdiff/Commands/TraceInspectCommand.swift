import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import Reporting
import TextReports
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
