/// Breaks lines for the terminal.
package enum LineWrap {
  /// The line broken at spaces so that it fits `width` columns; further lines are indented.
  package static func wrapped(_ line: String, width: Int = 100) -> String {
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ") {
      // A list marker stays on the line of its first word, however long that is.
      if !current.isEmpty, current != "-", current.count + 1 + word.count > width {
        lines.append(current)
        current = "  " + word
      } else {
        current += current.isEmpty ? String(word) : " " + word
      }
    }
    lines.append(current)
    return lines.joined(separator: "\n")
  }
}
