internal import Diagnostics

/// How a file falls apart into records.
public enum RecordLayout: Sendable {
  /// One record a line; blank lines are none.
  case lines
  /// One record a word: anything between white space, whatever the lines.
  case words
}

/// Cuts a file into records without holding more of it than one chunk and one record.
struct LineReader: ~Copyable {
  /// Longest record accepted, in bytes (1 MiB).
  static let longestRecord = 1 << 20

  /// Bytes that are read before anything is given out: they tell the format.
  private static let sampled = 1 << 14

  /// How the file is cut; set before the first record is taken.
  var layout = RecordLayout.lines
  /// 1-based line of the current record.
  private(set) var line = 0
  /// 1-based column, in bytes, at which the current record starts.
  private(set) var column = 1
  /// The current record in ``buffer``, without its line end.
  private(set) var current = 0..<0
  private(set) var buffer: [UInt8] = []

  private var source: ByteSource
  private let chunk: Int
  /// First byte not yet given out.
  private var start = 0
  private var nextColumn = 1
  /// Lines that the current record has behind its first.
  private var further = 0
  /// The first line of a record that was extended: its bytes without and with its line end.
  private var taken: (count: Int, length: Int)?
  private var finished = false

  /// Reads `source` in chunks of so many bytes.
  private init(_ source: consuming ByteSource, chunk: Int) {
    self.source = source
    self.chunk = chunk
  }

  /// Opens `path` and skips a UTF-8 byte-order mark; 65 for what is plainly not text in bytes.
  static func open(
    path: String, chunk: Int, unpacking: Unpacking? = nil
  ) throws(InputError) -> LineReader {
    var reader = LineReader(try ByteSource(path: path, unpacking: unpacking), chunk: chunk)
    try reader.begin()
    return reader
  }

  private mutating func begin() throws(InputError) {
    while buffer.count < Self.sampled, try fill() {}
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
      start = 3
    } else if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
      throw fault("the file is UTF-16", hint: "save it as UTF-8")
    }
  }

  /// The file as the user named it.
  var path: String { source.path }
  /// Whether it is packed by gzip.
  var isPacked: Bool { source.isPacked }

  /// The first line that is not blank, as far as the first chunk holds it, and its number; nothing
  /// is consumed. nil where there is none.
  func firstLine() -> (bytes: [UInt8], line: Int)? {
    var line = 1
    for part in buffer[start...].split(separator: UInt8.newline, omittingEmptySubsequences: false) {
      let text = part.last == .carriageReturn ? part.dropLast() : part
      if !text.allSatisfy(\.isBlank) { return (Array(text), line) }
      line += 1
    }
    return nil
  }

  /// Lines that are not blank, as far as the first chunk holds them whole; nothing is consumed.
  func sample() -> [ArraySlice<UInt8>] {
    let whole = finished ? buffer.count : (buffer.lastIndex(of: .newline) ?? buffer.count)
    return buffer[start..<max(start, whole)].split(separator: UInt8.newline)
      .map { $0.last == .carriageReturn ? $0.dropLast() : $0 }
      .filter { !$0.allSatisfy(\.isBlank) }
  }

  /// Steps to the next record; false at the end. After an error the next call goes on behind the
  /// record at fault.
  mutating func advance() throws(InputError) -> Bool {
    line += further
    further = 0
    taken = nil
    switch layout {
    case .lines: return try advanceLine()
    case .words: return try advanceWord()
    }
  }

  /// Takes lines behind the current record into it, up to one that has a quote; false, and nothing changed, where there is
  /// none, or only one that would make the record too long.
  mutating func extendToQuote() throws(InputError) -> Bool {
    if taken == nil { taken = (current.count, start - current.lowerBound) }
    let known = (count: current.count, length: start - current.lowerBound)
    // What is kept starts with the record, so that filling does not drop it.
    start = current.lowerBound
    var searched = known.length
    var lines = 0
    while searched <= Self.longestRecord {
      let end = buffer[(start + searched)...].firstIndex(of: .newline)
      if end == nil, try fill() { continue }
      let stop = end ?? buffer.count
      lines += 1
      if buffer[(start + searched)..<stop].contains(.quote) {
        current = start..<stop
        if buffer[stop - 1] == .carriageReturn { current = start..<(stop - 1) }
        start = min(stop + 1, buffer.count)
        further += lines
        return true
      }
      searched = stop + 1 - start
      if stop >= buffer.count { break }
    }
    current = start..<(start + known.count)
    start += known.length
    return false
  }

  /// Gives back all lines that ``extendToQuote()`` has taken.
  mutating func retract() {
    guard let taken else { return }
    start = current.lowerBound + taken.length
    current = current.lowerBound..<(current.lowerBound + taken.count)
    further = 0
  }

  /// Line and column, both from 1, of a byte of the current record, whose column counts on over its lines.
  func place(of column: Int) -> (line: Int, column: Int) {
    let before = buffer[current].prefix(column - self.column)
    guard let last = before.lastIndex(of: .newline) else { return (line, column) }
    return (line + before.count { $0 == .newline }, before.endIndex - last)
  }

  /// A line of the current record as text, for an error.
  func text(ofLine number: Int) -> String {
    let lines = buffer[current].split(separator: UInt8.newline, omittingEmptySubsequences: false)
    return String(decoding: lines[number - line].prefix(200), as: UTF8.self)
  }

  private mutating func advanceLine() throws(InputError) -> Bool {
    while true {
      guard let stop = try findNewline() else { return false }
      line += 1
      var end = stop
      if end > start, buffer[end - 1] == .carriageReturn { end -= 1 }
      current = start..<end
      start = min(stop + 1, buffer.count)
      if current.count > Self.longestRecord { throw tooLong() }
      if !buffer[current].allSatisfy(\.isBlank) { return true }
    }
  }

  /// Where the line from ``start`` ends; nil at the end of the file.
  private mutating func findNewline() throws(InputError) -> Int? {
    var searched = 0
    while true {
      let rest = buffer[(start + searched)...]
      if let stop = rest.firstIndex(of: .newline) { return stop }
      searched = buffer.count - start
      if searched > Self.longestRecord + 1 { return try skipLongLine() }
      if try !fill() { return start == buffer.count ? nil : buffer.count }
    }
  }

  /// Drops a line too long to hold, up to its newline.
  private mutating func skipLongLine() throws(InputError) -> Int? {
    line += 1
    current = start..<start
    while true {
      if let stop = buffer[start...].firstIndex(of: .newline) {
        start = stop + 1
        break
      }
      start = buffer.count
      if try !fill() { break }
    }
    throw tooLong()
  }

  private mutating func advanceWord() throws(InputError) -> Bool {
    if line == 0 { line = 1 }
    while true {
      if start == buffer.count, try !fill() { return false }
      let byte = buffer[start]
      guard byte == .newline || byte.isBlank || byte == .carriageReturn else { break }
      if byte == .newline {
        line += 1
        nextColumn = 1
      } else {
        nextColumn += 1
      }
      start += 1
    }
    var count = 0
    while true {
      if start + count == buffer.count, try !fill() { break }
      let byte = buffer[start + count]
      if byte == .newline || byte.isBlank || byte == .carriageReturn { break }
      count += 1
      if count > Self.longestRecord {
        start += count
        throw tooLong()
      }
    }
    current = start..<(start + count)
    column = nextColumn
    nextColumn += count
    start += count
    return true
  }

  /// Reads one more chunk behind what is not yet given out; false at the end of the file.
  private mutating func fill() throws(InputError) -> Bool {
    if finished { return false }
    if start > 0 {
      buffer.removeSubrange(0..<start)
      start = 0
    }
    finished = try !source.read(upTo: chunk, into: &buffer)
    return !finished
  }

  private func tooLong() -> InputError {
    InputError(
      .badInput, at: .init(file: path, line: line, column: 1), "a line of over 1 MiB",
      hint: "is this a trace file?")
  }

  private func fault(_ what: String, hint: String) -> InputError {
    InputError(.badInput, at: .init(file: path, line: 1, column: 1), what, hint: hint)
  }
}

extension UInt8 {
  static var newline: UInt8 { 0x0A }
  static var carriageReturn: UInt8 { 0x0D }
  static var comma: UInt8 { 0x2C }
  static var quote: UInt8 { 0x22 }
  /// A space or a tab.
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  /// '0'...'9'.
  var isDigit: Bool { self &- 0x30 < 10 }
}
