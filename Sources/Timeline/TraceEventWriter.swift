import Foundation

/// Writes a JSON array of trace events into a file, piece by piece: what has been written takes no memory.
///
/// The format is Google's 'Trace Event Format' (the JSON that chrome://tracing and ui.perfetto.dev open):
/// `{"displayTimeUnit": "ms", "traceEvents": [...]}`, times in microseconds.
struct TraceEventWriter {
  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var isFirst = true
  private var hasBegun = false
  /// Whether a write failed; nothing is written after that.
  private(set) var hasFailed = false
  /// Events written.
  private(set) var count = 0

  /// What every file of this format by this program begins with.
  static let head = "{\"displayTimeUnit\":\"ms\""
  private static let bufferSize = 1 << 16

  /// A writer into an open file, whose contents it replaces.
  init(_ file: FileHandle) {
    self.file = file
    buffer.reserveCapacity(Self.bufferSize + 4096)
    put("\(Self.head),\"traceEvents\":[")
  }

  /// Writes one event: the inside of a JSON object.
  mutating func write(_ event: String) {
    put(isFirst ? "\n{" : ",\n{")
    isFirst = false
    put(event)
    put("}")
    count += 1
    if buffer.count >= Self.bufferSize { flush() }
  }

  /// Ends the array, with further members of the outer object.
  mutating func close(_ members: String) {
    put("\n],\(members)}\n")
    flush()
    do { try file.close() } catch { hasFailed = true }
  }

  private mutating func put(_ text: String) { buffer.append(contentsOf: text.utf8) }

  private mutating func flush() {
    // What the file held is kept until there is something to take its place; a device has nothing to keep.
    if !hasBegun { try? file.truncate(atOffset: 0) }
    hasBegun = true
    if !hasFailed {
      do { try file.write(contentsOf: buffer) } catch { hasFailed = true }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Text as a JSON string, quotes included.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if scalar.value < 0x20 {
          result += String(format: "\\u%04x", scalar.value)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// Nanoseconds as microseconds, exactly.
  static func microseconds(_ nanoseconds: Int64) -> String {
    let fraction = nanoseconds % 1000
    let whole = "\(nanoseconds / 1000)"
    if fraction == 0 { return whole }
    return whole + "." + (fraction < 10 ? "00" : fraction < 100 ? "0" : "") + "\(fraction)"
  }
}
