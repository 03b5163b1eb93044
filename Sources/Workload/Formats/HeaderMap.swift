internal import Diagnostics

/// Where the columns of a format stand in the header of a file.
struct HeaderMap: Sendable {
  /// Number of columns of the header.
  private(set) var count = 0
  private var names: [String] = []
  private var known: [String] = []

  init() {}

  /// For a hint where columns may be left out.
  static let ignoringAdvice =
    "; --ignore-unknown, or 'ignore_unknown: true' in a scenario, leaves it out"

  /// The note of columns that were left out because it was asked for.
  func ignored(_ isAsked: Bool) -> [String] {
    isAsked && !unknown.isEmpty
      ? ["unknown columns, left out: \(unknown.joined(separator: ", "))"] : []
  }

  /// The columns that the format does not know.
  var unknown: [String] { names.filter { !known.contains($0) } }

  /// Reads a header; `known` are the format's columns. An unknown column is a fault if `strict`;
  /// `advice` is added to its hint where no known one is near.
  init(
    _ record: TraceRecord, known: [String], required: [String], strict: Bool, advice: String = ""
  ) throws(RowFault) {
    count = record.count
    self.known = known
    for i in 0..<record.count {
      let name = String(decoding: record.content(i), as: UTF8.self)
      if names.contains(name), !name.isEmpty {
        throw record.fault(
          i, "column '\(name)' stands twice in the header", hint: "keep one of them")
      }
      names.append(name)
      if strict, !known.contains(name) {
        throw record.fault(
          i, name.isEmpty ? "a column without a name" : "unknown column \(record.quoted(i))",
          hint: Self.otherUnit(name, known) ?? Suggestion.hint(for: name, in: known, noun: "column")
            + (Suggestion.nearest(to: name, in: known) == nil ? advice : ""))
      }
    }
    for column in required where !names.contains(column) {
      let hint =
        Suggestion.nearest(to: column, in: unknown).map { "'\($0)' looks like it" }
        ?? "required: \(required.joined(separator: ", "))"
      throw record.fault(0, "the header has no column '\(column)'", hint: hint)
    }
  }

  /// Of a column that differs from a known one by its unit: to rename it would change what it says.
  private static func otherUnit(_ name: String, _ known: [String]) -> String? {
    guard let unit = UnitSuffix(name), let near = Suggestion.nearest(to: name, in: known),
      near.hasSuffix("_s")
    else { return nil }
    return "'\(near)' counts seconds: divide by \(unit.perSecond) and call it so"
  }

  /// The index of a column; nil if the header lacks it.
  func index(of name: String) -> Int? { names.firstIndex(of: name) }

  /// The index of a column that the header is known to have.
  func required(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}
