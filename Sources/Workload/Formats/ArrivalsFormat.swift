internal import EventEngine

/// Traces of language models' requests, of which only arrivals are replayed: token counts, and the images that a prompt
/// holds, say nothing of images to be made. A further one is a line in ``TraceFormats``.
public struct ArrivalsFormat: TraceFormat {
  /// What the user calls it.
  public let name: String
  /// What it is.
  public let summary: String
  /// The columns that it must have, the arrivals first, counts behind them.
  let required: [String]
  /// Columns that some of its files have, too.
  let others: [String]

  /// `TIMESTAMP,ContextTokens,GeneratedTokens`, with `NumImages` too: Azure's inference traces of language models of
  /// 2023 and 2024, and its multimodal one.
  public static let azureLLM = ArrivalsFormat(
    name: "azure-llm",
    summary: "TIMESTAMP,[NumImages,]ContextTokens,GeneratedTokens (Azure/AzurePublicDataset, "
      + "AzureLLMInferenceTrace, AzureLMMInferenceTrace)",
    required: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"], others: ["NumImages"])

  /// `Timestamp,Model,Request tokens,...`: BurstGPT.
  public static let burstGPT = ArrivalsFormat(
    name: "burstgpt",
    summary: "Timestamp (s),Model,Request tokens,Response tokens,... (HPMLL/BurstGPT)",
    required: ["Timestamp", "Request tokens", "Response tokens"],
    others: ["Model", "Total tokens", "Log Type", "Session ID", "Elapsed time"])

  /// `arrived_at,num_prefill_tokens,num_decode_tokens`: Vidur, and others in its format.
  public static let vidur = ArrivalsFormat(
    name: "vidur", summary: "arrived_at (s),num_prefill_tokens,num_decode_tokens (microsoft/vidur)",
    required: ["arrived_at", "num_prefill_tokens", "num_decode_tokens"],
    others: [
      "num_total_tokens", "pd_ratio", "request_id", "prompt_id", "session_id", "block_hash_ids",
    ])

  /// All columns it knows.
  public var columns: [String] { required + others }
  /// Times as given, in seconds from the start; the first row may show that they are dates.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: false) }
  /// Two of the columns that it must have.
  public func recognises(_ first: TraceRecord) -> Bool {
    required.count(where: first.names) >= 2
  }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser {
    ArrivalsParser(self, ignoresUnknown: options.ignoreUnknown)
  }
}

struct ArrivalsParser: TraceParser {
  private let format: ArrivalsFormat
  private let ignoresUnknown: Bool
  private var header = HeaderMap()
  private var arrival: ArrivalColumn
  private var counts: [Int] = []

  init(_ format: ArrivalsFormat, ignoresUnknown: Bool) {
    self.format = format
    self.ignoresUnknown = ignoresUnknown
    arrival = ArrivalColumn(format.required[0], field: 0)
  }

  mutating func readHeader(_ record: TraceRecord) throws(RowFaults) {
    header = try HeaderMap(
      record, known: format.columns, required: format.required, strict: !ignoresUnknown)
    arrival = ArrivalColumn(format.required[0], field: header.required(format.required[0]))
    counts = format.required.dropFirst().map { header.required($0) }
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    let row = TraceRow(arrival: try arrival.time(record))
    for field in counts {
      _ = try record.whole(field, named: "a token count", in: 0...UInt64(UInt32.max))
    }
    return .row(row)
  }

  var countsFromADate: Bool { arrival.countsFromADate }

  var notes: [String] {
    let left = format.columns.dropFirst().filter { header.index(of: $0) != nil }
    return [arrival.note].compactMap(\.self) + [
      "\(format.required[0]) alone is replayed: \(left.joined(separator: ", ")) say nothing of images to be made"
    ] + header.ignored(ignoresUnknown)
  }
}
