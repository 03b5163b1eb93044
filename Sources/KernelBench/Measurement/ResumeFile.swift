import DiffusionModels
import Foundation

/// Finished kernels and stages executed whole, one a line, so that an interrupted bench goes on where it stopped.
///
/// The first line says what they were measured with; under anything else they are not read.
struct ResumeFile {
  private let path: String
  private(set) var measurements: [Kernel: KernelMeasurement] = [:]
  /// By the entry's title.
  private(set) var wholeStages: [String: Samples] = [:]

  private struct Header: Codable, Equatable {
    var conditions: [String]
  }

  private struct WholeLine: Codable {
    var wholeStage: String
    var samples: Samples
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
        if let known = try? decoder.decode(KernelMeasurement.self, from: line) {
          measurements[known.kernel] = known
        } else if let known = try? decoder.decode(WholeLine.self, from: line) {
          wholeStages[known.wholeStage] = known.samples
        }
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
    for known in wholeStages.sorted(by: { $0.key < $1.key }) {
      data += try Self.line(WholeLine(wholeStage: known.key, samples: known.value))
    }
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Adds a finished kernel.
  mutating func add(_ measurement: KernelMeasurement) throws {
    measurements[measurement.kernel] = measurement
    try append(measurement)
  }

  /// Adds a stage executed whole.
  mutating func add(_ samples: Samples, of wholeStage: String) throws {
    wholeStages[wholeStage] = samples
    try append(WholeLine(wholeStage: wholeStage, samples: samples))
  }

  private func append(_ value: some Encodable) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: Self.line(value))
  }

  /// The bench has ended: nothing is left to resume.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static func line(_ value: some Encodable) throws -> Data {
    try JSONEncoder().encode(value) + Data("\n".utf8)
  }
}
