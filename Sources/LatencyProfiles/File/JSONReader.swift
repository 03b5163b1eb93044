/// Reads JSON (RFC 8259) and keeps the place of every value; see ``JSONValue``.
struct JSONReader {
  /// What is wrong with the text, and at which byte (the text's length: at its end).
  struct Fault: Error, Equatable {
    var offset: Int
    var what: String
  }

  /// Deeper nesting than any profile has; keeps a hostile file off the end of the stack.
  static let maximumDepth = 64

  private let bytes: [UInt8]
  private var index = 0

  private init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }  // a byte order mark
  }

  /// The one value that `text` consists of.
  ///
  /// - Complexity: O(bytes), but O(keys squared) within one object, to find repeated keys.
  static func read(_ text: String) throws(Fault) -> JSONValue {
    var reader = JSONReader(text)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.index < reader.bytes.count {
      throw reader.fault("more text after the end of the JSON")
    }
    return value
  }

  private func fault(_ what: String) -> Fault {
    let end = index >= bytes.count
    return Fault(offset: index, what: end ? "the file ends too early" : what)
  }

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  /// Whether `character` comes next; if so, it is passed.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte, byte == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(Fault) -> JSONValue {
    skipSpace()
    let start = index
    guard depth < Self.maximumDepth else { throw fault("nested too deeply") }
    switch byte {
    case UInt8(ascii: "{"): return JSONValue(offset: start, content: try object(depth: depth))
    case UInt8(ascii: "["): return JSONValue(offset: start, content: try array(depth: depth))
    case UInt8(ascii: "\""): return JSONValue(offset: start, content: .string(try string()))
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      return JSONValue(offset: start, content: .number(try number()))
    default: return JSONValue(offset: start, content: try word())
    }
  }

  private mutating func word() throws(Fault) -> JSONValue.Content {
    for (word, content) in [
      ("true", JSONValue.Content.bool(true)), ("false", .bool(false)), ("null", .null),
    ] where bytes[index...].starts(with: word.utf8) {
      index += word.utf8.count
      return content
    }
    let letters = bytes[index...].prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    let isCut = index + letters.count == bytes.count
    let name = String(decoding: letters.prefix(20), as: UTF8.self)
    if isCut, ["true", "false", "null"].contains(where: { $0.hasPrefix(name) }) {
      index = bytes.count
    }
    throw fault(name.isEmpty ? "expected a value" : "'\(name)' is no JSON value")
  }

  private mutating func object(depth: Int) throws(Fault) -> JSONValue.Content {
    index += 1
    var members: [JSONValue.Member] = []
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      let start = index
      guard byte == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes") }
      let key = try string()
      if members.contains(where: { $0.key == key }) {
        throw Fault(offset: start, what: "the key '\(key)' is there twice")
      }
      skipSpace()
      guard take(":") else { throw fault("expected ':' after the key '\(key)'") }
      members.append(.init(key: key, keyOffset: start, value: try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("expected ',' or '}'") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Fault) -> JSONValue.Content {
    index += 1
    var items: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(items) }
    repeat {
      items.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw fault("expected ',' or ']'") }
    return .array(items)
  }
}

// MARK: - Scalars

extension JSONReader {
  private mutating func digits() throws(Fault) {
    let start = index
    while let byte, byte >= 0x30, byte <= 0x39 { index += 1 }
    if index == start { throw fault("expected a digit") }
  }

  private mutating func number() throws(Fault) -> Double {
    let start = index
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      throw Fault(offset: start, what: "the number \(text) is out of range")
    }
    return number
  }

  private mutating func string() throws(Fault) -> String {
    index += 1
    var result: [UInt8] = []
    while let byte {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        result.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw fault("a line break or control character inside a string")
      default:
        index += 1
        result.append(byte)
      }
    }
    throw fault("unfinished string")
  }

  private mutating func escape() throws(Fault) -> Unicode.Scalar {
    let plain: [(Unicode.Scalar, Unicode.Scalar)] = [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"),
      ("r", "\r"), ("t", "\t"),
    ]
    for (letter, meaning) in plain where take(letter) { return meaning }
    guard take("u") else { throw fault("unknown escape in a string") }
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Half of a surrogate pair: the other half must follow.
    guard first < 0xDC00, take("\\"), take("u") else { throw fault("half a surrogate pair") }
    let second = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw fault("half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    let text = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
    guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit), let code = UInt32(text, radix: 16)
    else {
      if text.utf8.count < 4, text.allSatisfy(\.isHexDigit) { index = bytes.count }
      throw fault("expected four hexadecimal digits")
    }
    index += 4
    return code
  }
}
