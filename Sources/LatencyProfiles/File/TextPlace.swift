/// Line and column of a byte in a text.
struct TextPlace: Equatable {
  /// 1-based.
  var line: Int
  /// 1-based, in bytes.
  var column: Int
  /// The whole line; nil where it is too long to be shown (a file without line breaks).
  var sourceLine: String?

  /// The place of the byte at `offset`, 0-based; the text's length stands for its end.
  ///
  /// - Complexity: O(bytes of the text).
  init(offset: Int, in text: String) {
    let bytes = Array(text.utf8)
    let before = bytes.prefix(offset)
    let newline = UInt8(ascii: "\n")
    let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    line = 1 + before.count { $0 == newline }
    column = offset - start + 1
    let whole = bytes[start...].prefix { $0 != newline && $0 != UInt8(ascii: "\r") }
    sourceLine = whole.count <= 300 ? String(decoding: whole, as: UTF8.self) : nil
  }
}
