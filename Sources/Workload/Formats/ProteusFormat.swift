internal import EventEngine

/// `milliseconds,QoS level,deadline ms` without a header: the traces of Proteus.
///
/// The level becomes the class `qos-LEVEL`; the deadline is taken as time from the arrival
/// (Proteus's simulator keeps it as a model's SLO). A fourth column (accuracy) is not replayed.
public struct ProteusFormat: TraceFormat {
  /// The format.
  public init() {}

  /// `proteus`.
  public var name: String { "proteus" }
  /// What it is.
  public var summary: String {
    "milliseconds,QoS level,deadline ms without a header (UMass-LIDS/Proteus)"
  }
  /// None: there is no header.
  public var columns: [String] { [] }
  /// Times as given, in milliseconds.
  public var clock: TraceClock { TraceClock(isCalendar: false, isWholeSeconds: false) }
  /// A parser for one file.
  public func makeParser(options: TraceOptions) -> any TraceParser { ProteusParser() }
}

struct ProteusParser: TraceParser {
  private var arrival = ArrivalColumn("the time in milliseconds", field: 0, power: -3)

  var countsFromADate: Bool { arrival.countsFromADate }

  mutating func read(
    _ record: TraceRecord, names: inout TraceNames
  ) throws(RowFault) -> ParsedRow {
    guard (3...4).contains(record.count) else {
      let what = record.count < 3 ? "too few columns" : "too many columns"
      throw record.fault(
        min(record.count, 4), "\(what): \(record.count)",
        hint: "expected milliseconds,QoS level,deadline ms")
    }
    let time = try arrival.time(record)
    let level = try record.whole(1, named: "the QoS level", in: 0...1000)
    let slo = try record.duration(2, named: "the deadline in milliseconds", power: -3)
    guard slo > .zero else { throw record.fault(2, "the deadline is zero") }
    if record.count == 4 { _ = try record.number(3, named: "the accuracy") }
    var row = TraceRow(arrival: time)
    row.slo = slo
    row.serviceClass = names.classes.number(of: "qos-\(level)")
    return .row(row)
  }

  var notes: [String] {
    [arrival.note].compactMap(\.self) + ["deadlines are taken as time from the arrival"]
  }
}
