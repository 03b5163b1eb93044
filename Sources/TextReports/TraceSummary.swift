import EventEngine
import Foundation
package import Workload

/// What `inspect` says, in the names of its JSON; nil where the trace is too short to tell.
package struct TraceSummary: Encodable {
  package struct Bar: Encodable {
    var value: Int
    var rows: Int
  }
  package struct Skipped: Encodable {
    var reason: String
    var rows: Int
    var first_row: Int
  }

  package var file: String
  package var format: String
  package var rows_in_file: Int
  package var rows_replayed: Int
  package var rows_out_of_order: Int
  package var rows_skipped: [Skipped]
  package var span_s: Double
  package var mean_rate_per_s: Double?
  package var peak_rate_1s_per_s: Double
  package var peak_rate_60s_per_s: Double
  package var peak_queries_1h: Int
  package var peak_queries_24h: Int
  package var gap_cv: Double?
  package var dispersion_60s: Double?
  package var count_cv_1h: Double?
  package var models: Int
  package var steps: [Bar]
  package var images: [Bar]
  package var notes: [String]

  package init(_ trace: Trace, file: String) {
    let statistics = TraceStatistics(trace)
    self.file = file
    format = trace.formatName
    rows_in_file = trace.report.rowsInFile
    rows_replayed = trace.report.rowsReplayed
    rows_out_of_order = trace.report.rowsOutOfOrder
    rows_skipped = trace.report.skipped.map {
      Skipped(reason: $0.reason, rows: $0.count, first_row: $0.firstRow)
    }
    span_s = statistics.span.seconds
    mean_rate_per_s = statistics.meanRate
    peak_rate_1s_per_s = Double(statistics.peakSecond)
    peak_rate_60s_per_s = Double(statistics.peakMinute) / 60
    peak_queries_1h = statistics.peakHour
    peak_queries_24h = statistics.peakDay
    gap_cv = statistics.gapCV
    dispersion_60s = statistics.dispersion
    count_cv_1h = statistics.hourlyCV
    models = statistics.models
    steps = statistics.steps.map { Bar(value: $0.value, rows: $0.count) }
    images = statistics.images.map { Bar(value: $0.value, rows: $0.count) }
    notes = trace.report.notes
  }

  package func text(_ report: TraceReport) -> String {
    let rows: [(String, String)] = [
      ("file", file),
      ("format", format),
      ("span", "\(decimal(span_s)) s"),
      (
        "mean rate",
        isAtOnce ? "none: all queries arrive at once" : optional(mean_rate_per_s, " query/s")
      ),
      ("peak rate, 1 s windows", "\(decimal(peak_rate_1s_per_s)) query/s"),
      ("peak rate, 60 s windows", "\(decimal(peak_rate_60s_per_s)) query/s"),
      ("most queries of 1 h", "\(peak_queries_1h)"),
      ("most queries of 24 h", "\(peak_queries_24h)"),
      ("CV of gaps", isAtOnce ? "none: all gaps are 0" : optional(gap_cv)),
      ("index of dispersion, 60 s counts", optional(dispersion_60s, spanning: 120)),
      ("CV of 1 h counts", optional(count_cv_1h, spanning: 7200)),
      ("models", "\(models)"),
      ("steps", histogram(steps)),
      ("images", histogram(images)),
    ]
    let width = rows.map(\.0.count).reduce(0, max)
    let table = rows.map {
      "\($0.0.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.1)"
    }
    return (table + describe(report)).joined(separator: "\n")
  }

  private var isAtOnce: Bool { rows_replayed > 1 && span_s == 0 }

  /// A value, or why there is none; `shortest` is the span in seconds that it takes.
  private func optional(_ value: Double?, _ unit: String = "", spanning shortest: Double = 0)
    -> String
  {
    value.map { decimal($0) + unit }
      ?? (span_s < shortest
        ? "none: the span is under \(decimal(shortest)) s" : "too few rows to tell")
  }

  /// The eight most frequent values with their shares.
  private func histogram(_ bars: [Bar]) -> String {
    let total = bars.reduce(0) { $0 + $1.rows }
    if total == 0 { return "not in the trace: the scenario's" }
    let top = bars.enumerated()
      .sorted { ($1.element.rows, $0.offset) < ($0.element.rows, $1.offset) }.prefix(8)
    let shown = top.map { entry in
      "\(entry.element.value): \(decimal(100 * Double(entry.element.rows) / Double(total))) %"
    }
    let more = bars.count - top.count
    return shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more values" : "")
  }
}

/// What became of a file's rows, one fact a line.
package func describe(_ report: TraceReport) -> [String] {
  var lines = ["rows: \(report.rowsInFile) in the file, \(report.rowsReplayed) replayed"]
  lines += report.skipped.map {
    "left out: \($0.count) rows, \($0.reason) (the first is row \($0.firstRow))"
  }
  if report.rowsOutOfOrder > 0 {
    lines.append("sorted: \(report.rowsOutOfOrder) rows stood behind a later arrival")
  }
  return lines + report.notes.map { "note: \($0)" }
}
