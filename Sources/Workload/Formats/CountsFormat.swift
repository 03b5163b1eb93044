internal import EventEngine

/// Counts per second: one number a second, white space between.
public struct CountsFormat: TraceFormat {
  /// The format.
  public init() {}

  /// `counts`.
  public var name: String { "counts" }
  /// What it is.
  public var summary: String { "queries per second, one number a second, white space between" }
  /// None: there is no header.
  public var columns: [String] { [] }
  /// Whole seconds from 0.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: true) }
  /// One record a word.
  public var layout: RecordLayout { .words }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser { CountsParser() }
}

struct CountsParser: TraceParser {
  private var second = 0

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    defer { second += 1 }
    guard record.count == 1 else {
      throw record.fault(1, "a comma in a trace of counts", hint: "white space between numbers")
    }
    let count = try record.whole(0, named: "a count per second", in: TraceLimits.perSecond)
    let time = SimulationDuration(nanoseconds: Int64(second) * 1_000_000_000)
    guard time <= TraceLimits.longest else { throw record.fault(0, "over 30 years of counts") }
    return .burst(TraceRow(arrival: .zero + time), count: Int(count))
  }

  var notes: [String] { ["rows are queries: the file counts those of \(second) seconds"] }
}
