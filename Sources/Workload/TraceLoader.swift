public import Diagnostics
internal import EventEngine

/// Reads whole traces.
public enum TraceLoader {
  /// Most faults of one file that are told at once.
  static let maximumDiagnostics = 10

  /// Reads the trace at `path`, sorts it stably by arrival, moves dates so that the first row
  /// falls into second 0, and spreads rows of whole seconds inside them.
  ///
  /// `format` names the format; nil = the first line tells. Errors: 66 where the file is missing
  /// or a directory; 65, with line and column, where it is empty, has no row to replay, or has rows
  /// that cannot be read (the first ten are told); 64 where `format` names none.
  public static func load(
    path: String, format: String? = nil, options: TraceOptions = TraceOptions()
  ) throws(InputError) -> Trace {
    var reader = try TraceReader(path: path, format: format, options: options)
    var rows = SpillingArray<TraceRow>()
    var faults: [Diagnostic] = []
    while faults.count < maximumDiagnostics {
      do {
        guard let row = try reader.nextAsWritten() else { break }
        if faults.isEmpty { rows.append(row) }
      } catch {
        faults += error.diagnostics
        if error.exitCode != Diagnostic.Category.badInput.rawValue { break }
      }
    }
    if !faults.isEmpty { throw InputError(faults) }
    let report = reader.report
    if rows.isEmpty { throw nothing(in: path, report) }
    if report.rowsOutOfOrder > 0 { rows = SpillingArray(sorted(Array(rows))) }
    if reader.clock.isCalendar {
      let start = TraceReader.second(of: rows[0].arrival)
      rows = rows.changing { row in
        row.arrival = SimulationTime(nanoseconds: (row.arrival - start).nanoseconds)
      }
    }
    if reader.clock.isWholeSeconds { rows = spreadingSeconds(rows) }
    return Trace(
      rows: rows, models: reader.models, classes: reader.classes, formatName: reader.formatName,
      report: report)
  }

  /// Rows by arrival; equal arrivals keep their order.
  static func sorted(_ rows: [TraceRow]) -> [TraceRow] {
    let order = rows.indices.sorted {
      let (a, b) = (rows[$0].arrival, rows[$1].arrival)
      return a == b ? $0 < $1 : a < b
    }
    return order.map { rows[$0] }
  }

  /// Each run of equal arrivals spread over its second.
  private static func spreadingSeconds(_ rows: SpillingArray<TraceRow>) -> SpillingArray<TraceRow> {
    var result = SpillingArray<TraceRow>()
    var second: [TraceRow] = []
    func finish() {
      TraceReader.spread(&second, second.indices)
      for row in second { result.append(row) }
      second.removeAll(keepingCapacity: true)
    }
    for row in rows {
      if let first = second.first, row.arrival != first.arrival { finish() }
      second.append(row)
    }
    finish()
    return result
  }

  private static func nothing(in path: String, _ report: TraceReport) -> InputError {
    let location = Diagnostic.Location(file: path, line: 1, column: 1)
    if report.rowsInFile == 0 {
      return InputError(
        .badInput, at: location, "the trace has no rows",
        hint: "a row for each query stands below the header")
    }
    let reasons = report.skipped.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    return InputError(
      .badInput, at: location, "none of the trace's \(report.rowsInFile) rows can be replayed",
      hint: "left out: \(reasons)")
  }
}
