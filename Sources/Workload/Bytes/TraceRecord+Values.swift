public import EventEngine

/// Limits on what a trace may say; beyond them a row is taken for damaged. Assumed.
public enum TraceLimits {
  /// Latest arrival, and longest SLO: 30 years.
  public static let longest = SimulationDuration(nanoseconds: 946_728_000_000_000_000)
  /// Denoising steps.
  public static let steps: ClosedRange<UInt64> = 1...1000
  /// Images of one query.
  public static let images: ClosedRange<UInt64> = 1...1024
  /// Height or width in pixels; a multiple of 8, since a latent has an eighth of them.
  public static let pixels: ClosedRange<UInt64> = 64...8192
  /// Queries of one second in a trace of counts.
  public static let perSecond: ClosedRange<UInt64> = 0...1_000_000
  /// Longest name of a model or class in bytes.
  static let nameLength = 200
}

extension TraceRecord {
  /// Whether a field is written as a number, NaN and infinity among them.
  func isNumber(_ field: Int) -> Bool {
    !isEmpty(field) && DecimalNumber.parse(content(field)) != .malformed
  }

  /// A number that is there, is one, and is finite.
  func number(_ field: Int, named name: String) throws(RowFault) -> DecimalNumber {
    if isEmpty(field) { throw fault(field, "\(name) is missing", hint: "every row needs one") }
    switch DecimalNumber.parse(content(field)) {
    case .number(let value): return value
    case .notANumber:
      throw fault(field, "\(name) is not a number (\(quoted(field)))", hint: "leave the row out")
    case .infinite: throw fault(field, "\(name) is infinite", hint: "leave the row out")
    case .malformed:
      throw fault(
        field, "\(name) \(quoted(field)) is not a number",
        hint: "write digits, with a point at most")
    }
  }

  /// A whole number in `range`; `30.0` is one.
  func whole(
    _ field: Int, named name: String, in range: ClosedRange<UInt64>
  ) throws(RowFault) -> UInt64 {
    let value = try number(field, named: name)
    let hint = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    if value.isNegative, value.digits > 0 {
      throw fault(field, "\(name) is negative (\(quoted(field)))", hint: hint)
    }
    guard let result = value.wholeNumber else {
      let huge = value.exponent >= 0
      throw fault(
        field, "\(name) \(quoted(field)) is \(huge ? "too large" : "not a whole number")",
        hint: hint)
    }
    guard range.contains(result) else {
      throw fault(field, "\(name) \(quoted(field)) is out of range", hint: hint)
    }
    return result
  }

  /// A time of at least 0 and at most ``TraceLimits/longest``, written in units of 10^`power` s.
  func duration(
    _ field: Int, named name: String, power: Int = 0
  ) throws(RowFault) -> SimulationDuration {
    let value = try number(field, named: name)
    if value.isNegative, value.digits > 0 {
      throw fault(field, "\(name) is negative (\(quoted(field)))", hint: "times count from 0")
    }
    guard let nanoseconds = value.scaled(byPowerOfTen: 9 + power),
      nanoseconds <= TraceLimits.longest.nanoseconds
    else {
      throw fault(field, "\(name) \(quoted(field)) is too large", hint: "at most 30 years")
    }
    return SimulationDuration(nanoseconds: nanoseconds)
  }

  /// An image's height or width.
  func pixels(_ field: Int, named name: String) throws(RowFault) -> Int32 {
    let value = try whole(field, named: name, in: TraceLimits.pixels)
    guard value % 8 == 0 else {
      throw fault(field, "\(name) \(value) is no multiple of 8", hint: "latents are an eighth")
    }
    return Int32(value)
  }

  /// Faults where a text is what programs write for no value.
  func refuseNoValue(_ field: Int, named name: String) throws(RowFault) {
    let bytes = content(field)
    let isBlank = bytes.allSatisfy(\.isBlank)
    if isBlank
      || ["NaN", "nan", "null", "NULL", "None", "N/A", "n/a", "#N/A"].contains(where: {
        bytes.elementsEqual($0.utf8)
      })
    {
      throw fault(
        field, "\(name) \(quoted(field)) stands for no value", hint: "leave the field empty")
    }
  }

  /// A name: UTF-8 without control characters, at most 200 bytes.
  func text(_ field: Int, named name: String) throws(RowFault) -> String {
    let bytes = content(field)
    guard bytes.count <= TraceLimits.nameLength else {
      throw fault(field, "\(name) is over \(TraceLimits.nameLength) bytes long")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault(field, "\(name) is not UTF-8", hint: "save the file as UTF-8")
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw fault(field, "\(name) holds a control character")
    }
    return text
  }

  /// The field in quotes, printable and short, for an error.
  func quoted(_ field: Int) -> String {
    let text = String(decoding: content(field).prefix(40), as: UTF8.self)
    let clean = text.unicodeScalars.map {
      $0.properties.generalCategory == .control ? "?" : "\($0)"
    }
    return "'\(clean.joined())\(content(field).count > 40 ? "..." : "")'"
  }

  /// Faults unless the record has exactly `expected` fields.
  func expectFields(_ expected: Int) throws(RowFault) {
    if count < expected {
      throw fault(count, "too few columns: \(count)", hint: "the header has \(expected)")
    }
    if count > expected {
      throw fault(
        expected, "too many columns: \(count)",
        hint:
          "the header has \(expected); write numbers with a point, and text that has commas in quotes"
      )
    }
  }
}
