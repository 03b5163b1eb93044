import Diagnostics
import EventEngine
import Foundation
import Gzip
import Testing

@testable import Workload

/// Writes `bytes` to a file of its own, lends its path and removes it.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("trace-\(UUID().uuidString).csv")
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// Reads `text` as a trace file.
func load(
  _ text: String, format: String? = nil, options: TraceOptions = TraceOptions()
) throws -> Trace {
  try withFile(Array(text.utf8)) {
    try TraceLoader.load(path: $0, format: format, options: options)
  }
}

/// The error that reading `bytes` gives, with the file called FILE; nil if it gives none.
func failure(_ bytes: [UInt8], format: String? = nil) throws -> InputError? {
  try withFile(bytes) { path in
    do throws(InputError) {
      _ = try TraceLoader.load(
        path: path, format: format, options: TraceOptions(unpacking: .zlib))
      return nil
    } catch {
      return InputError(
        error.diagnostics.map { diagnostic in
          var copy = diagnostic
          if copy.location?.file == path { copy.location?.file = "FILE" }
          return copy
        })
    }
  }
}

/// The same for text.
func failure(_ text: String, format: String? = nil) throws -> InputError? {
  try failure(Array(text.utf8), format: format)
}

/// Arrivals in nanoseconds.
func nanoseconds(_ trace: Trace) -> [Int64] { trace.rows.map(\.arrival.nanoseconds) }

/// A trace of arrivals in seconds, as if read from a file.
func trace(at seconds: [Double]) -> Trace {
  var report = TraceReport()
  report.rowsInFile = seconds.count
  report.rowsReplayed = seconds.count
  let rows = seconds.enumerated().map {
    TraceRow(arrival: SimulationTime(seconds: $1), sourceRow: $0 + 1)
  }
  return Trace(rows: rows, formatName: "native", report: report)
}

/// The folder of the published traces: $QOSDIFF_TRACES, or `shared/traces` beside the package.
enum PublishedTraces {
  static let gentd26 = "alibaba_gentd26_lora_request_trace.csv"
  static let azure = "azure_llm_2023_conv.csv"

  static func path(_ name: String) -> String? {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let beside = package.appendingPathComponent("../shared/traces").standardizedFileURL.path
    let folder = ProcessInfo.processInfo.environment["QOSDIFF_TRACES"] ?? beside
    let path = folder + "/" + name
    return FileManager.default.isReadableFile(atPath: path) ? path : nil
  }

  static func isMissing(_ name: String) -> Bool { path(name) == nil }
}
