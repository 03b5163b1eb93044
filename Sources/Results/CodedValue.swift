import Foundation

/// Values of enumerations as a code and a JSON object of their figures: `{"CODE":{...}}` in two columns.
enum CodedValue {
  static func encode(_ value: some Encodable) -> (code: String, arguments: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Infinities have names, so that it cannot fail.
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("a value that cannot be written: \(value)")
    }
    let text = String(decoding: data, as: UTF8.self)
    let colon = text.firstIndex(of: ":") ?? text.startIndex
    return (
      String(text[..<colon].dropFirst(2).dropLast()), String(text[colon...].dropFirst().dropLast())
    )
  }

  /// Nil where this program does not know the code, or its figures.
  static func decode<Value: Decodable>(code: String, arguments: String) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(Value.self, from: Data("{\"\(code)\":\(arguments)}".utf8))
  }
}
