/// A file as commands name it that make a trace of it.
struct SourceFile {
  let path: String
  let isPacked: Bool

  /// The path in a shell's quotes; in Python's text as it stands there.
  private var quoted: String { "'\(path.replacing("'", with: "'\\''"))'" }

  /// Where a command writes to: never the file that it reads.
  private var output: String {
    path.split(separator: "/").last == "trace.csv" ? "native.csv" : "trace.csv"
  }

  /// Opens it in a Python program whose path is the first argument.
  private var opened: String {
    isPacked ? "gzip.open(sys.argv[1],'rt')" : "open(sys.argv[1],encoding='utf-8-sig')"
  }

  private func python(_ program: String) -> String {
    let text = program.replacing("FILE", with: opened)
    let modules = ["ast", "csv", "gzip", "json", "re", "sys"].filter { text.contains("\($0).") }
    return
      "python3 -c \"import \(modules.joined(separator: ",")); \(text)\" \(quoted) > \(output)"
  }

  /// Writes a list of times, an expression of Python's in which FILE is the open file.
  func command(_ times: String) -> String {
    python("print('arrival_s', *\(times), sep='\\n')")
  }

  /// Writes times and other columns that a native trace has: of each `x` of `rows`, an expression of Python's in which
  /// FILE is the open file.
  func table(_ time: String, others: [(name: String, value: String)], rows: String) -> String {
    if others.isEmpty { return command("[\(time) for x in \(rows)]") }
    let names = (["arrival_s"] + others.map(\.name)).joined(separator: ",")
    let values = ([time] + others.map(\.value)).joined(separator: ",")
    return python(
      "csv.writer(sys.stdout).writerows(['\(names)'.split(','), *[[\(values)] for x in \(rows)]])")
  }

  /// Writes the same columns with commas between them.
  func rewritten(separator: String, decimals: Bool, from first: Int = 0) -> String {
    let lines = first == 0 ? "FILE" : "FILE.readlines()[\(first):]"
    let rows = "csv.reader(\(lines), delimiter='\(separator)')"
    let points =
      decimals
      ? "[[re.sub(r'^(-?[0-9]+),([0-9]+)$', r'\\1.\\2', c) for c in r] for r in \(rows)]" : rows
    return python("csv.writer(sys.stdout).writerows(\(points))")
  }

  /// Writes columns with commas between them that have blanks.
  func cut() -> String {
    python("csv.writer(sys.stdout).writerows(l.split() for l in FILE if l.strip())")
  }

  /// Sends its lines through a filter of the shell.
  func filtered(_ filter: String) -> String {
    isPacked
      ? "gunzip -c \(quoted) | \(filter) > \(output)" : "\(filter) < \(quoted) > \(output)"
  }

  /// Writes a header above it.
  func headed(_ names: String, isSpaced: Bool) -> String {
    let rows = isSpaced ? "[l.split() for l in FILE if l.strip()]" : "csv.reader(FILE)"
    return python("csv.writer(sys.stdout).writerows(['\(names)'.split(','), *\(rows)])")
  }

  /// A text in Python's quotes, within a shell's double ones.
  static func text(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\\\\\"
      case "'": result += "\\\\'"
      case "\"", "$", "`": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return "'\(result)'"
  }
}
