internal import Diagnostics

/// Files of objects: JSON, and Python's as they are printed.
enum ObjectsFile {
  /// Keys under which the time of a query may stand, the best first.
  private static let keys = [
    "arrival_s", "arrived_at", "arrival_time", "arrival", "timestamp", "created_at", "time",
  ]
  private static let advice = "\(UnfamiliarFile.need): write the time of each object"

  /// What a file of objects is that starts with these lines, and what makes a trace of it; nil where it is none.
  static func recognised(_ lines: [ArraySlice<UInt8>], _ source: SourceFile) -> UnfamiliarFile? {
    let text = String(
      decoding: Array(lines.joined(separator: [.newline]).prefix(8192)), as: UTF8.self)
    let start = text.drop(while: \.isWhitespace)
    if start.hasPrefix("{'") {
      return of(
        "Python's printout of dicts, one a line", text, quote: "'",
        rows: "map(ast.literal_eval, filter(str.strip, FILE))", source)
    }
    if start.hasPrefix("[{'") {
      return of(
        "Python's printout of a list of dicts", text, quote: "'",
        rows: "ast.literal_eval(FILE.read())", source)
    }
    if start.hasPrefix("{") {
      let first = String(decoding: lines.first ?? [], as: UTF8.self)
        .trimmingPrefix(while: \.isWhitespace)
      // One object that holds others, and no time itself.
      let isOne =
        lines.count == 1 && first.dropFirst().contains { "[{".contains($0) }
        && ownKeys(of: first).isDisjoint(with: keys)
      guard first.hasSuffix("}"), first.count > 2, !isOne else {
        return UnfamiliarFile(
          what: "this is a JSON document",
          hint: "\(UnfamiliarFile.need): write the time of each of its objects")
      }
      return of(
        "JSON, one object a line", text, quote: "\"",
        rows: "map(json.loads, filter(str.strip, FILE))", source)
    }
    if start.hasPrefix("[") {
      guard start.dropFirst().drop(while: \.isWhitespace).hasPrefix("{") else {
        return UnfamiliarFile(what: "this is no CSV: it starts with '['", hint: advice)
      }
      return of("a JSON array", text, quote: "\"", rows: "json.load(FILE)", source)
    }
    return printed(text, source)
  }

  /// The keys of a JSON object, not those of objects in it.
  private static func ownKeys(of object: some StringProtocol) -> Set<String> {
    var keys: Set<String> = []
    var (depth, isText, text) = (0, false, "")
    for character in object {
      switch character {
      case "\"":
        isText.toggle()
        if isText { text = "" }
      case _ where isText: text.append(character)
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case ":" where depth == 1: keys.insert(text)
      default: break
      }
    }
    return keys
  }

  private static func of(
    _ what: String, _ text: String, quote: String, rows: String, _ source: SourceFile
  ) -> UnfamiliarFile {
    func has(_ key: String) -> Bool { text.contains("\(quote)\(key)\(quote)") }
    guard let key = keys.first(where: has) else {
      return UnfamiliarFile(what: "this is \(what)", hint: advice)
    }
    let others = NativeFormat.allColumns.filter { $0 != "arrival_s" && $0 != key && has($0) }
    let time = "x['\(key)']" + (isMooncake(text, key, quote) ? "/1000" : "")
    return UnfamiliarFile(
      what: "this is \(what)",
      hint: "\(UnfamiliarFile.need): "
        + source.table(
          time, others: others.map { ($0, "x.get('\($0)','')") }, rows: rows))
  }

  /// Whether times are Mooncake's, whole milliseconds; others that look like it have seconds, and decimals.
  private static func isMooncake(_ text: String, _ key: String, _ quote: String) -> Bool {
    guard key == "timestamp", text.contains("input_length"), text.contains("hash_ids"),
      !text.contains("chat_id")
    else { return false }
    return !text.ranges(of: "\(quote)timestamp\(quote)").contains { range in
      let number = text[range.upperBound...].drop { ": ".contains($0) }
        .prefix { $0.isNumber || ".eE+-".contains($0) }
      return number.contains(".")
    }
  }

  /// `Request(arrival_time=0.5, ...)`.
  private static func printed(_ text: String, _ source: SourceFile) -> UnfamiliarFile? {
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let line = text.dropFirst(name.count).prefix { !$0.isNewline }
    guard !name.isEmpty, line.first == "(", line.contains("=") else { return nil }
    let what = "this is Python's printout of objects '\(name)(...)'"
    let known = keys.first { key in
      line.ranges(of: "\(key)=").contains { line[$0.upperBound...].first?.isNumber ?? false }
    }
    guard let known else { return UnfamiliarFile(what: what, hint: advice) }
    return UnfamiliarFile(
      what: what,
      hint: "\(UnfamiliarFile.need): "
        + source.command("re.findall(r'\\b\(known)=([0-9.eE+-]+)', FILE.read())"))
  }
}
