internal import EventEngine

/// Traces of language models' requests, of which only arrivals are replayed: a column of seconds among others that say
/// nothing about images. A further one is a line in ``TraceFormats``.
public struct ArrivalsFormat: TraceFormat {
  /// What the user calls it.
  public let name: String
  /// What it is.
  public let summary: String
  /// The columns that tell it, the arrivals first.
  public let columns: [String]

  /// `Timestamp,Model,Request tokens,...`: BurstGPT.
  public static let burstGPT = ArrivalsFormat(
    name: "burstgpt",
    summary: "Timestamp (s),Model,Request tokens,Response tokens,... (HPMLL/BurstGPT)",
    columns: ["Timestamp", "Request tokens", "Response tokens"])

  /// `arrived_at,num_prefill_tokens,num_decode_tokens`: Vidur, and others in its format.
  public static let vidur = ArrivalsFormat(
    name: "vidur", summary: "arrived_at (s),num_prefill_tokens,num_decode_tokens (microsoft/vidur)",
    columns: ["arrived_at", "num_prefill_tokens", "num_decode_tokens"])

  /// Times as given, in seconds.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: false) }

  /// All columns that tell it.
  public func recognises(_ first: TraceRecord) -> Bool { columns.allSatisfy(first.names) }

  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser {
    ArrivalsParser(columns: columns)
  }
}

struct ArrivalsParser: TraceParser {
  let columns: [String]
  private var header = HeaderMap()
  private var arrival: ArrivalColumn

  init(columns: [String]) {
    self.columns = columns
    arrival = ArrivalColumn(columns[0], field: 0)
  }

  mutating func readHeader(_ record: TraceRecord) throws(RowFault) {
    header = try HeaderMap(record, known: columns, required: columns, strict: false)
    arrival = ArrivalColumn(columns[0], field: header.required(columns[0]))
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    return .row(TraceRow(arrival: try arrival.time(record)))
  }

  var countsFromADate: Bool { arrival.countsFromADate }

  var notes: [String] {
    [arrival.note].compactMap(\.self) + [
      "\(columns[0]) alone is replayed: models and tokens say nothing of images"
    ]
  }
}
