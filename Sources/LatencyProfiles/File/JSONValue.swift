/// A JSON value and where its first byte stands in the text.
///
/// Foundation's decoder names no place on Linux, and calls a number out of range 'not valid JSON';
/// a profile written by hand deserves a line and a column.
struct JSONValue {
  /// 0-based byte offset in the text.
  var offset: Int
  var content: Content

  indirect enum Content {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
  }

  /// A key with its place, and its value.
  struct Member {
    var key: String
    var keyOffset: Int
    var value: JSONValue
  }

  /// The members, if it is an object.
  var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The items, if it is an array.
  var items: [JSONValue]? {
    if case .array(let items) = content { items } else { nil }
  }
}

/// What a field of a file can be read as.
protocol JSONReadable {
  /// 'a number': completes the sentence 'must be ...'.
  static var noun: String { get }
  /// Nil where the value is of another kind.
  init?(json: JSONValue)
}

extension Double: JSONReadable {
  static var noun: String { "a number" }
  init?(json: JSONValue) {
    guard case .number(let number) = json.content else { return nil }
    self = number
  }
}

extension Int: JSONReadable {
  static var noun: String { "a whole number" }
  init?(json: JSONValue) {
    guard case .number(let number) = json.content, abs(number) <= 1e15 else { return nil }
    self.init(exactly: number)
  }
}

extension Bool: JSONReadable {
  static var noun: String { "true or false" }
  init?(json: JSONValue) {
    guard case .bool(let flag) = json.content else { return nil }
    self = flag
  }
}

extension String: JSONReadable {
  static var noun: String { "a string" }
  init?(json: JSONValue) {
    guard case .string(let string) = json.content else { return nil }
    self = string
  }
}

extension [Double]: JSONReadable {
  static var noun: String { "an array of numbers" }
  init?(json: JSONValue) {
    guard let items = json.items else { return nil }
    self = items.compactMap { Double(json: $0) }
    if count != items.count { return nil }
  }
}

extension [String: String]: JSONReadable {
  static var noun: String { "an object of strings" }
  init?(json: JSONValue) {
    guard let members = json.members else { return nil }
    self = [:]
    for member in members {
      guard let string = String(json: member.value) else { return nil }
      self[member.key] = string
    }
  }
}

extension Stage: JSONReadable {
  static var noun: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  init?(json: JSONValue) {
    guard let name = String(json: json) else { return nil }
    self.init(rawValue: name)
  }
}

extension Provenance: JSONReadable {
  static var noun: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  init?(json: JSONValue) {
    guard let name = String(json: json) else { return nil }
    self.init(rawValue: name)
  }
}
