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
  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    guard record.count == 2 else {
      let what = record.count < 2 ? "too few columns" : "too many columns"
      throw record.fault(
        min(record.count, 2), "\(what): \(record.count)", hint: "expected milliseconds,promptId")
    }
    let time = try record.duration(0, named: "the time in milliseconds", power: -3)
    var row = TraceRow(arrival: .zero + time)
    row.prompt = try record.whole(1, named: "promptId", in: 0...UInt64.max)
    return .row(row)
  }
}
