import Foundation

/// Numbers with units, parsed from the scalar's own text: YAML's idea of a number plays no part.
enum Quantity {
  enum Failure: Error {
    case notANumber
    case missingUnit
    case unknownUnit(String)
  }

  /// The value in the dimension's base unit.
  static func parse(_ text: String, _ dimension: Dimension) -> Result<Double, Failure> {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    let end =
      trimmed.firstIndex { !($0.isASCII && ($0.isNumber || "+-.eE".contains($0))) }
      ?? trimmed.endIndex
    // An 'e' may belong to a unit only where no digit follows it.
    let digits = String(trimmed[..<end]).trimmingCharacters(in: .whitespaces)
    guard let number = plainNumber(digits) else { return .failure(.notANumber) }
    let unit = trimmed[end...].trimmingCharacters(in: .whitespaces)
    if unit.isEmpty { return .failure(.missingUnit) }
    guard let known = dimension.units.first(where: { $0.name == unit }) else {
      return .failure(.unknownUnit(unit))
    }
    return .success(number * known.factor)
  }

  /// A finite decimal number: digits with at most one point and an exponent; nothing else that
  /// YAML or C would take (no `inf`, `nan`, `0x10`, `1_000`).
  static func plainNumber(_ text: String) -> Double? {
    guard let first = text.utf8.first, !text.isEmpty,
      text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
      (48...57).contains(first) || "+-.".utf8.contains(first),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// A whole decimal number, read as such even with leading zeros.
  static func wholeNumber(_ text: String) -> Int? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}
