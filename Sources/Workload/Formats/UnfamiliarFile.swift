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
  static func text(_ lines: [ArraySlice<UInt8>], _ source: SourceFile) -> Self? {
    let bytes = Array((lines.first ?? []).drop(while: \.isBlank))
    if let known = signatures.first(where: { bytes.starts(with: $0.bytes) }) {
      return Self(what: "this is \(known.what)", hint: "\(known.hint); \(need)")
    }
    if bytes.count > 262, bytes[257...].starts(with: "ustar".utf8) {
      return Self(what: "this is a tar archive", hint: "unpack it: tar xf FILE; \(need)")
    }
    if let preface = preface(bytes, lines.first ?? [], source) { return preface }
    if let objects = objects(bytes, source) { return objects }
    if bytes.contains(0) { return Self(what: "this is no text", hint: need) }
    return separated(lines, source)
  }

  /// What a CSV file that starts with this record seems to be, which no format recognises.
  static func columns(_ first: TraceRecord, _ source: SourceFile) -> Self {
    // Azure Functions' columns are named by minutes.
    isRow(first) && !first.names("HashFunction")
      ? withoutHeader(first, source) : header(first, source)
  }

  /// Lines above the header: comments, or the separator as spreadsheets are told it.
  private static func preface(
    _ start: [UInt8], _ first: ArraySlice<UInt8>, _ source: SourceFile
  ) -> Self? {
    if start.first == UInt8(ascii: "#") {
      let names = start.drop { $0 == UInt8(ascii: "#") || $0.isBlank }
      let isHeader = NativeFormat.allColumns.contains { names.starts(with: $0.utf8) }
      return isHeader
        ? Self(
          what: "the header is a comment, as numpy's savetxt writes it",
          hint: "take the '#' away: " + source.filtered("sed '1s/^[# ]*//'"))
        : Self(
          what: "the file starts with a comment",
          hint: "a trace starts with its header: " + source.filtered("grep -v '^ *#'"))
    }
    let text = String(decoding: start.prefix(6), as: UTF8.self).lowercased()
    guard text.hasPrefix("sep="), let separator = text.dropFirst(4).first, first.count <= 6 else {
      return nil
    }
    return Self(
      what: "the first line tells spreadsheets the separator",
      hint: "a trace starts with its header, separated by commas: "
        + source.rewritten(
          separator: separator == "\t" ? "\\t" : String(separator), decimals: false, from: 1))
  }

  // MARK: - JSON, and Python's objects as they are printed

  private static func objects(_ bytes: [UInt8], _ source: SourceFile) -> Self? {
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
    func made(_ what: String, _ values: (String) -> String, quote: String) -> Self {
      let keys = [
        "arrival_s", "arrived_at", "arrival_time", "arrival", "timestamp", "created_at", "time",
      ]
      guard let key = keys.first(where: { text.contains("\(quote)\($0)\(quote)") }) else {
        return Self(what: "this is \(what)", hint: "\(need): write the time of each object")
      }
      // Mooncake's times are milliseconds; others are read as they are.
      let divided = key == "timestamp" && text.contains("input_length") ? "/1000" : ""
      return Self(
        what: "this is \(what)", hint: "\(need): " + source.command(values("['\(key)']\(divided)")))
    }
    if bytes.starts(with: Array("{'".utf8)) {
      return made(
        "Python's printout of dicts, one a line",
        { "[ast.literal_eval(l)\($0) for l in FILE]" }, quote: "'")
    }
    if bytes.first == UInt8(ascii: "{") {
      guard bytes.last == UInt8(ascii: "}"), bytes.count > 2 else {
        return Self(
          what: "this is a JSON document", hint: "\(need): write the time of each of its objects")
      }
      return made("JSON, one object a line", { "[json.loads(l)\($0) for l in FILE]" }, quote: "\"")
    }
    if bytes.first == UInt8(ascii: "[") {
      return made("a JSON array", { "[x\($0) for x in json.load(FILE)]" }, quote: "\"")
    }
    let name = bytes.prefix { $0.isWordCharacter }
    let inside = bytes.dropFirst(name.count)
    guard !name.isEmpty, inside.first == UInt8(ascii: "("), inside.contains(UInt8(ascii: "="))
    else { return nil }
    let type = String(decoding: name, as: UTF8.self)
    let what = "this is Python's printout of objects '\(type)(...)'"
    let keys = ["arrival_s", "arrived_at", "arrival_time", "arrival", "timestamp", "time"]
    guard let key = keys.first(where: { text.contains("\($0)=") }) else {
      return Self(what: what, hint: "\(need): write the time of each object")
    }
    return Self(
      what: what,
      hint: "\(need): " + source.command("re.findall(r'\\b\(key)=([0-9.eE+-]+)', FILE.read())"))
  }

  // MARK: - Columns

  /// Columns between which something other than a comma stands, in every line the same number of times.
  private static func separated(_ lines: [ArraySlice<UInt8>], _ source: SourceFile) -> Self? {
    for (separator, name, written) in [
      (UInt8(ascii: ";"), "semicolons", ";"), (UInt8(ascii: "\t"), "tabs", "\\t"),
      (UInt8(ascii: "|"), "vertical bars", "|"),
    ] {
      // Inside quotes they may be text.
      let plain = lines.filter { !$0.contains(.quote) }
      let counts = Set(plain.map { line in line.count { $0 == separator } })
      guard counts.count == 1, counts.first ?? 0 > 0 else { continue }
      let hasCommas = plain.dropFirst().contains { $0.contains(.comma) }
      let decimals =
        hasCommas
        && plain.dropFirst().allSatisfy { line in
          line.split(separator: separator).allSatisfy { field in
            !field.contains(.comma) || field.allSatisfy { $0.isDigit || $0 == .comma }
          }
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
    (0..<first.count).contains { field in
      first.isNumber(field) || first.content(field).first?.isDigit ?? false
    }
  }

  private static func withoutHeader(_ first: TraceRecord, _ source: SourceFile) -> Self {
    let isSpaced =
      first.count == 1
      && first.content(0).split(whereSeparator: \.isBlank).allSatisfy {
        DecimalNumber.parse($0) != .malformed
      } && first.content(0).contains(where: \.isBlank)
    let columns =
      isSpaced ? first.content(0).split(whereSeparator: \.isBlank).count : first.count
    let areNumbers = isSpaced || (0..<first.count).allSatisfy(first.isNumber)
    let what =
      "\(columns == 1 ? "a column" : "\(columns) columns") without a header: nothing tells what they are, "
      + "nor in which unit"
    // A height alone is no size.
    let native =
      columns == 3 ? ["arrival_s", "steps", "images"] : NativeFormat.allColumns.prefix(columns)
    let written =
      "\(need): write the columns' names above, as in "
      + source.headed(native.joined(separator: ","), isSpaced: isSpaced)
    let known =
      switch areNumbers && !isSpaced ? columns : 0 {
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
    if first.count == 1, names[0].contains(where: { ":- ".contains($0) }) {
      return Self(
        what: "no trace format starts like this: \(first.quoted(0))", hint: "\(formats); \(need)")
    }
    // A word of a name, or its start: no 'runtime', 'update' or 'restarts'.
    let telling = ["arriv", "timestamp", "start", "creat", "submit", "time", "date"]
    let words = lowered.map { $0.split { !$0.isLetter } }
    let place = telling.lazy.compactMap { word in
      words.firstIndex { $0.contains { $0.hasPrefix(word) } }
    }.first
    let title = first.count == 1 ? "a column \(first.quoted(0))" : "columns \(quoted(names))"
    guard let place else {
      return Self(what: "\(title) of no known format", hint: "\(need); \(formats)")
    }
    let unit = UnitSuffix(names[place])
    let counts = unit.map { ", in \($0.name)" } ?? ""
    let value = unit.map { "float(x['\(names[place])'])/\($0.perSecond)" } ?? "x['\(names[place])']"
    return Self(
      what: "\(title) of no known format",
      hint: "\(need); if '\(names[place])' has the arrivals\(counts): "
        + source.command("[\(value) for x in csv.DictReader(FILE)]"))
  }

  private static func quoted(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\($0.prefix(30))'" }.joined(separator: ", ")
    return shown + (names.count > 4 ? ", ..." : "")
  }
}

/// A unit other than seconds that a column's name ends with.
struct UnitSuffix {
  let name: String
  let perSecond: Int

  /// Nil where the name tells none.
  init?(_ column: String) {
    let known: [(suffix: String, name: String, perSecond: Int)] = [
      ("_ms", "milliseconds", 1000), ("_us", "microseconds", 1_000_000),
      ("_ns", "nanoseconds", 1_000_000_000),
    ]
    guard let unit = known.first(where: { column.lowercased().hasSuffix($0.suffix) }) else {
      return nil
    }
    (name, perSecond) = (unit.name, unit.perSecond)
  }
}

/// A file as commands name it that make a trace of it.
struct SourceFile {
  let path: String
  let isPacked: Bool

  /// The path in a shell's quotes; in Python's text as it stands there.
  private var quoted: String { "'\(path.replacing("'", with: "'\\''"))'" }

  /// Opens it in a Python program whose path is the first argument.
  private var opened: String {
    isPacked ? "gzip.open(sys.argv[1],'rt')" : "open(sys.argv[1],encoding='utf-8-sig')"
  }

  private func python(_ program: String) -> String {
    let text = program.replacing("FILE", with: opened)
    let modules = ["ast", "csv", "gzip", "json", "re", "sys"].filter { text.contains("\($0).") }
    return "python3 -c \"import \(modules.joined(separator: ",")); \(text)\" \(quoted) > trace.csv"
  }

  /// Writes a list of times, an expression of Python's in which FILE is the open file.
  func command(_ times: String) -> String {
    python("print('arrival_s', *\(times), sep='\\n')")
  }

  /// Writes the same columns with commas between them.
  func rewritten(separator: String, decimals: Bool, from first: Int = 0) -> String {
    let lines = first == 0 ? "FILE" : "FILE.readlines()[\(first):]"
    let rows = "csv.reader(\(lines), delimiter='\(separator)')"
    let points = decimals ? "[[c.replace(',', '.') for c in r] for r in \(rows)]" : rows
    return python("csv.writer(sys.stdout).writerows(\(points))")
  }

  /// Sends its lines through a filter of the shell.
  func filtered(_ filter: String) -> String {
    isPacked ? "gunzip -c \(quoted) | \(filter) > trace.csv" : "\(filter) \(quoted) > trace.csv"
  }

  /// Writes a header above it.
  func headed(_ names: String, isSpaced: Bool) -> String {
    let rows = isSpaced ? "[l.split() for l in FILE if l.strip()]" : "csv.reader(FILE)"
    return python("csv.writer(sys.stdout).writerows(['\(names)'.split(','), *\(rows)])")
  }
}

extension UInt8 {
  /// A letter, a digit or an underscore.
  fileprivate var isWordCharacter: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
  }
}
