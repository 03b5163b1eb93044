internal import Diagnostics

/// A file that is no trace as it stands: what it seems to be, and what makes a trace of it.
struct UnfamiliarFile {
  let what: String
  let hint: String?

  static let need = "a native trace is CSV with a column 'arrival_s', in seconds or as dates"

  /// By the first bytes of files that are no text.
  private static let signatures: [(bytes: [UInt8], what: String, hint: String)] = [
    (Array("PAR1".utf8), "a Parquet file", "write it as CSV, as pandas' to_csv does"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive, or a spreadsheet", "unpack it, or save it as CSV"),
    (
      Array("SQLite format 3".utf8), "a SQLite database",
      "write a table as CSV: sqlite3 -csv -header"
    ),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "write it as CSV, as pandas' to_csv does"),
    (Array("BZh".utf8), "compressed by bzip2", "unpack it: bunzip2 FILE"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed by xz", "unpack it: unxz FILE"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "unpack it: unzstd FILE"),
    ([0x04, 0x22, 0x4D, 0x18], "compressed by lz4", "unpack it: unlz4 FILE"),
    ([0x1F, 0x9D], "compressed by compress", "unpack it: uncompress FILE"),
    (
      Array("version https://git-lfs".utf8), "a pointer of Git LFS, not the file it stands for",
      "fetch the file: git lfs pull"
    ),
    (Array("<?xml".utf8), "XML", "write the time of each of its elements as CSV"),
    (Array("<".utf8), "HTML or XML", "download the file itself, or write it as CSV"),
  ]

  /// What a file that starts with these lines is, where it is no CSV; nil where it may be.
  static func text(_ lines: [ArraySlice<UInt8>], _ source: SourceFile) -> Self? {
    let first = lines.first ?? []
    let bytes = Array(first.drop(while: \.isBlank))
    if let known = signatures.first(where: { bytes.starts(with: $0.bytes) }) {
      return Self(what: "this is \(known.what)", hint: "\(known.hint); \(need)")
    }
    if bytes.count > 262, bytes[257...].starts(with: "ustar".utf8) {
      return Self(what: "this is a tar archive", hint: "unpack it: tar xf FILE; \(need)")
    }
    if lines.count == 1, bytes.contains(.carriageReturn), !bytes.contains(0) {
      return Self(
        what: "its lines end with carriage returns alone, as on old Macs",
        hint: "end them with line feeds: " + source.filtered("tr '\\r' '\\n'"))
    }
    if let preface = preface(bytes, source) { return preface }
    if let objects = ObjectsFile.recognised(lines, source) { return objects }
    if bytes.contains(0) { return Self(what: "this is no text", hint: need) }
    if let log = webLog(bytes) { return log }
    return separated(lines, source)
  }

  /// What a CSV file that starts with this record seems to be, which no format recognises.
  static func columns(_ first: TraceRecord, _ source: SourceFile) -> Self {
    // Azure Functions' columns are named by minutes.
    isRow(first) && !first.names("HashFunction")
      ? withoutHeader(first, source) : header(first, source)
  }

  /// Lines above the header: comments, or the separator as spreadsheets are told it.
  private static func preface(_ first: [UInt8], _ source: SourceFile) -> Self? {
    if first.first == UInt8(ascii: "#") {
      let names = first.split { "#,; \t".utf8.contains($0) }
      let isHeader = names.contains { name in
        NativeFormat.allColumns.contains { name.elementsEqual($0.utf8) }
      }
      return isHeader
        ? Self(
          what: "the header is a comment, as numpy's savetxt writes it",
          hint: "take the '#' away: " + source.filtered("sed '1s/^[# ]*//'"))
        : Self(
          what: "the file starts with a comment",
          hint: "a trace starts with its header: "
            + source.filtered("awk '/^ *#( |$)/ { next } f || !/^ *#/ { f = 1; print }'"))
    }
    let text = String(decoding: first.prefix(6), as: UTF8.self).lowercased()
    guard text.hasPrefix("sep="), let separator = text.dropFirst(4).first, first.count <= 6 else {
      return nil
    }
    return Self(
      what: "the first line tells spreadsheets the separator",
      hint: "a trace starts with its header, separated by commas: "
        + source.rewritten(
          separator: separator == "\t" ? "\\t" : String(separator), decimals: false, from: 1))
  }

  /// A web server's access log: an address, two names, and a time in brackets.
  private static func webLog(_ first: [UInt8]) -> Self? {
    let words = first.split(separator: UInt8(ascii: " "), maxSplits: 4)
    guard words.count == 5, words[0].contains(where: { ".:".utf8.contains($0) }),
      words[3].first == UInt8(ascii: "["), words[3].contains(UInt8(ascii: "/"))
    else { return nil }
    return Self(
      what: "this is a web server's log", hint: "\(need): write the time of each request")
  }

  // MARK: - Columns

  /// A line with its quoted texts left out.
  private static func outsideQuotes(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var isQuoted = false
    return line.filter { byte in
      if byte == .quote { isQuoted.toggle() }
      return !isQuoted && byte != .quote
    }
  }

  /// Whether a cell is a number with a comma for its point.
  private static func isDecimal(_ cell: ArraySlice<UInt8>) -> Bool {
    let bytes = cell.filter { $0 != .quote && !$0.isBlank }
    return bytes.count { $0 == .comma } == 1
      && bytes.allSatisfy { $0.isDigit || $0 == .comma || $0 == UInt8(ascii: "-") }
  }

  /// Columns between which something other than a comma stands, in every line the same number of times.
  private static func separated(_ lines: [ArraySlice<UInt8>], _ source: SourceFile) -> Self? {
    for (separator, name, written) in [
      (UInt8(ascii: ";"), "semicolons", ";"), (UInt8(ascii: "\t"), "tabs", "\\t"),
      (UInt8(ascii: "|"), "vertical bars", "|"),
    ] {
      // A text over several lines hides what stands in it.
      let plain = lines.filter { line in line.count { $0 == .quote } % 2 == 0 }
      let counts = Set(plain.map { line in outsideQuotes(line).count { $0 == separator } })
      guard counts.count == 1, counts.first ?? 0 > 0 else { continue }
      let decimals = plain.dropFirst().contains { line in
        line.split(separator: separator).contains(where: isDecimal)
      }
      return Self(
        what: "\(name) stand between the columns"
          + (decimals ? ", and commas in its numbers" : ""),
        hint: "\(need), separated by commas: "
          + source.rewritten(separator: written, decimals: decimals))
    }
    return nil
  }

  /// Whether a first line is a row and no header: a field of it, or a word of its only one, is a number or a date.
  private static func isRow(_ first: TraceRecord) -> Bool {
    if first.count == 1 { return first.content(0).first?.isDigit ?? false }
    return (0..<first.count).contains { field in
      first.isNumber(field) || isDate(first.content(field))
    }
  }

  /// Whether a text has the look of a date: digits first, and marks of dates alone between them.
  private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.first?.isDigit ?? false, text.count >= 8 else { return false }
    return text.allSatisfy { $0.isDigit || "-/.:+ TZtz".utf8.contains($0) }
  }

  private static func withoutHeader(_ first: TraceRecord, _ source: SourceFile) -> Self {
    let words = first.content(0).split(whereSeparator: \.isBlank)
    let isSpaced =
      first.count == 1 && words.count > 1
      && words.allSatisfy { DecimalNumber.parse($0) != .malformed }
    let columns = isSpaced ? words.count : first.count
    let areNumbers = isSpaced || (0..<first.count).allSatisfy(first.isNumber)
    let what =
      "\(columns == 1 ? "a column" : "\(columns) columns") without a header: nothing tells what they are, "
      + "nor in which unit"
    // What the others are is for the user to say: a name that is wrong would be believed.
    let names = ["arrival_s"] + (1..<max(columns, 1)).map { "column\($0 + 1)" }
    let others = NativeFormat.allColumns.dropFirst().joined(separator: ", ")
    let written =
      "\(need): write the columns' names above"
      + (columns > 1 ? " (of the others: \(others))" : "") + ", as in "
      + source.headed(names.joined(separator: ","), isSpaced: isSpaced)
    let areComplete = words.allSatisfy { word in word.allSatisfy(\.isDigit) }
    let known: (String, String)? =
      switch (areNumbers, columns) {
      case (true, 1) where areComplete, (true, _) where isSpaced && areComplete:
        ("counts", "queries per second")
      case (true, 2) where !isSpaced: ("diffserve", "milliseconds,promptId")
      case (true, 3) where !isSpaced, (true, 4) where !isSpaced:
        ("proteus", "milliseconds,QoS level,deadline ms")
      default: nil
      }
    guard let (format, columnsOfIt) = known else { return Self(what: what, hint: written) }
    return Self(
      what: what,
      hint: "--from \(format) (format: \(format)) if they are \(columnsOfIt); else \(written)")
  }

  /// A header of which no format knows enough.
  private static func header(_ first: TraceRecord, _ source: SourceFile) -> Self {
    let names = (0..<first.count).map { String(decoding: first.content($0), as: UTF8.self) }
    let lowered = names.map { $0.lowercased() }
    if lowered.contains("hashfunction")
      || lowered.contains("end_timestamp") && lowered.contains("func")
    {
      return Self(
        what: "this is a trace of Azure Functions, of invocations rather than of images",
        hint: "\(need): make rows of its invocations")
    }
    let formats = "known formats: \(TraceFormats.names.joined(separator: ", "))"
    if first.count == 1 {
      let words = names[0].split(whereSeparator: \.isWhitespace).map(String.init)
      if words.count > 1, words.contains(where: NativeFormat.allColumns.contains) {
        return Self(
          what: "blanks stand between the columns",
          hint: "\(need), separated by commas: " + source.cut())
      }
      if names[0].contains(where: { ":- ".contains($0) }) {
        return Self(
          what: "no trace format starts like this: \(first.quoted(0))", hint: "\(formats); \(need)")
      }
    }
    let title = first.count == 1 ? "a column \(first.quoted(0))" : "columns \(quoted(names))"
    guard let guess = ArrivalGuess(names) else {
      return Self(what: "\(title) of no known format", hint: "\(need); \(formats)")
    }
    let others = NativeFormat.allColumns.dropFirst()
      .filter { names.contains($0) && $0 != guess.name }
    let counts = guess.unit.map { $0.isSeconds ? "" : ", in \($0.name)" } ?? ""
    let rows = guess.mayBeCounts ? "each row is a query and " : ""
    let left = names.filter { $0 != guess.name && !others.contains($0) && !$0.isEmpty }
    let without = left.isEmpty ? "" : " (leaving out \(quoted(left)))"
    return Self(
      what: "\(title) of no known format",
      hint: "\(need); if \(rows)'\(guess.name)' has the arrivals\(counts)\(without): "
        + source.table(
          guess.value, others: others.map { ($0, "x['\($0)']") }, rows: "csv.DictReader(FILE)"))
  }

  private static func quoted(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\($0.prefix(30))'" }.joined(separator: ", ")
    return shown + (names.count > 4 ? ", ..." : "")
  }
}
