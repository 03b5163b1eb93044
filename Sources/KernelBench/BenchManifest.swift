import DiffusionModels
public import Foundation
import LatencyProfiles

/// The kernels of a plan as a file, for a harness that drives another device.
public struct BenchManifest: Sendable, Codable {
  /// The version of the format.
  public static let schemaVersion = 1

  var schema = Self.schemaVersion
  var harness = "qosdiff bench \(Bench.version)"
  var entries: [Entry] = []
  var kernels: [Item] = []

  struct Entry: Sendable, Codable {
    var model: String
    var stage: Stage
    var height: Int
    var width: Int
    var guidance: Bool?
    var batch: Int
    /// Indices into the kernels, in the order of execution: each has weights of its own.
    var sequence: [Int]
  }

  struct Item: Sendable, Codable {
    var kernel: String
    var operation: Kernel
    var flops: Double
    /// Numbers that one run reads and writes at least; times their size = bytes.
    var elements: Double
  }

  /// The networks of a plan; its post-processing runs on no accelerator and is left out.
  public init(_ plan: BenchPlan) {
    var place: [Kernel: Int] = [:]
    for entry in plan.entries {
      guard let model = entry.model else { continue }
      let sequence = entry.graphs.flatMap(\.nodes).map { node in
        if let known = place[node.kernel] { return known }
        place[node.kernel] = kernels.count
        kernels.append(
          Item(
            kernel: node.kernel.description, operation: node.kernel, flops: node.kernel.flops,
            elements: node.kernel.bytes(elementBytes: 1)))
        return kernels.count - 1
      }
      entries.append(
        Entry(
          model: model.name, stage: entry.stage, height: entry.size.height,
          width: entry.size.width, guidance: entry.guidance, batch: entry.batch,
          sequence: sequence))
    }
  }

  /// How many kernels and entries it lists.
  public var count: (kernels: Int, entries: Int) { (kernels.count, entries.count) }

  /// The file's bytes.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}
