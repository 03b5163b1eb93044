internal import EventEngine

/// What a trace's arrivals are, as its first row shows: time from the trace's start, or a date.
enum ArrivalUnit: Hashable, Sendable {
  /// Units of 10^`power` s from 0.
  case fromStart(power: Int)
  /// Parts of a second since 1970, 10^`power` s each.
  case sinceEpoch(power: Int)
  /// Dates and times of day.
  case dates

  /// Seconds since 1970 between the years 2001 and 2103: no trace is so long, in whatever unit.
  private static let epochSeconds: ClosedRange<Int64> = 1_000_000_000...4_199_999_999

  /// The unit of the times in a field, whose first one stands in this record; those from the start count 10^`power` s.
  init(of record: TraceRecord, _ field: Int, power: Int) {
    guard !record.isEmpty(field) else {
      self = .fromStart(power: power)
      return
    }
    guard case .number(let value) = DecimalNumber.parse(record.content(field)) else {
      // 2024-, or 16/11/: what is wrong with a date is told as such.
      let marks = record.content(field).drop(while: \.isDigit).first.map { "-/.".utf8.contains($0) }
      self =
        record.content(field).first?.isDigit ?? false && marks ?? false
        ? .dates : .fromStart(power: power)
      return
    }
    self = Self.power(ofEpoch: value).map { .sinceEpoch(power: $0) } ?? .fromStart(power: power)
  }

  /// The power of ten by which a number counts seconds since 1970; nil where it is too small or too large for it.
  private static func power(ofEpoch value: DecimalNumber) -> Int? {
    [0, -3, -6, -9].first { power in
      value.scaled(byPowerOfTen: power).map(epochSeconds.contains) ?? false
    }
  }

  /// The time in a field, from the trace's start or from 1970.
  func time(
    _ record: TraceRecord, _ field: Int, named name: String
  ) throws(RowFault) -> SimulationTime {
    switch self {
    case .fromStart(let power):
      guard record.isEmpty(field) || record.isNumber(field) else {
        throw record.fault(
          field, "\(name) \(record.quoted(field)) is neither a number nor a date",
          hint: (power == 0 ? "seconds" : "milliseconds")
            + ", or YYYY-MM-DD hh:mm:ss[.fraction][zone] in every row")
      }
      if case .number(let value) = DecimalNumber.parse(record.content(field)),
        !value.isNegative, Self.power(ofEpoch: value) != nil
      {
        throw record.fault(
          field,
          "\(name) \(record.quoted(field)) looks like a time since 1970, and the first row's does not",
          hint: "write all rows in one unit, from one start")
      }
      return .zero + (try record.duration(field, named: name, power: power))
    case .dates: return try record.calendarTime(field, named: name, fraction: true)
    case .sinceEpoch(let power):
      let value = try record.number(field, named: name)
      guard !value.isNegative, let nanoseconds = value.scaled(byPowerOfTen: 9 + power) else {
        throw record.fault(
          field, "\(name) \(record.quoted(field)) is no time since 1970",
          hint: "the first row's is")
      }
      return SimulationTime(nanoseconds: nanoseconds)
    }
  }

  /// What was made of it; nil of seconds from the start.
  func note(_ column: String) -> String? {
    let moved = "times are moved to the second of the first arrival"
    switch self {
    case .fromStart: return nil
    case .dates: return "\(column) holds dates: \(moved)"
    case .sinceEpoch(let power):
      let unit = [0: "seconds", -3: "milliseconds", -6: "microseconds"][power] ?? "nanoseconds"
      return "\(column) counts \(unit) since 1970: \(moved)"
    }
  }
}

/// The column of a file's arrivals: its unit is that of the first row.
struct ArrivalColumn: Sendable {
  /// Its name in the header.
  let name: String
  /// Its place in a record.
  let field: Int
  private let power: Int
  private var unit: ArrivalUnit?

  /// Times from the start count 10^`power` s.
  init(_ name: String, field: Int, power: Int = 0) {
    self.name = name
    self.field = field
    self.power = power
  }

  /// Whether the rows read so far count from a date.
  var countsFromADate: Bool { unit.map { $0 != .fromStart(power: power) } ?? false }
  /// What was made of the times; nil of seconds from the start.
  var note: String? { unit?.note(name) }

  /// The arrival in a record.
  mutating func time(_ record: TraceRecord) throws(RowFault) -> SimulationTime {
    let unit = unit ?? ArrivalUnit(of: record, field, power: power)
    let time = try unit.time(record, field, named: name)
    self.unit = unit
    return time
  }
}

extension TraceRecord {
  /// A text's hash (FNV-1a, 64 bits), the same for the same text.
  func hash(_ field: Int, named name: String) throws(RowFault) -> UInt64 {
    let bytes = content(field)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw fault(field, "\(name) is not UTF-8", hint: "save the file as UTF-8")
    }
    return bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
