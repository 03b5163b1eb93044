import DiffusionModels
public import Foundation
import LatencyProfiles

/// The kernels of a plan as a file, for a harness that drives another device.
public struct BenchManifest: Sendable, Codable {
  /// The version of the format.
  public static let schemaVersion = 2

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
    /// The stage's forward passes, in order: several where a model has several text encoders.
    var passes: [Pass]
  }

  /// An ``OperatorGraph`` in short: which kernel reads which tensors.
  struct Pass: Sendable, Codable {
    /// Batch, height, width and channels of every tensor.
    var tensors: [[Int]]
    /// Indices of the tensors that come from outside.
    var inputs: [Int]
    /// Index of the tensor that the pass computes.
    var output: Int
    /// In the order of execution, each with weights of its own: index of the kernel, of the tensor that it
    /// writes, and of those that it reads.
    var nodes: [[Int]]
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
      let passes = entry.graphs.map { graph in
        Pass(
          tensors: graph.tensors.map { [$0.batch, $0.height, $0.width, $0.channels] },
          inputs: graph.inputs.map(\.index), output: graph.output.index,
          nodes: graph.nodes.map { node in
            [index(of: node.kernel, &place), node.output.index] + node.inputs.map(\.index)
          })
      }
      entries.append(
        Entry(
          model: model.name, stage: entry.stage, height: entry.size.height,
          width: entry.size.width, guidance: entry.guidance, batch: entry.batch, passes: passes))
    }
  }

  /// The place of a kernel in the list, where it is added if it is new.
  private mutating func index(of kernel: Kernel, _ place: inout [Kernel: Int]) -> Int {
    if let known = place[kernel] { return known }
    place[kernel] = kernels.count
    kernels.append(
      Item(
        kernel: kernel.description, operation: kernel, flops: kernel.flops,
        elements: kernel.bytes(elementBytes: 1)))
    return kernels.count - 1
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
