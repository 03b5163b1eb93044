import EventEngine
import LatencyProfiles
package import Workload

/// A name made of content: equal inputs have equal names, in every process.
package struct ContentIdentity {
  private var first = ContentHash()
  private var second = ContentHash(offset: 0x9ae1_6a3b_2f90_404f)

  /// Two independent 64-bit hashes, as 32 hexadecimal digits.
  package static func hex(_ parts: [String]) -> String {
    var identity = ContentIdentity()
    for part in parts { identity.add(part) }
    return identity.hex
  }

  /// The name of a trace: of its rows, and of the models and classes that they name.
  package static func hex(of trace: Trace) -> String {
    var identity = ContentIdentity()
    identity.add("trace, encoding 2; models, classes, rows")
    for names in [trace.models, trace.classes] {
      identity.add("\(names.count)")
      for name in names { identity.add(name) }
    }
    identity.add("\(trace.rows.count)")
    var bytes = RowBytes()
    for row in trace.rows { bytes.withBytes(of: row) { identity.add($0) } }
    return identity.hex
  }

  private mutating func add(_ part: String) {
    var part = part
    part.withUTF8 { add($0) }
  }

  private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    // The length keeps ["ab", "c"] and ["a", "bc"] apart.
    let length = "\(bytes.count):"
    first.add(length)
    second.add(length)
    first.add(bytes)
    second.add(bytes)
  }

  private var hex: String { first.hex + second.hex }
}

/// A row of a trace as bytes, the same number for each. Whoever changes them, or adds a field to rows, gives the encoding
/// a new number above: databases know experiments by their traces.
private struct RowBytes {
  private var bytes: [UInt8] = []

  /// In the order of ``TraceRow``'s fields: the numbers little-endian, and before each that may be absent a byte that says
  /// whether it is there.
  mutating func withBytes(of row: TraceRow, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.removeAll(keepingCapacity: true)
    add(row.arrival.nanoseconds)
    addOptional(row.steps, or: 0)
    addOptional(row.images, or: 0)
    addOptional(row.height, or: 0)
    addOptional(row.width, or: 0)
    addOptional(row.model, or: 0)
    addOptional(row.prompt, or: 0)
    addOptional(row.slo?.nanoseconds, or: 0)
    addOptional(row.serviceClass, or: 0)
    add(row.sourceRow)
    bytes.withUnsafeBufferPointer(body)
  }

  private mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func addOptional<Number: FixedWidthInteger>(
    _ number: Number?, or absent: Number
  ) {
    bytes.append(number == nil ? 0 : 1)
    add(number ?? absent)
  }
}
