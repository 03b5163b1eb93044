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
    } else {
      (code, arguments) = CodedValue.encode(note)
    }
  }

  /// The note; one whose code this program does not know keeps it.
  var note: Note {
    CodedValue.decode(code: code, arguments: arguments)
      ?? .unknown(code: code, severity: severity, arguments: arguments)
  }
}

extension Note {
  /// Its code, which databases keep.
  package var code: String { StoredNote(self).code }
}
