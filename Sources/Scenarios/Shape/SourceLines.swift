import Diagnostics
import Yams

/// The lines of a scenario, and places in them as diagnostics count them.
enum SourceLines {
  /// The lines of a text, whatever ends them; a carriage return and a line feed are one end.
  static func split(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  /// The line of this 1-based number, or nil.
  static func line(_ number: Int?, of lines: [String]) -> String? {
    guard let number, lines.indices.contains(number - 1) else { return nil }
    return lines[number - 1]
  }

  /// A place that YAML counts in characters, with its column in bytes.
  static func location(
    _ mark: Mark?, file: String, lines: [String]
  ) -> Diagnostic.Location {
    guard let mark else { return .init(file: file) }
    let line = line(mark.line, of: lines) ?? ""
    let before = line.unicodeScalars.prefix(max(mark.column - 1, 0))
    let bytes = before.reduce(0) { $0 + UTF8.width($1) }
    // A mark beyond the line's end, as at the end of a file, stays as it is.
    let beyond = max(mark.column - 1 - before.count, 0)
    return .init(file: file, line: mark.line, column: bytes + beyond + 1)
  }
}
