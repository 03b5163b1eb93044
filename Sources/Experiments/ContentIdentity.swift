import EventEngine
import LatencyProfiles
import Workload

/// A name made of content: equal inputs have equal names, in every process.
struct ContentIdentity {
  private var first = ContentHash()
  private var second = ContentHash(offset: 0x9ae1_6a3b_2f90_404f)

  /// Two independent 64-bit hashes, as 32 hexadecimal digits.
  static func hex(_ parts: [String]) -> String {
    var identity = ContentIdentity()
    for part in parts { identity.add(part) }
    return identity.hex
  }

  /// The name of a trace's rows and of what they name.
  static func hex(of trace: Trace) -> String {
    var identity = ContentIdentity()
    for name in trace.models + trace.classes { identity.add(name) }
    var text = RowText()
    for row in trace.rows { text.withBytes(of: row) { identity.add($0) } }
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

/// A row of a trace as text. Databases know experiments by it, so that it stays what Swift's `print` made of a row when
/// they were first written.
private struct RowText {
  private var bytes: [UInt8] = []

  mutating func withBytes(of row: TraceRow, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.removeAll(keepingCapacity: true)
    add("TraceRow(arrival: EventEngine.SimulationTime(nanoseconds: ")
    add(row.arrival.nanoseconds)
    add("), steps: ", row.steps)
    add(", images: ", row.images)
    add(", height: ", row.height)
    add(", width: ", row.width)
    add(", model: ", row.model)
    add(", prompt: ", row.prompt)
    add(", slo: ")
    if let slo = row.slo {
      add("Optional(EventEngine.SimulationDuration(nanoseconds: ")
      add(slo.nanoseconds)
      add("))")
    } else {
      add("nil")
    }
    add(", serviceClass: ", row.serviceClass)
    add(", sourceRow: ")
    add(row.sourceRow)
    add(")")
    bytes.withUnsafeBufferPointer(body)
  }

  private mutating func add(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func add(_ number: some BinaryInteger) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    var rest = number.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  private mutating func add(_ label: StaticString, _ number: (some BinaryInteger)?) {
    add(label)
    guard let number else { return add("nil") }
    add("Optional(")
    add(number)
    add(")")
  }
}
