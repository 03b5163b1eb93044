internal import Diagnostics

/// A file that is no trace as it stands: what it seems to be, and what makes a trace of it.
struct UnfamiliarFile {
  let what: String
  let hint: String?

  private static let need = "a native trace is CSV with a column 'arrival_s', in seconds"

  /// By the first bytes of files that are no text.
  private static let signatures: [(bytes: [UInt8], what: String, hint: String)] = [
    (Array("PAR1".utf8), "a Parquet file", "write it as CSV, as pandas' to_csv does"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive, or a spreadsheet", "unpack it, or save it as CSV"),
    (
      Array("SQLite format 3".utf8), "a SQLite database",
      "write a table as CSV: sqlite3 -csv -header"
    ),
    (Array("BZh".utf8), "compressed by bzip2", "unpack it: bunzip2 FILE"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed by xz", "unpack it: unxz FILE"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "unpack it: unzstd FILE"),
    (
      Array("version https://git-lfs".utf8), "a pointer of Git LFS, not the file it stands for",
      "fetch the file: git lfs pull"
    ),
    (Array("<".utf8), "HTML or XML", "download the file itself"),
  ]

  /// What a file that starts with these lines is, where it is no CSV; nil where it may be.
  static func text(_ lines: [ArraySlice<UInt8>], path: String) -> Self? {
    let bytes = Array(lines.first ?? [])
    if let known = signatures.first(where: { bytes.starts(with: $0.bytes) }) {
      return Self(what: "this is \(known.what)", hint: "\(known.hint); \(need)")
    }
    if bytes.count > 262, bytes[257...].starts(with: "ustar".utf8) {
      return Self(what: "this is a tar archive", hint: "unpack it: tar xf FILE; \(need)")
    }
    if let json = json(bytes, path) { return json }
    if bytes.contains(0) { return Self(what: "this is no text", hint: need) }
    return separated(lines, path)
  }

  /// What a CSV file that starts with this record seems to be, which no format recognises.
  static func columns(_ first: TraceRecord, path: String) -> Self {
    areNumbers(first) ? withoutHeader(first, path) : header(first, path)
  }

  /// JSON, and Python's objects as they are printed.
  private static func json(_ bytes: [UInt8], _ path: String) -> Self? {
    if bytes.first == UInt8(ascii: "{") {
      let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
      let keys = ["timestamp", "arrival_s", "arrived_at", "arrival_time", "arrival", "time"]
      let key = keys.first { text.contains("\"\($0)\"") } ?? "KEY"
      let milliseconds =
        "jq '.timestamp / 1000' \(path)) > trace.csv, without '/ 1000' if it counts seconds"
      return Self(
        what: "this is JSON, one object a line",
        hint: "\(need): (echo arrival_s; "
          + (key == "timestamp" ? milliseconds : "jq .\(key) \(path)) > trace.csv")
      )
    }
    if bytes.first == UInt8(ascii: "[") {
      return Self(
        what: "this is a JSON array",
        hint: "\(need): (echo arrival_s; jq '.[].KEY' \(path)) > trace.csv"
      )
    }
    let name = bytes.prefix { $0.isWordCharacter }
    let inside = bytes.dropFirst(name.count)
    if !name.isEmpty, inside.first == UInt8(ascii: "("), inside.contains(UInt8(ascii: "=")) {
      let type = String(decoding: name, as: UTF8.self)
      return Self(
        what: "this is Python's printout of objects '\(type)(...)'",
        hint: "\(need): write a row of each object's time from Python, as csv.writer does"
      )
    }
    return nil
  }

  /// Columns between which something other than a comma stands, in every line the same number of times.
  private static func separated(
    _ lines: [ArraySlice<UInt8>], _ path: String
  ) -> Self? {
    for (separator, name, written) in [
      (UInt8(ascii: ";"), "semicolons", "';'"), (UInt8(ascii: "\t"), "tabs", "'\\t'"),
      (UInt8(ascii: "|"), "vertical bars", "'|'"),
    ] {
      let counts = Set(lines.map { line in line.count { $0 == separator } })
      guard counts.count == 1, counts.first ?? 0 > 0 else { continue }
      let commas = separator == UInt8(ascii: ";") && lines.contains { $0.contains(.comma) }
      return Self(
        what: "\(name) stand between the columns",
        hint: "\(need), separated by commas: "
          + (commas ? "tr ',' '.' < \(path) | tr \(written) ','" : "tr \(written) ',' < \(path)")
          + " > trace.csv"
      )
    }
    return nil
  }

  /// Whether fields, or words of the only field, are all numbers.
  private static func areNumbers(_ first: TraceRecord) -> Bool {
    let words =
      first.count == 1
      ? first.content(0).split(whereSeparator: \.isBlank)
      : (0..<first.count).map { first.content($0) }
    return !words.isEmpty && words.allSatisfy { DecimalNumber.parse($0) != .malformed }
  }

  private static func withoutHeader(_ first: TraceRecord, _ path: String) -> Self {
    let isSpaced = first.count == 1 && first.content(0).contains(where: \.isBlank)
    let columns =
      isSpaced ? first.content(0).split(whereSeparator: \.isBlank).count : first.count
    let what =
      "\(columns == 1 ? "a column" : "\(columns) columns") of numbers without a header: nothing tells what "
      + "they are, nor in which unit"
    // A height alone is no size.
    let native =
      columns == 3 ? ["arrival_s", "steps", "images"] : NativeFormat.allColumns.prefix(columns)
    let names = native.joined(separator: ",")
    let commas = isSpaced ? "tr -s ' ' ',' < \(path) | " : ""
    let file = isSpaced ? "" : " \(path)"
    let written =
      "\(need): write the columns' names above, as in \(commas)sed '1i \(names)'\(file) > trace.csv"
    let known =
      switch isSpaced ? 0 : columns {
      case 1: ("counts", "queries per second")
      case 2: ("diffserve", "milliseconds,promptId")
      case 3, 4: ("proteus", "milliseconds,QoS level,deadline ms")
      default: nil as (String, String)?
      }
    guard let (format, columnsOfIt) = known else { return Self(what: what, hint: written) }
    return Self(
      what: what,
      hint: "--from \(format) (format: \(format)) if they are \(columnsOfIt); else \(written)")
  }

  /// A header of which no format knows a column.
  private static func header(_ first: TraceRecord, _ path: String) -> Self {
    let names = (0..<first.count).map { String(decoding: first.content($0), as: UTF8.self) }
    let lowered = names.map { $0.lowercased() }
    if lowered.contains("hashfunction")
      || lowered.contains("end_timestamp") && lowered.contains("func")
    {
      return Self(
        what: "this is a trace of Azure Functions, of invocations rather than of images",
        hint: "\(need): make rows of its invocations"
      )
    }
    if first.count == 1, !names[0].contains("_"), names[0].contains(where: { ":- ".contains($0) }) {
      return Self(
        what: "no trace format starts like this: \(first.quoted(0))",
        hint: "known formats: \(TraceFormats.names.joined(separator: ", ")); \(need)"
      )
    }
    let telling = ["arriv", "timestamp", "start", "creat", "submit", "time", "date"]
    let place = telling.lazy.compactMap { word in lowered.firstIndex { $0.contains(word) } }.first
    let title = first.count == 1 ? "a column \(first.quoted(0))" : "columns \(quoted(names))"
    guard let place else {
      return Self(
        what: "\(title) of no known format",
        hint: "\(need); known formats: \(TraceFormats.names.joined(separator: ", "))"
      )
    }
    return Self(
      what: "\(title) of no known format",
      hint: "\(need); if '\(names[place])' has the arrivals, in seconds or as dates: "
        + "awk -F, 'NR==1{print \"arrival_s\"} NR>1{print $\(place + 1)}' \(path) > trace.csv"
    )
  }

  private static func quoted(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\($0.prefix(30))'" }.joined(separator: ", ")
    return shown + (names.count > 4 ? ", ..." : "")
  }
}

extension UInt8 {
  /// A letter, a digit or an underscore.
  fileprivate var isWordCharacter: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
  }
}
