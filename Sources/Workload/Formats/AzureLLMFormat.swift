/// `TIMESTAMP,ContextTokens,GeneratedTokens`: Azure's LLM inference traces of 2023 and 2024.
///
/// Only arrivals are replayed: tokens say nothing about images.
public struct AzureLLMFormat: TraceFormat {
  /// The format.
  public init() {}

  /// `azure-llm`.
  public var name: String { "azure-llm" }
  /// What it is.
  public var summary: String {
    "TIMESTAMP,ContextTokens,GeneratedTokens (Azure/AzurePublicDataset, AzureLLMInferenceTrace)"
  }
  /// The header.
  public var columns: [String] { ["TIMESTAMP", "ContextTokens", "GeneratedTokens"] }
  /// Dates with fractions of a second.
  public var clock: TraceClock { TraceClock(isCalendar: true, isWholeSeconds: false) }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser { AzureLLMParser() }
}

struct AzureLLMParser: TraceParser {
  private var header = HeaderMap()
  private var time = 0
  private var tokens: [Int] = []

  mutating func readHeader(_ record: TraceRecord) throws(RowFault) {
    let columns = AzureLLMFormat().columns
    header = try HeaderMap(record, known: columns, required: columns, strict: true)
    time = header.required("TIMESTAMP")
    tokens = [header.required("ContextTokens"), header.required("GeneratedTokens")]
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    let arrival = try record.calendarTime(time, named: "TIMESTAMP", fraction: true)
    for field in tokens {
      _ = try record.whole(field, named: "a token count", in: 0...UInt64(UInt32.max))
    }
    return .row(TraceRow(arrival: arrival))
  }

  var notes: [String] { ["token counts are not replayed: the file gives arrivals only"] }
}
