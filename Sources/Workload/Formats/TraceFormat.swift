/// What the times of a format mean.
public struct TraceClock: Hashable, Sendable {
  /// Times are dates: the trace is moved so that its first row falls into second 0.
  public var isCalendar: Bool
  /// Times are whole seconds: the rows of one second are spread evenly inside it.
  public var isWholeSeconds: Bool

  /// A clock from its two properties.
  public init(isCalendar: Bool, isWholeSeconds: Bool) {
    self.isCalendar = isCalendar
    self.isWholeSeconds = isWholeSeconds
  }
}

/// A file format of traces. A new one is a file in this folder and a line in ``TraceFormats``.
public protocol TraceFormat: Sendable {
  /// The name users give it.
  var name: String { get }
  /// One line: what it is and who publishes it.
  var summary: String { get }
  /// The header's columns that tell the format; empty for a format without a header.
  var columns: [String] { get }
  /// What its times mean.
  var clock: TraceClock { get }
  /// How a file falls apart into records.
  var layout: RecordLayout { get }
  /// Whether a file whose header is this record is of this format, beyond doubt.
  func recognises(_ first: TraceRecord) -> Bool
  /// A parser for one file.
  func makeParser(options: TraceOptions) -> any TraceParser
}

extension TraceFormat {
  /// One record a line.
  public var layout: RecordLayout { .lines }

  /// Whether two of the format's columns stand in the first record: one alone may be anybody's. A format without a header
  /// is never recognised: numbers alone may be anything, and who writes no header must be named.
  public func recognises(_ first: TraceRecord) -> Bool {
    columns.count(where: first.names) >= 2
  }
}

extension TraceRecord {
  /// Whether a field is this name of a column.
  func names(_ column: String) -> Bool {
    (0..<count).contains { content($0).elementsEqual(column.utf8) }
  }
}

/// What a record of a trace means.
public enum ParsedRow: Sendable {
  /// One query; its arrival is in the format's own clock.
  case row(TraceRow)
  /// So many equal queries.
  case burst(TraceRow, count: Int)
  /// No query, for this reason.
  case skipped(String)
}

/// Turns the records of one file into rows.
public protocol TraceParser: Sendable {
  /// Takes the header in; called once, before any row, if the format has columns.
  mutating func readHeader(_ record: TraceRecord) throws(RowFaults)
  /// Takes one record in; `names` collects the names of models and classes.
  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow
  /// What a reader of results ought to know about the records so far.
  var notes: [String] { get }
  /// Whether times are counted from a date, as the rows read so far show.
  var countsFromADate: Bool { get }
}

extension TraceParser {
  /// Nothing to read.
  public mutating func readHeader(_ record: TraceRecord) throws(RowFaults) {}
  /// Nothing to say.
  public var notes: [String] { [] }
  /// As the format's clock says.
  public var countsFromADate: Bool { false }
}

/// The names met in a trace, in order of first occurrence.
public struct TraceNames: Sendable {
  /// Models.
  public internal(set) var models = NameTable()
  /// Service classes.
  public internal(set) var classes = NameTable()

  /// No names.
  public init() {}
}

/// Names numbered in order of first occurrence; at most 65,535.
public struct NameTable: Sendable {
  /// The names by number.
  public private(set) var names: [String] = []
  private var numbers: [String: Int32] = [:]

  /// No names.
  public init() {}

  /// The number of `name`, a new one if it is new; nil if there is no room.
  public mutating func number(of name: String) -> Int32? {
    if let known = numbers[name] { return known }
    guard names.count < Int(UInt16.max) else { return nil }
    let number = Int32(names.count)
    names.append(name)
    numbers[name] = number
    return number
  }
}

extension TraceRecord {
  /// The number of the name in a field; nil where the field is empty.
  func nameNumber(
    _ field: Int, named column: String, in table: inout NameTable
  ) throws(RowFault) -> Int32? {
    if isEmpty(field) { return nil }
    try refuseNoValue(field, named: column)
    guard let number = table.number(of: try text(field, named: column)) else {
      throw fault(field, "over 65535 different values of \(column)")
    }
    return number
  }
}
