/// One CSV file in the making: header first, fields quoted where they must be (RFC 4180). Text that a spreadsheet would
/// run as a formula begins with an apostrophe (OWASP, CSV Injection): names come from scenarios that others may have written.
package struct CSVText {
  /// The text so far.
  package private(set) var text = ""

  /// A file of this header.
  package init(header: [String]) { add(header) }

  /// The text so far, which is then forgotten: for files written piece by piece.
  package mutating func take() -> String {
    defer { text.removeAll(keepingCapacity: true) }
    return text
  }

  /// Adds a row; nil is an empty field.
  package mutating func add(_ fields: [String?]) {
    text += fields.map { Self.field(Self.harmless($0 ?? "")) }.joined(separator: ",") + "\n"
  }

  private static func harmless(_ value: String) -> String {
    guard let first = value.utf8.first, "=+-@\t\r".utf8.contains(first), Double(value) == nil
    else { return value }
    return "'" + value
  }

  private static func field(_ value: String) -> String {
    // By byte: a carriage return with a line feed is one Character that equals neither.
    guard value.utf8.contains(where: { #","\#n\#r"#.utf8.contains($0) }) else { return value }
    return "\"" + value.replacing("\"", with: "\"\"") + "\""
  }
}
