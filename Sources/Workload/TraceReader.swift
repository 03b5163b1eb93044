public import Diagnostics
internal import EventEngine

/// Reads a trace one row at a time, in the order of the file, holding no more of it than a chunk
/// (and, where times are whole seconds, the rows of one second).
///
/// ``TraceLoader`` sorts and moves a whole trace; here rows come as they stand, dates counted from
/// the second of the first row (a row before it has a negative arrival), and rows of one second
/// that stand together are spread over it together.
public struct TraceReader: ~Copyable {
  /// The name of the file's format.
  public let formatName: String
  private let formatClock: TraceClock

  private var lines: LineReader
  private var parser: any TraceParser
  private var names = TraceNames()
  private var record = TraceRecord()
  private var counts = TraceReport()
  /// What is left of a burst.
  private var burst: (row: TraceRow, left: Int)?
  /// Rows of one second, and how many of them are given out.
  private var second: (rows: [TraceRow], given: Int) = ([], 0)
  /// The row behind the last second.
  private var held: TraceRow?
  private var earliest: SimulationTime?
  private var latest = SimulationTime(nanoseconds: .min)
  private var base: SimulationTime?

  /// Opens `path`. `format` names the format; nil = the first line tells.
  ///
  /// Errors: 66 where the file is missing or a directory, 65 where it is empty, its format unknown
  /// or its header wrong, 64 where `format` names none.
  public init(
    path: String, format: String? = nil, options: TraceOptions = TraceOptions()
  ) throws(InputError) {
    try self.init(path: path, format: format, options: options, chunk: 1 << 16)
  }

  init(
    path: String, format: String?, options: TraceOptions, chunk: Int
  ) throws(InputError) {
    var lines = try LineReader.open(path: path, chunk: chunk, unpacking: options.unpacking)
    let chosen = try Self.choose(format, for: lines)
    lines.layout = chosen.layout
    var parser = chosen.makeParser(options: options)
    if !chosen.columns.isEmpty, try lines.advance() {
      var header = TraceRecord()
      try Self.split(&header, &lines)
      do {
        try parser.readHeader(header)
      } catch {
        throw Self.located(error.faults, in: lines)
      }
    }
    formatName = chosen.name
    formatClock = chosen.clock
    self.parser = parser
    self.lines = lines
  }

  /// What the times mean, as far as the rows read so far show.
  var clock: TraceClock {
    TraceClock(
      isCalendar: formatClock.isCalendar || parser.countsFromADate,
      isWholeSeconds: formatClock.isWholeSeconds)
  }

  /// Names of the models met so far; `TraceRow.model` indexes them.
  public var models: [String] { names.models.names }
  /// Names of the service classes met so far; `TraceRow.serviceClass` indexes them.
  public var classes: [String] { names.classes.names }

  /// What became of the rows read so far.
  public var report: TraceReport {
    var report = counts
    report.notes = parser.notes
    if clock.isWholeSeconds {
      report.notes.append(
        "timestamps are whole seconds: requests of one second are spread evenly inside it")
    }
    return report
  }

  /// The next row to replay; nil at the end of the file.
  ///
  /// Error 65, with line and column, for a row that cannot be read; the call after it goes on with
  /// the row behind.
  public mutating func next() throws(InputError) -> TraceRow? {
    guard clock.isWholeSeconds else {
      guard var row = try nextAsWritten() else { return nil }
      row.arrival = rebased(row.arrival)
      return row
    }
    if second.given == second.rows.count {
      second = ([], 0)
      if held == nil { held = try nextAsWritten() }
      guard let first = held.take() else { return nil }
      second.rows.append(first)
      while let row = try nextAsWritten() {
        if row.arrival != first.arrival {
          held = row
          break
        }
        second.rows.append(row)
      }
      Self.spread(&second.rows, 0..<second.rows.count)
    }
    defer { second.given += 1 }
    var row = second.rows[second.given]
    row.arrival = rebased(row.arrival)
    return row
  }

  /// The next row to replay, its arrival as the file has it.
  mutating func nextAsWritten() throws(InputError) -> TraceRow? {
    while true {
      if let (row, left) = burst {
        burst = left > 1 ? (row, left - 1) : nil
        return row
      }
      guard try lines.advance() else { return nil }
      record.number += 1
      try Self.split(&record, &lines)
      do {
        if let row = try take() { return row }
      } catch {
        throw Self.located([error], in: lines)
      }
    }
  }

  /// Splits the current record, of several lines where a quoted field holds line ends.
  private static func split(
    _ record: inout TraceRecord, _ lines: inout LineReader
  ) throws(InputError) {
    var first: RowFault?
    while true {
      let fault: RowFault
      do {
        return try record.split(lines.buffer[lines.current], column: lines.column)
      } catch {
        fault = error
      }
      if record.isOpen, lines.layout == .lines, try lines.extendToQuote() {
        first = first ?? fault
        continue
      }
      lines.retract()
      throw located([first ?? fault], in: lines)
    }
  }

  /// Places the rows of `range`, all of one second, evenly inside it.
  static func spread(_ rows: inout [TraceRow], _ range: Range<Int>) {
    let gap = 1_000_000_000
    for (i, index) in range.enumerated() {
      rows[index].arrival =
        rows[index].arrival + SimulationDuration(nanoseconds: Int64(i * gap / range.count))
    }
  }

  /// The start of the second in which `time` lies.
  static func second(of time: SimulationTime) -> SimulationTime {
    let remainder = time.nanoseconds % 1_000_000_000
    return SimulationTime(nanoseconds: time.nanoseconds - remainder)
  }

  /// Counts the current record; nil unless it is a row to replay.
  private mutating func take() throws(RowFault) -> TraceRow? {
    guard record.number < Int(Int32.max) else {
      throw record.fault(0, "over 2,147,483,646 rows")
    }
    let parsed = try parser.read(record, names: &names)
    switch parsed {
    case .skipped(let reason):
      counts.rowsInFile += 1
      counts.skip(reason, row: record.number)
      return nil
    case .row(var row):
      row.sourceRow = Int32(record.number)
      try place(row.arrival)
      counts.rowsInFile += 1
      counts.rowsReplayed += 1
      return row
    case .burst(var row, let count):
      guard count > 0 else { return nil }
      row.sourceRow = Int32(record.number)
      try place(row.arrival)
      counts.rowsInFile += count
      counts.rowsReplayed += count
      burst = count > 1 ? (row, count - 1) : nil
      return row
    }
  }

  /// Notes the order of a row and faults where dates lie too far apart.
  private mutating func place(_ time: SimulationTime) throws(RowFault) {
    let early = min(earliest ?? time, time)
    let late = max(latest, time)
    if late - early > TraceLimits.longest {
      throw record.fault(0, "a row over 30 years from another", hint: "are all times in one unit?")
    }
    earliest = early
    if time < latest { counts.rowsOutOfOrder += 1 }
    latest = late
  }

  private mutating func rebased(_ time: SimulationTime) -> SimulationTime {
    guard clock.isCalendar else { return time }
    let start = base ?? Self.second(of: time)
    base = start
    return SimulationTime(nanoseconds: (time - start).nanoseconds)
  }

  private static func located(_ faults: [RowFault], in lines: borrowing LineReader) -> InputError {
    var diagnostics: [Diagnostic] = []
    for fault in faults {
      let place = lines.place(of: fault.column)
      let text = lines.layout == .lines ? lines.text(ofLine: place.line) : nil
      // Some write comments, which CSV does not know; a text may start with a mark of them, and has no blank behind it.
      let isComment = text?.starts(with: #/ *#+( |$)/#) ?? false
      diagnostics.append(
        Diagnostic(
          .badInput, at: .init(file: lines.path, line: place.line, column: place.column),
          isComment ? "a comment" : fault.what,
          hint: isComment ? "a trace has none; grep -v '^ *# ' leaves them out" : fault.hint,
          sourceLine: text))
    }
    return InputError(diagnostics)
  }

  private static func choose(
    _ name: String?, for lines: borrowing LineReader
  ) throws(InputError) -> any TraceFormat {
    if let name, TraceFormats.named(name) == nil {
      throw InputError(
        .usage, "there is no trace format '\(name)'",
        hint: Suggestion.hint(for: name, in: TraceFormats.names, noun: "format"))
    }
    guard let first = lines.firstLine() else {
      throw InputError(
        .badInput, at: .init(file: lines.path, line: 1, column: 1), "the file is empty",
        hint: "a trace starts with a header or a row")
    }
    let path = lines.path
    func fault(_ seen: UnfamiliarFile, column: Int = 1) -> InputError {
      InputError(
        .badInput, at: .init(file: path, line: first.line, column: column), seen.what,
        hint: seen.hint)
    }
    let source = SourceFile(path: path, isPacked: lines.isPacked)
    // Before it is split: JSON and the like have quotes where CSV has none.
    let other = UnfamiliarFile.text(lines.sample(), source)
    if let name, let format = TraceFormats.named(name) {
      guard let other, !format.columns.isEmpty else { return format }
      throw fault(other)
    }
    var record = TraceRecord()
    do {
      try record.split(first.bytes[...], column: 1)
    } catch {
      throw other.map { fault($0) }
        ?? fault(UnfamiliarFile(what: error.what, hint: error.hint), column: error.column)
    }
    let isOneLine = first.bytes.contains(.carriageReturn)
    if let format = TraceFormats.recognising(record), !isOneLine { return format }
    if let other { throw fault(other) }
    if let format = TraceFormats.misspelt(record) { return format }
    throw fault(.columns(record, source))
  }
}
