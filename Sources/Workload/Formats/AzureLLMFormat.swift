/// `TIMESTAMP,ContextTokens,GeneratedTokens`, with `NumImages` too: Azure's LLM inference traces of 2023 and 2024 and
/// its multimodal one.
///
/// Only arrivals are replayed: tokens, and the images that a prompt holds, say nothing about images to be made.
public struct AzureLLMFormat: TraceFormat {
  static let required = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"]
  static let imagesOfPrompt = "NumImages"

  /// The format.
  public init() {}

  /// `azure-llm`.
  public var name: String { "azure-llm" }
  /// What it is.
  public var summary: String {
    "TIMESTAMP,[NumImages,]ContextTokens,GeneratedTokens (Azure/AzurePublicDataset, "
      + "AzureLLMInferenceTrace, AzureLMMInferenceTrace)"
  }
  /// The header.
  public var columns: [String] { Self.required + [Self.imagesOfPrompt] }
  /// Dates with fractions of a second.
  public var clock: TraceClock { TraceClock(isCalendar: true, isWholeSeconds: false) }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser {
    AzureLLMParser(ignoresUnknown: options.ignoreUnknown)
  }
}

struct AzureLLMParser: TraceParser {
  let ignoresUnknown: Bool
  private var header = HeaderMap()
  private var time = 0
  private var counts: [Int] = []
  private var hasImages = false

  init(ignoresUnknown: Bool) { self.ignoresUnknown = ignoresUnknown }

  mutating func readHeader(_ record: TraceRecord) throws(RowFault) {
    header = try HeaderMap(
      record, known: AzureLLMFormat().columns, required: AzureLLMFormat.required,
      strict: !ignoresUnknown,
      advice: HeaderMap.ignoringAdvice)
    time = header.required("TIMESTAMP")
    let images = header.index(of: AzureLLMFormat.imagesOfPrompt)
    hasImages = images != nil
    counts =
      [header.required("ContextTokens"), header.required("GeneratedTokens")]
      + [images].compactMap(\.self)
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    let arrival = try record.calendarTime(time, named: "TIMESTAMP", fraction: true)
    for field in counts {
      _ = try record.whole(field, named: "a token count", in: 0...UInt64(UInt32.max))
    }
    return .row(TraceRow(arrival: arrival))
  }

  var notes: [String] {
    ["token counts are not replayed: the file gives arrivals only"]
      + header.ignored(ignoresUnknown)
      + (hasImages ? ["NumImages counts the images that a prompt holds, and is not replayed"] : [])
  }
}
