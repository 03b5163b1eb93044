import Foundation

/// A note as the database has it: its code, and its figures as a JSON object.
struct StoredNote: Hashable {
  let code: String
  let severity: Note.Severity
  let arguments: String

  init(code: String, severity: Note.Severity, arguments: String) {
    self.code = code
    self.severity = severity
    self.arguments = arguments
  }

  init(_ note: Note) {
    severity = note.severity
    if case .unknown(let code, _, let arguments) = note {
      (self.code, self.arguments) = (code, arguments)
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = Self.infinite
    // {"CODE":{...}}: infinities have names, so that it cannot fail.
    guard let data = try? encoder.encode(note) else {
      preconditionFailure("a note that cannot be written: \(note)")
    }
    let text = String(decoding: data, as: UTF8.self)
    let colon = text.firstIndex(of: ":") ?? text.startIndex
    code = String(text[..<colon].dropFirst(2).dropLast())
    arguments = String(text[colon...].dropFirst().dropLast())
  }

  /// The note; one whose code this program does not know keeps it.
  var note: Note {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = "{\"\(code)\":\(arguments)}"
    return (try? decoder.decode(Note.self, from: Data(text.utf8)))
      ?? .unknown(code: code, severity: severity, arguments: arguments)
  }

  private static let infinite = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}

extension Note {
  /// Its code, which databases keep.
  package var code: String { StoredNote(self).code }
}
