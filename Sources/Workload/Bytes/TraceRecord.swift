/// What is wrong with one record of a trace; the reader adds the file and the line.
public struct RowFault: Error, Equatable, Sendable {
  /// 1-based column in bytes.
  public var column: Int
  /// What is wrong, in lower case and without a full stop.
  public var what: String
  /// What would be right.
  public var hint: String?

  /// A fault from its parts.
  public init(column: Int, _ what: String, hint: String? = nil) {
    self.column = column
    self.what = what
    self.hint = hint
  }
}

/// What is wrong with a header, in the order of its columns.
public struct RowFaults: Error, Equatable, Sendable {
  /// At least one fault.
  public var faults: [RowFault]

  /// Several faults.
  public init(_ faults: [RowFault]) { self.faults = faults }
}

/// One record of a trace, split at its commas (RFC 4180 quotes; a quoted field may hold line ends).
public struct TraceRecord: Sendable {
  /// Number of the record: 1 = first behind the header.
  public internal(set) var number = 0
  /// Number of fields.
  public var count: Int { fields.count }

  struct Field: Sendable {
    var range: Range<Int>
    /// 1-based column of its first byte in the file.
    var column: Int
  }
  private(set) var fields: [Field] = []
  private var bytes: [UInt8] = []
  private var firstColumn = 1

  /// Whether the last line that was split ends inside quotes.
  private(set) var isOpen = false

  init() {}

  /// Splits a line in place of the last one; `column` is where it starts.
  mutating func split(_ line: ArraySlice<UInt8>, column: Int) throws(RowFault) {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    firstColumn = column
    isOpen = false
    if line.contains(.quote) { return try splitQuoted(line) }
    bytes.append(contentsOf: line)
    var start = 0
    for (i, byte) in bytes.enumerated() where byte == .comma {
      append(start..<i, column: column + start)
      start = i + 1
    }
    append(start..<bytes.count, column: column + start)
  }

  /// The bytes of a field, without blanks around it.
  func content(_ field: Int) -> ArraySlice<UInt8> { bytes[fields[field].range] }

  /// Whether there is nothing in the field.
  public func isEmpty(_ field: Int) -> Bool { fields[field].range.isEmpty }

  /// A fault at the start of a field, or behind the last one.
  public func fault(_ field: Int, _ what: String, hint: String? = nil) -> RowFault {
    let column =
      field < fields.count
      ? fields[field].column : firstColumn + (fields.last?.range.upperBound ?? 0)
    return RowFault(column: column, what, hint: hint)
  }

  /// Takes in a field, less the blanks around it.
  private mutating func append(_ range: Range<Int>, column: Int) {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, bytes[low].isBlank { low += 1 }
    while low < high, bytes[high - 1].isBlank { high -= 1 }
    fields.append(Field(range: low..<high, column: column + low - range.lowerBound))
  }

  /// The slow path: `"a ""quoted"" field"` may hold commas; its blanks are its own.
  private mutating func splitQuoted(_ line: ArraySlice<UInt8>) throws(RowFault) {
    var at = line.startIndex
    while true {
      let first = bytes.count
      var lead = at
      while lead < line.endIndex, line[lead].isBlank { lead += 1 }
      if lead < line.endIndex, line[lead] == .quote {
        let column = firstColumn + lead - line.startIndex
        at = try takeQuoted(line, from: lead, column: column)
        fields.append(Field(range: first..<bytes.count, column: column))
      } else {
        let column = firstColumn + at - line.startIndex
        let stop = line[at...].firstIndex(of: .comma) ?? line.endIndex
        bytes.append(contentsOf: line[at..<stop])
        append(first..<bytes.count, column: column)
        at = stop
      }
      if at == line.endIndex { return }
      at += 1
    }
  }

  /// Copies a quoted field without its quotes; returns where the comma behind it is.
  private mutating func takeQuoted(
    _ line: ArraySlice<UInt8>, from open: Int, column: Int
  ) throws(RowFault) -> Int {
    var at = open + 1
    while at < line.endIndex {
      if line[at] != .quote {
        bytes.append(line[at])
        at += 1
      } else if at + 1 < line.endIndex, line[at + 1] == .quote {
        bytes.append(.quote)
        at += 2
      } else {
        at += 1
        while at < line.endIndex, line[at].isBlank { at += 1 }
        guard at == line.endIndex || line[at] == .comma else {
          throw RowFault(
            column: column + at - open, "text behind a closing quote",
            hint: "write a quote inside a quoted field twice")
        }
        return at
      }
    }
    isOpen = true
    throw RowFault(
      column: column, "a quote that is not closed",
      hint: "close it, and write a quote inside quotes twice")
  }
}
