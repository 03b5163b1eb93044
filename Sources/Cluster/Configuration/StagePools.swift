public import LatencyProfiles

/// Disaggregated stages: which accelerators do which of encode, denoise and decode. Queries go through the
/// pools in order; a cluster whose nodes do all stages is one pool.
public struct StagePools: Hashable, Sendable {
  /// The stages of each pool, in order.
  public let stages: [[Stage]]
  /// The pool of each node.
  public let poolOfNode: [Int]

  /// The stages that accelerators may do.
  public static let acceleratorStages: [Stage] = [.encode, .denoise, .decode]

  /// Why nodes do not form a chain of pools.
  public struct Fault: Error, Hashable, Sendable {
    /// Index of the node to point at.
    public var node: Int
    /// What is wrong.
    public var what: String
    /// What would be right.
    public var hint: String
  }

  /// The pools of nodes that do `stages` each, by node and in the order of stages.
  ///
  /// - Throws: a stage that no node does, or that two different pools do.
  public init(nodes: [[Stage]]) throws(Fault) {
    var pools: [[Stage]] = []
    for (index, stages) in nodes.enumerated() where !pools.contains(stages) {
      for stage in stages {
        guard let other = pools.first(where: { $0.contains(stage) }) else { continue }
        throw Fault(
          node: index,
          what: "\(stage.rawValue) is in two pools: this node does \(Self.text(stages)), another "
            + Self.text(other),
          hint: "nodes that share a stage must do the same stages")
      }
      pools.append(stages)
    }
    pools.sort { ($0.first?.index ?? 0) < ($1.first?.index ?? 0) }
    let covered = pools.flatMap { $0 }
    for stage in Self.acceleratorStages where !covered.contains(stage) {
      throw Fault(
        node: 0, what: "no node's accelerators \(stage.rawValue)",
        hint: "give a node 'stages' with \(stage.rawValue), or leave 'stages' away")
    }
    guard covered == Self.acceleratorStages else {
      let odd = pools.first { $0.count == 2 && $0[1].index - $0[0].index > 1 } ?? []
      throw Fault(
        node: nodes.firstIndex(of: odd) ?? 0,
        what: "a query would leave this pool and come back: it does \(Self.text(odd))",
        hint: "stages that follow one another make a pool")
    }
    stages = pools
    poolOfNode = nodes.map { node in pools.firstIndex(of: node) ?? 0 }
  }

  private static func text(_ stages: [Stage]) -> String {
    stages.map(\.rawValue).joined(separator: " and ")
  }

  /// Nodes of each pool.
  var nodesOfPool: [[Int]] {
    stages.indices.map { pool in poolOfNode.indices.filter { poolOfNode[$0] == pool } }
  }
}
