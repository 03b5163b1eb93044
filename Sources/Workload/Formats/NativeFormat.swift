internal import EventEngine

/// The program's own CSV: `arrival_s` and any of
/// `steps,height,width,images,model,prompt,slo_s,class`.
public struct NativeFormat: TraceFormat {
  /// The columns in the order in which they are written.
  static let allColumns = [
    "arrival_s", "steps", "height", "width", "images", "model", "prompt", "slo_s", "class",
  ]

  /// The format.
  public init() {}

  /// `native`.
  public var name: String { "native" }
  /// What it is.
  public var summary: String { "CSV with a header: arrival_s and optional columns, in any order" }
  /// All columns.
  public var columns: [String] { Self.allColumns }
  /// Times as given, in seconds.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: false) }
  /// The column of arrivals.
  public func recognises(_ first: TraceRecord) -> Bool { first.names("arrival_s") }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser {
    NativeParser(ignoresUnknown: options.ignoreUnknown)
  }
}

/// Reads native rows; an empty optional field says nothing.
struct NativeParser: TraceParser {
  let ignoresUnknown: Bool
  private var header = HeaderMap()
  private var arrival = ArrivalColumn("arrival_s", field: 0)
  private var steps: Int?
  private var height: Int?
  private var width: Int?
  private var images: Int?
  private var model: Int?
  private var prompt: Int?
  private var slo: Int?
  private var serviceClass: Int?
  private var textPrompts = 0

  init(ignoresUnknown: Bool) { self.ignoresUnknown = ignoresUnknown }

  var countsFromADate: Bool { arrival.countsFromADate }

  var notes: [String] {
    var notes = [arrival.note].compactMap(\.self)
    if textPrompts > 0 {
      notes.append(
        "prompts that are text: \(textPrompts), each known by its hash, equal texts as one prompt")
    }
    return notes + header.ignored(ignoresUnknown)
  }

  mutating func readHeader(_ record: TraceRecord) throws(RowFaults) {
    header = try HeaderMap(
      record, known: NativeFormat.allColumns, required: ["arrival_s"], strict: !ignoresUnknown)
    arrival = ArrivalColumn("arrival_s", field: header.required("arrival_s"))
    steps = header.index(of: "steps")
    height = header.index(of: "height")
    width = header.index(of: "width")
    images = header.index(of: "images")
    model = header.index(of: "model")
    prompt = header.index(of: "prompt")
    slo = header.index(of: "slo_s")
    serviceClass = header.index(of: "class")
    if let lone = height ?? width, (height == nil) != (width == nil) {
      throw RowFaults([
        record.fault(
          lone, "a header with only one of height and width", hint: "a size needs both")
      ])
    }
  }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    try record.expectFields(header.count)
    var row = TraceRow(arrival: try arrival.time(record))
    if let steps, !record.isEmpty(steps) {
      row.steps = Int32(try record.whole(steps, named: "steps", in: TraceLimits.steps))
    }
    if let images, !record.isEmpty(images) {
      row.images = Int32(try record.whole(images, named: "images", in: TraceLimits.images))
    }
    if let height, let width { try readSize(record, height, width, into: &row) }
    if let model {
      row.model = try record.nameNumber(model, named: "model", in: &names.models)
    }
    if let serviceClass {
      row.serviceClass = try record.nameNumber(serviceClass, named: "class", in: &names.classes)
    }
    if let prompt, !record.isEmpty(prompt) {
      if let number = promptNumber(record.content(prompt)) {
        row.prompt = number
      } else {
        try record.refuseNoValue(prompt, named: "prompt")
        row.prompt = try record.hash(prompt, named: "prompt")
        textPrompts += 1
      }
    }
    if let slo, !record.isEmpty(slo) {
      let value = try record.duration(slo, named: "slo_s")
      guard value > .zero else {
        throw record.fault(slo, "slo_s is zero", hint: "leave it empty for the scenario's own")
      }
      row.slo = value
    }
    return .row(row)
  }

  /// A prompt that is a number: digits, and no more than zeros behind a point, as a column with gaps is written.
  private func promptNumber(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    let parts = bytes.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard bytes.first?.isDigit ?? false, parts.count == 1 || parts[1].allSatisfy({ $0 == 0x30 })
    else { return nil }
    return UInt64(String(decoding: parts[0], as: UTF8.self))
  }

  private func readSize(
    _ record: TraceRecord, _ height: Int, _ width: Int, into row: inout TraceRow
  ) throws(RowFault) {
    if record.isEmpty(height), record.isEmpty(width) { return }
    if record.isEmpty(height) || record.isEmpty(width) {
      throw record.fault(
        record.isEmpty(height) ? height : width,
        "\(record.isEmpty(height) ? "a width without a height" : "a height without a width")",
        hint: "write both, or leave both empty for the scenario's own size")
    }
    row.height = try record.pixels(height, named: "height")
    row.width = try record.pixels(width, named: "width")
  }
}
