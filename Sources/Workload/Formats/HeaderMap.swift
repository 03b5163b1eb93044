internal import Diagnostics

/// Where the columns of a format stand in the header of a file.
struct HeaderMap: Sendable {
  /// Number of columns of the header.
  private(set) var count = 0
  private var names: [String] = []
  private var known: [String] = []

  init() {}

  /// How columns that nobody knows are left out.
  private static let ignoringAdvice =
    "; --ignore-unknown, or 'ignore_unknown: true' in a scenario, leaves it out"

  /// The note of columns that were left out because it was asked for.
  func ignored(_ isAsked: Bool) -> [String] {
    isAsked && !unknown.isEmpty
      ? ["unknown columns, left out: \(unknown.joined(separator: ", "))"] : []
  }

  /// The columns that the format does not know.
  var unknown: [String] { names.filter { !known.contains($0) } }

  /// Reads a header; `known` are the format's columns. An unknown column is a fault if `strict`. All faults are told.
  init(
    _ record: TraceRecord, known: [String], required: [String], strict: Bool
  ) throws(RowFaults) {
    count = record.count
    self.known = known
    var faults: [RowFault] = []
    var strangers: [Int] = []
    for i in 0..<record.count {
      let name = String(decoding: record.content(i), as: UTF8.self)
      let isTwice = names.contains(name) && !name.isEmpty
      names.append(name)
      if isTwice {
        faults.append(
          record.fault(i, "column '\(name)' stands twice in the header", hint: "keep one of them"))
      } else if strict, !known.contains(name) {
        let hint =
          NamedUnit.advice(on: name, known: known)
          ?? Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        if let hint {
          faults.append(record.fault(i, "unknown column \(record.quoted(i))", hint: hint))
        } else {
          strangers.append(i)
        }
      }
    }
    if let first = strangers.first {
      let quoted = strangers.map { record.isEmpty($0) ? "without a name" : record.quoted($0) }
      faults.append(
        record.fault(
          first, "unknown column\(quoted.count == 1 ? "" : "s") \(quoted.joined(separator: ", "))",
          hint: "known columns: \(known.joined(separator: ", "))\(Self.ignoringAdvice)"))
    }
    var missing: [RowFault] = []
    for column in required where !names.contains(column) {
      let near = unknown.first { Suggestion.nearest(to: $0, in: known) == column }
      // In a strict header the column that looks like it is told already.
      if strict, near != nil { continue }
      missing.append(
        record.fault(
          0, "the header has no column '\(column)'",
          hint: near.map { "'\($0)' looks like it" }
            ?? "required: \(required.joined(separator: ", "))"))
    }
    faults = missing + faults.sorted { $0.column < $1.column }
    if !faults.isEmpty { throw RowFaults(faults) }
  }

  /// The index of a column; nil if the header lacks it.
  func index(of name: String) -> Int? { names.firstIndex(of: name) }

  /// The index of a column that the header is known to have.
  func required(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}
