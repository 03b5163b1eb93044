import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import Gzip
import Workload

/// `qosdiff trace`: make, convert and describe traces.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Generate, convert and inspect query-arrival traces.",
    discussion: "Formats read: \(TraceFormats.names.joined(separator: ", ")).",
    subcommands: [Generate.self, Convert.self, Inspect.self])
}

extension TraceCommand {
  /// Which trace a command reads, and how.
  struct TraceInput: ParsableArguments {
    @Argument(help: "The trace file.")
    var file: String
    @Option(
      name: [.customLong("from"), .customLong("format")],
      help: "Its format, where the first line does not tell.")
    var from: String?
    @Flag(help: "Replay requests that failed in production, where they say what they asked for.")
    var includeFailed = false

    @Flag(help: "Leave out columns that the trace's format does not know, and name them.")
    var ignoreUnknown = false

    func load() throws -> Trace {
      try TraceLoader.load(
        path: file, format: from,
        options: TraceOptions(
          includeFailed: includeFailed, ignoreUnknown: ignoreUnknown, unpacking: .zlib))
    }
  }
}

func usage(_ what: String, _ hint: String? = nil) -> InputError {
  InputError(.usage, what, hint: hint)
}
