import Foundation

/// Colour on a terminal, and nowhere else: never with `NO_COLOR` (no-color.org) or on a terminal without it.
struct Paint {
  private enum Code: String {
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  private let isOn: Bool

  init(for descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
    isOn =
      isatty(descriptor) != 0 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// The text with headers of tables in bold, verdicts and warnings in colour.
  func painted(_ text: String) -> String {
    guard isOn else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().map { index, line in
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      let isHeader = !next.isEmpty && next.allSatisfy { $0 == "-" }
      return isHeader ? Self.in(.bold, String(line)) : Self.marked(String(line))
    }.joined(separator: "\n")
  }

  private static func marked(_ line: String) -> String {
    let marks: [(String, Code)] = [
      ("error:", .red), ("not reached", .red), ("Warning:", .yellow), ("warning:", .yellow),
      ("Unsteady:", .yellow), ("unsteady", .yellow),
    ]
    var line = line
    for (word, code) in marks { line = line.replacing(word, with: Self.in(code, word)) }
    // What stands behind a claim's colon, not the word anywhere.
    return line.replacing(": reached", with: ": " + Self.in(.green, "reached"))
  }

  private static func `in`(_ code: Code, _ text: String) -> String {
    "\u{1B}[\(code.rawValue)m\(text)\u{1B}[0m"
  }
}
