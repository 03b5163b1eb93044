import DiffusionModels
import Foundation

/// Finished kernels, one a line, so that an interrupted bench goes on where it stopped.
///
/// The first line says what they were measured with; under anything else they are not read.
struct ResumeFile {
  private let path: String
  private(set) var measurements: [Kernel: KernelMeasurement] = [:]

  private struct Header: Codable, Equatable {
    var conditions: [String]
  }

  /// Reads what is there for the same conditions; starts afresh where nothing is. A last line cut
  /// short by a crash is passed over.
  init(path: String, conditions: [String]) throws {
    self.path = path
    let header = Header(conditions: conditions)
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map { Data($0.utf8) }
    let decoder = JSONDecoder()
    if let first = lines.first, (try? decoder.decode(Header.self, from: first)) == header {
      for line in lines.dropFirst() {
        guard let known = try? decoder.decode(KernelMeasurement.self, from: line) else { continue }
        measurements[known.kernel] = known
      }
      if text.hasSuffix("\n") { return }
    }
    try write(header)
  }

  /// Writes the header and all that is known, whole or not at all.
  private func write(_ header: Header) throws {
    var data = try Self.line(header)
    for known in measurements.values.sorted(by: { $0.kernel.description < $1.kernel.description }) {
      data += try Self.line(known)
    }
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Adds a finished kernel.
  mutating func add(_ measurement: KernelMeasurement) throws {
    measurements[measurement.kernel] = measurement
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: Self.line(measurement))
  }

  /// The bench has ended: nothing is left to resume.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static func line(_ value: some Encodable) throws -> Data {
    try JSONEncoder().encode(value) + Data("\n".utf8)
  }
}
