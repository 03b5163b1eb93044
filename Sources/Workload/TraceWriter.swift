public import Diagnostics
internal import EventEngine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Writes traces in the native format.
public enum TraceWriter {
  /// The native CSV of a trace: only the columns that some row fills, arrivals to the nanosecond
  /// with up to nine decimals, lines ended by a newline. Reading it gives the same rows.
  public static func csv(_ trace: Trace) -> [UInt8] {
    let columns = columns(of: trace)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(trace.rows.count * 24 + 64)
    append(columns.map(\.name).joined(separator: ","), to: &bytes)
    bytes.append(.newline)
    for row in trace.rows {
      for (i, column) in columns.enumerated() {
        if i > 0 { bytes.append(.comma) }
        column.write(row, trace, &bytes)
      }
      bytes.append(.newline)
    }
    return bytes
  }

  /// Writes the native CSV to `path`, replacing what is there.
  ///
  /// Errors: 73 where the file cannot be created, 74 where writing fails half way.
  public static func write(_ trace: Trace, toCSV path: String) throws(InputError) {
    let location = Diagnostic.Location(file: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw InputError(
        .cannotCreate, at: location, "cannot be created: \(String(cString: strerror(errno)))")
    }
    var code: Int32 = 0
    csv(trace).withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty, code == 0 {
        let wrote = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
        if wrote >= 0 {
          rest = rest.dropFirst(wrote)
        } else if errno != EINTR {
          code = errno
        }
      }
    }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code != 0 {
      throw InputError(
        .cannotWrite, at: location, "cannot be written: \(String(cString: strerror(code)))")
    }
  }

  /// `write(2)` under a name that the function above does not hide.
  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  private struct Column {
    let name: String
    let write: (TraceRow, Trace, inout [UInt8]) -> Void
  }

  /// A column of whole numbers.
  private static func numbers<Value: BinaryInteger>(
    _ name: String, _ path: KeyPath<TraceRow, Value?>
  ) -> Column {
    Column(name: name) { row, _, bytes in
      if let value = row[keyPath: path] { append("\(value)", to: &bytes) }
    }
  }

  private static func columns(of trace: Trace) -> [Column] {
    let all: [(used: Bool, column: Column)] = [
      (true, Column(name: "arrival_s") { appendSeconds($0.arrival.nanoseconds, to: &$2) }),
      (trace.rows.contains { $0.steps != nil }, numbers("steps", \.steps)),
      (trace.rows.contains { $0.height != nil }, numbers("height", \.height)),
      (trace.rows.contains { $0.width != nil }, numbers("width", \.width)),
      (trace.rows.contains { $0.images != nil }, numbers("images", \.images)),
      (
        trace.rows.contains { $0.model != nil },
        Column(name: "model") { appendName($0.model, of: $1.models, to: &$2) }
      ),
      (trace.rows.contains { $0.prompt != nil }, numbers("prompt", \.prompt)),
      (
        trace.rows.contains { $0.slo != nil },
        Column(name: "slo_s") { row, _, bytes in
          if let slo = row.slo { appendSeconds(slo.nanoseconds, to: &bytes) }
        }
      ),
      (
        trace.rows.contains { $0.serviceClass != nil },
        Column(name: "class") { appendName($0.serviceClass, of: $1.classes, to: &$2) }
      ),
    ]
    return all.filter(\.used).map(\.column)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Seconds with as many decimals as it takes.
  static func appendSeconds(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
    if nanoseconds < 0 { bytes.append(0x2D) }
    let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    append("\(seconds)", to: &bytes)
    if fraction == 0 { return }
    var digits = "\(fraction + 1_000_000_000)".utf8.dropFirst()
    while digits.last == 0x30 { digits = digits.dropLast() }
    bytes.append(0x2E)
    bytes.append(contentsOf: digits)
  }

  /// A name, in quotes where it would otherwise not come back as it is.
  private static func appendName(_ index: Int32?, of names: [String], to bytes: inout [UInt8]) {
    guard let index, names.indices.contains(Int(index)) else { return }
    let name = names[Int(index)].utf8
    let edges = [name.first, name.last].contains { $0?.isBlank ?? true }
    guard edges || name.contains(where: { $0 == .comma || $0 == .quote }) else {
      bytes.append(contentsOf: name)
      return
    }
    bytes.append(.quote)
    for byte in name {
      if byte == .quote { bytes.append(.quote) }
      bytes.append(byte)
    }
    bytes.append(.quote)
  }
}
