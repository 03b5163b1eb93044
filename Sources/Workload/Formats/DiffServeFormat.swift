internal import EventEngine

/// `milliseconds,promptId` without a header, not strictly sorted: the traces of DiffServe and
/// HADIS.
public struct DiffServeFormat: TraceFormat {
  /// The format.
  public init() {}

  /// `diffserve`.
  public var name: String { "diffserve" }
  /// What it is.
  public var summary: String { "milliseconds,promptId without a header (DiffServe, HADIS)" }
  /// None: there is no header.
  public var columns: [String] { [] }
  /// Times as given, in milliseconds.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: false) }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser { DiffServeParser() }
}

struct DiffServeParser: TraceParser {
  private var arrival = ArrivalColumn("the time in milliseconds", field: 0, power: -3)

  var countsFromADate: Bool { arrival.countsFromADate }
  var notes: [String] { [arrival.note].compactMap(\.self) }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    guard record.count == 2 else {
      let what = record.count < 2 ? "too few columns" : "too many columns"
      throw record.fault(
        min(record.count, 2), "\(what): \(record.count)", hint: "expected milliseconds,promptId")
    }
    let time = try arrival.time(record)
    var row = TraceRow(arrival: time)
    row.prompt = try record.whole(1, named: "promptId", in: 0...UInt64.max)
    return .row(row)
  }
}
