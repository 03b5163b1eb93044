/// A decimal number as written: exact, so that a time becomes nanoseconds without a binary detour.
struct DecimalNumber: Hashable, Sendable {
  /// Below zero.
  var isNegative: Bool
  /// The digits kept; the value is `digits` x 10^`exponent`.
  var digits: UInt64
  var exponent: Int

  /// What a field turned out to be.
  enum Parsed: Hashable, Sendable {
    case number(DecimalNumber)
    case notANumber
    case infinite
    case malformed
  }

  /// Reads `[+-]digits[.digits][e[+-]digits]`, NaN or infinity, the whole of it.
  ///
  /// Digits beyond what 64 bits hold (19 or 20) are cut off: below a nanosecond for every time
  /// accepted.
  static func parse(_ bytes: ArraySlice<UInt8>) -> Parsed {
    var at = bytes.startIndex
    let end = bytes.endIndex
    var value = DecimalNumber(isNegative: false, digits: 0, exponent: 0)
    if at < end, bytes[at] == 0x2B || bytes[at] == 0x2D {
      value.isNegative = bytes[at] == 0x2D
      at += 1
    }
    var isFull = false
    let whole = value.takeDigits(bytes, &at, fraction: false, &isFull)
    var fraction = 0
    if at < end, bytes[at] == 0x2E {
      at += 1
      fraction = value.takeDigits(bytes, &at, fraction: true, &isFull)
    }
    guard whole + fraction > 0 else { return special(bytes) }
    if at < end, bytes[at] | 0x20 == 0x65 {
      at += 1
      guard let power = exponent(bytes, &at) else { return .malformed }
      value.exponent += power
    }
    guard at == end else { return .malformed }
    return .number(value)
  }

  /// The value x 10^`power` rounded to the nearest whole number, away from zero on a half; nil
  /// beyond `Int64`.
  func scaled(byPowerOfTen power: Int) -> Int64? {
    if digits == 0 { return 0 }
    var result = digits
    var shift = exponent + power
    while shift > 0 {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
      shift -= 1
    }
    var lastDigit: UInt64 = 0
    while shift < 0 {
      lastDigit = result % 10
      result /= 10
      if result == 0 && shift < -1 {
        lastDigit = 0
        break
      }
      shift += 1
    }
    if lastDigit >= 5 { result += 1 }
    guard let magnitude = Int64(exactly: result) else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// The value if it is a whole number of 64 bits without a sign (`30`, `30.0`, `3e1`).
  var wholeNumber: UInt64? {
    if digits == 0 { return 0 }
    if isNegative { return nil }
    var result = digits
    var shift = exponent
    while shift < 0, result % 10 == 0 {
      result /= 10
      shift += 1
    }
    guard shift >= 0 else { return nil }
    while shift > 0 {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
      shift -= 1
    }
    return result
  }

  /// Takes a run of digits and returns its length; once 64 bits are full the rest only scales.
  private mutating func takeDigits(
    _ bytes: ArraySlice<UInt8>, _ at: inout Int, fraction: Bool, _ isFull: inout Bool
  ) -> Int {
    let first = at
    while at < bytes.endIndex, bytes[at].isDigit {
      let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(bytes[at] &- 0x30))
      isFull = isFull || overflow || carry
      if !isFull {
        digits = sum
        if fraction { exponent -= 1 }
      } else if !fraction {
        exponent += 1
      }
      at += 1
    }
    return at - first
  }

  /// The power of ten behind an `e`, held to what can still matter.
  private static func exponent(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> Int? {
    var negative = false
    if at < bytes.endIndex, bytes[at] == 0x2B || bytes[at] == 0x2D {
      negative = bytes[at] == 0x2D
      at += 1
    }
    let first = at
    var value = 0
    while at < bytes.endIndex, bytes[at].isDigit {
      value = min(value * 10 + Int(bytes[at] &- 0x30), 100_000)
      at += 1
    }
    guard at > first else { return nil }
    return negative ? -value : value
  }

  private static func special(_ bytes: ArraySlice<UInt8>) -> Parsed {
    var text = String(decoding: bytes.prefix(12), as: UTF8.self).lowercased()
    if text.hasPrefix("+") || text.hasPrefix("-") { text.removeFirst() }
    switch text {
    case "nan", "na", "null", "none": return .notANumber
    case "inf", "infinity": return .infinite
    default: return .malformed
    }
  }
}
