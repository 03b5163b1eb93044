internal import EventEngine

extension TraceRecord {
  /// A date and time of day, `YYYY-MM-DD hh:mm:ss[.fraction][zone]` in 1970 to 2099, as nanoseconds since 1970; digits
  /// behind the ninth decimal are cut off; a leap second, `:60`, is the next one. The zone: `Z`, `UTC`, or an offset as RFC 3339 writes it or without its
  /// colon; none is UTC.
  func calendarTime(
    _ field: Int, named name: String, fraction: Bool
  ) throws(RowFault) -> SimulationTime {
    if isEmpty(field) { throw fault(field, "\(name) is missing") }
    var scanner = DigitScanner(content(field))
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
      scanner.skip("-"), let day = scanner.number(2),
      scanner.skip(" ") || scanner.skip("T") || scanner.skip("t"),
      let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
      scanner.skip(":"), let second = scanner.number(2)
    else { throw notATime(field, name, fraction: fraction) }
    var nanoseconds: Int64 = 0
    if fraction, scanner.skip(".") {
      guard let parsed = scanner.nanoseconds() else {
        throw notATime(field, name, fraction: fraction)
      }
      nanoseconds = parsed
    }
    guard let offset = scanner.zone(), scanner.isAtEnd else {
      throw notATime(field, name, fraction: fraction)
    }
    guard (1970...2099).contains(year), (1...12).contains(month),
      (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
    else {
      throw fault(
        field, "\(name) \(quoted(field)) is no date and time",
        hint: "a day of the calendar, YYYY-MM-DD, in the years 1970 to 2099")
    }
    let seconds =
      Self.daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    return SimulationTime(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
  }

  private func notATime(_ field: Int, _ name: String, fraction: Bool) -> RowFault {
    let form = "YYYY-MM-DD hh:mm:ss" + (fraction ? "[.fraction]" : "")
    return fault(
      field, "\(name) \(quoted(field)) is no date and time",
      hint: "expected \(form), and a zone only as Z, UTC or +08:00")
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days of the Gregorian calendar, years counted from March so that a leap day comes last.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
  }
}

/// Takes digits and marks off a field.
private struct DigitScanner {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number(_ digits: Int) -> Int64? {
    guard rest.count >= digits, rest.prefix(digits).allSatisfy(\.isDigit) else { return nil }
    defer { rest = rest.dropFirst(digits) }
    return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
  }

  /// Digits behind a decimal point as nanoseconds; nil without one.
  mutating func nanoseconds() -> Int64? {
    let digits = rest.prefix(while: \.isDigit)
    if digits.isEmpty { return nil }
    rest = rest.dropFirst(digits.count)
    var value = digits.prefix(9).reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
    for _ in digits.count..<max(9, digits.count) { value *= 10 }
    return value
  }

  /// Seconds that local time is ahead of UTC, of a zone behind a time; 0 without one, nil where it is none.
  mutating func zone() -> Int64? {
    while skip(" ") {}
    if isAtEnd || skip("Z") || skip("z") || skip("UTC") || skip("GMT") { return 0 }
    let isBehind = skip("-")
    guard isBehind || skip("+"), let hours = number(2) else { return nil }
    _ = skip(":")
    let minutes = isAtEnd ? 0 : number(2)
    guard let minutes, hours < 24, minutes < 60 else { return nil }
    return (isBehind ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  mutating func skip(_ text: StaticString) -> Bool {
    let starts = text.withUTF8Buffer { rest.starts(with: $0) }
    if starts { rest = rest.dropFirst(text.utf8CodeUnitCount) }
    return starts
  }
}
