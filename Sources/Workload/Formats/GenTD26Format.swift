internal import EventEngine

/// `lora_request_trace.csv` of Alibaba's cluster-trace-v2026-GenAI (GenTD26): Stable Diffusion
/// requests of a production service, 15 November to 8 December 2024.
///
/// Image-to-image and inpainting requests are replayed as text-to-image. LoRA adapters, prompt
/// lengths and groups are not replayed, nor is the recorded execution time: a simulation makes its
/// own.
public struct GenTD26Format: TraceFormat {
  static let required = [
    "gmt_create", "predict_status", "num_images_per_prompt", "num_inference_steps",
  ]

  /// Columns of the published file that are not replayed.
  static let others = ["groupId", "prompt_length", "negative_prompt_length"]

  /// The format.
  public init() {}

  /// `gentd26`.
  public var name: String { "gentd26" }
  /// What it is.
  public var summary: String {
    "Alibaba GenTD26 lora_request_trace.csv (alibaba/clusterdata, cluster-trace-v2026-GenAI)"
  }
  /// The columns of the published file.
  public var columns: [String] {
    Self.required + [
      "predict_type", "exec_time_seconds", "checkpoint_model_version_id", "num_lora",
    ] + Self.others
  }
  /// Dates in whole seconds.
  public var clock: TraceClock { TraceClock(isCalendar: true, isWholeSeconds: true) }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser {
    GenTD26Parser(includeFailed: options.includeFailed, ignoresUnknown: options.ignoreUnknown)
  }
}

/// Reads GenTD26 rows. A row is left out for its status before it is for lacking counts.
struct GenTD26Parser: TraceParser {
  let includeFailed: Bool
  let ignoresUnknown: Bool
  private var header = HeaderMap()
  private var time = 0
  private var status = 0
  private var images = 0
  private var steps = 0
  private var type: Int?
  private var seconds: Int?
  private var model: Int?
  private var loras: Int?

  private var statuses = Tally()
  private var typesInFile = Tally()
  private var typesReplayed = Tally()
  private var withoutCounts = 0
  private var failedWithoutCounts = 0
  private var withAdapters = 0
  private var execution = Welford()

  init(includeFailed: Bool, ignoresUnknown: Bool) {
    self.includeFailed = includeFailed
    self.ignoresUnknown = ignoresUnknown
  }

  mutating func readHeader(_ record: TraceRecord) throws(RowFaults) {
    header = try HeaderMap(
      record, known: GenTD26Format().columns, required: GenTD26Format.required,
      strict: !ignoresUnknown)
    time = header.required("gmt_create")
    status = header.required("predict_status")
    images = header.required("num_images_per_prompt")
    steps = header.required("num_inference_steps")
    type = header.index(of: "predict_type")
    seconds = header.index(of: "exec_time_seconds")
    model = header.index(of: "checkpoint_model_version_id")
    loras = header.index(of: "num_lora")
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    var row = TraceRow(arrival: try record.calendarTime(time, named: "gmt_create", fraction: false))
    let state = try record.text(status, named: "predict_status")
    let succeeded = state == "SUCCEED"
    let counted = !record.isEmpty(steps) && !record.isEmpty(images)
    if counted {
      row.steps = Int32(
        try record.whole(steps, named: "num_inference_steps", in: TraceLimits.steps))
      row.images = Int32(
        try record.whole(images, named: "num_images_per_prompt", in: TraceLimits.images))
    }
    var executed: SimulationDuration?
    if let seconds, !record.isEmpty(seconds) {
      executed = try record.duration(seconds, named: "exec_time_seconds")
    }
    statuses.add(state)
    if let type { typesInFile.add(try record.text(type, named: "predict_type")) }
    if !counted {
      withoutCounts += 1
      if !succeeded { failedWithoutCounts += 1 }
    }
    if !succeeded, !includeFailed { return .skipped("predict_status is not SUCCEED") }
    if !counted { return .skipped("without a number of steps or images") }
    if let type { typesReplayed.add(try record.text(type, named: "predict_type")) }
    if succeeded, let executed { execution.add(executed.seconds) }
    if let loras, !record.isEmpty(loras) {
      if try record.whole(loras, named: "num_lora", in: 0...1000) > 0 { withAdapters += 1 }
    }
    if let model {
      row.model = try record.nameNumber(
        model, named: "checkpoint_model_version_id", in: &names.models)
    }
    return .row(row)
  }

  var notes: [String] {
    var notes = ["predict_status of all rows: \(statuses)"]
    if withoutCounts > 0 {
      notes.append(
        "rows without a number of steps or images: \(withoutCounts), of which "
          + "\(failedWithoutCounts) are not SUCCEED")
    }
    let other = typesReplayed.filtered { $0 != "TXT_2_IMG" }
    if !other.isEmpty {
      let inFile = typesInFile.filtered { $0 != "TXT_2_IMG" }
      notes.append("rows replayed as text-to-image: \(other) (in the file: \(inFile))")
    }
    if withAdapters > 0 {
      notes.append("rows with LoRA adapters, replayed without: \(withAdapters)")
    }
    if execution.count > 0 {
      let mean = (execution.mean * 10).rounded() / 10
      notes.append("recorded exec_time_seconds, not replayed: mean \(mean) s over SUCCEED rows")
    }
    return notes + header.ignored(ignoresUnknown)
  }
}

/// Counts of a few names, in order of first occurrence.
struct Tally: Sendable, CustomStringConvertible {
  private(set) var entries: [(name: String, count: Int)] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ name: String) {
    if let i = entries.firstIndex(where: { $0.name == name }) {
      entries[i].count += 1
    } else if entries.count < 100 {
      entries.append((name, 1))
    }
  }

  func filtered(_ keep: (String) -> Bool) -> Tally {
    var result = self
    result.entries = entries.filter { keep($0.name) }
    return result
  }

  /// `A 3, B 1`, the most frequent first.
  var description: String {
    entries.enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .map { "\($0.element.name) \($0.element.count)" }
      .joined(separator: ", ")
  }
}
