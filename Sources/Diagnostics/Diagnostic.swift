/// What is wrong with an input, where, and what would be right: data, not text.
///
/// The text, `FILE:LINE:COL: error: what; hint`, is made by ``description`` alone.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is; decides the exit code.
  public enum Category: Int32, Sendable {
    /// A check or a measurement failed (1).
    case failed = 1
    /// The command line is wrong (64, EX_USAGE).
    case usage = 64
    /// An input's content is wrong (65, EX_DATAERR).
    case badInput = 65
    /// An input is not there or cannot be read (66, EX_NOINPUT).
    case missingInput = 66
    /// An output cannot be created (73, EX_CANTCREAT).
    case cannotCreate = 73
    /// Writing failed half way (74, EX_IOERR).
    case cannotWrite = 74
  }

  /// Where in an input: 1-based line and column (in bytes); nil where none applies.
  public struct Location: Hashable, Sendable {
    /// The file as the user named it, or the option (`--set a.b=c`).
    public var file: String
    /// 1-based line.
    public var line: Int?
    /// 1-based column, in bytes.
    public var column: Int?

    /// A place in `file`; `line` and `column` are 1-based.
    public init(file: String, line: Int? = nil, column: Int? = nil) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  /// Decides the exit code.
  public var category: Category
  /// Where it is; nil where no file is at fault.
  public var location: Location?
  /// What is wrong, in lower case and without a full stop.
  public var what: String
  /// What would be right.
  public var hint: String?
  /// The line of the source at fault, for the caret; nil where it is not at hand.
  public var sourceLine: String?

  /// A diagnostic from its parts.
  public init(
    _ category: Category, at location: Location? = nil, _ what: String, hint: String? = nil,
    sourceLine: String? = nil
  ) {
    self.category = category
    self.location = location
    self.what = what
    self.hint = hint
    self.sourceLine = sourceLine
  }

  /// One line: `FILE:LINE:COL: error: what; hint`.
  public var description: String {
    var text = ""
    if let location {
      text += location.file
      if let line = location.line { text += ":\(line)" }
      if location.line != nil, let column = location.column { text += ":\(column)" }
      text += ": "
    }
    text += "error: \(Self.shortened(what))"
    if let hint { text += "; \(Self.shortened(hint))" }
    return Self.harmless(text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  /// Without the middle of what is too long to be read: inputs are quoted, and may hold anything.
  private static func shortened(_ text: String) -> String {
    let most = 500
    guard text.utf8.count > most, text.count > most else { return text }
    return "\(text.prefix(most / 2)) ... \(text.suffix(most / 2))"
  }

  /// Without control characters, which could lead a terminal astray.
  ///
  /// - Parameter keepsLines: whether line feeds stay.
  public static func harmless(_ text: String, keepsLines: Bool = false) -> String {
    func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
      isControl(scalar) && !(keepsLines && scalar == "\n")
    }
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmful($0) ? "?" : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\t"
  }

  /// The source line with a caret under the column, or nil where no source line is known.
  public var caret: String? {
    guard let sourceLine, let column = location?.column, column >= 1 else { return nil }
    // Of a line that is too long to be read, what stands around the column.
    let first = column > 150 ? column - 100 : 0
    let line = sourceLine.utf8.dropFirst(first).prefix(200)
    let lead = String(decoding: line.prefix(column - 1 - first), as: UTF8.self)
      .map { $0 == "\t" ? "\t" : " " }.joined()
    return "  \(Self.harmless(String(decoding: line, as: UTF8.self)))\n  \(lead)^"
  }
}

/// One or more diagnostics of the same input, in the order of the input.
public struct InputError: Error, Sendable, CustomStringConvertible {
  /// Never empty.
  public var diagnostics: [Diagnostic]

  /// An error from all that was found.
  public init(_ diagnostics: [Diagnostic]) {
    precondition(!diagnostics.isEmpty, "an input error without a diagnostic")
    self.diagnostics = diagnostics
  }

  /// An error of one diagnostic.
  public init(_ diagnostic: Diagnostic) { self.init([diagnostic]) }

  /// An error of one diagnostic, from its parts.
  public init(
    _ category: Diagnostic.Category, at location: Diagnostic.Location? = nil, _ what: String,
    hint: String? = nil
  ) {
    self.init(Diagnostic(category, at: location, what, hint: hint))
  }

  /// Every diagnostic, one a line.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }

  /// The exit code of the first diagnostic.
  public var exitCode: Int32 { diagnostics.first?.category.rawValue ?? 65 }
}
