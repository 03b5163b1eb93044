import EventEngine
package import Workload

/// What queries cost the workers of a cluster, from which load and capacity follow.
package struct OfferedWork: Sendable {
  private let cluster: ClusterConfiguration
  private let pools: StagePools
  private let times: ServiceTimes
  private let models: [String]
  private let options: ServingOptions
  /// Models that the same nodes serve are one group: by model its number, by group which nodes they are.
  private let group: [Int]
  private let servers: [[Bool]]
  private var known = Memo<QueryKind, [Double]>()
  /// Seconds of each group's queries on a worker of each node.
  private var sums: [[Double]]
  /// Queries added, weights counted.
  private var queries = 0.0
  /// Those of the kind added last, whose cost is not in `sums` yet.
  private var run: (kind: QueryKind, queries: Double)?

  /// No work yet; `models` are the names of the queries' models.
  package init(
    cluster: ClusterConfiguration, times: ServiceTimes, models: [String], options: ServingOptions
  ) {
    self.cluster = cluster
    pools = cluster.pools
    self.times = times
    self.models = models
    self.options = options
    let served = models.map { model in
      cluster.nodes.map { $0.models?.contains(model) ?? true }
    }
    servers = served.indices.filter { served.firstIndex(of: served[$0]) == $0 }.map { served[$0] }
    group = served.map { [servers] in servers.firstIndex(of: $0) ?? 0 }
    sums = servers.map { [Double](repeating: 0, count: $0.count) }
  }

  /// Adds a query of a kind, or a number of them, or their share in a mix.
  package mutating func add(_ kind: QueryKind, _ number: Double = 1) {
    queries += number
    if run?.kind == kind {
      run?.queries += number
    } else {
      settle()
      run = (kind, number)
    }
  }

  /// The baseline's capacity, by the definition of load: queries per second that the cluster can serve, the sum over
  /// workers of 1 / (mean service time at the batch limit, medians, the mix of what was added); with several pools, that
  /// of the slowest. 0 where nothing takes time.
  ///
  /// Where nodes serve some models alone, no set of models may need more than the workers that serve any of them have
  /// (Hall's condition; exact where a node is as much faster than another for all models).
  package var capacity: Double {
    var settled = self
    settled.settle()
    let groups = servers.indices.filter { settled.sums[$0].contains { $0 > 0 } }
    return Self.sets(of: groups).compactMap { settled.capacity(of: $0) }.min() ?? 0
  }

  /// Most groups of which all sets are looked at; Assumed.
  private static let maximumGroups = 10

  /// All sets of some groups but the empty one; of too many, each alone and all together.
  private static func sets(of groups: [Int]) -> [[Int]] {
    guard groups.count <= maximumGroups else { return groups.map { [$0] } + [groups] }
    return (1..<(1 << groups.count)).map { set in
      groups.indices.filter { set & (1 << $0) != 0 }.map { groups[$0] }
    }
  }

  /// Queries of the whole mix a second that the workers who serve any of these groups leave room for; nil where no
  /// time is spent.
  private func capacity(of set: [Int]) -> Double? {
    var totals = [Double](repeating: 0, count: pools.stages.count)
    for node in cluster.nodes.indices where set.contains(where: { servers[$0][node] }) {
      let seconds = set.reduce(0) { $0 + self.seconds($1, on: node) }
      guard seconds > 0 else { continue }
      totals[pools.poolOfNode[node]] +=
        Double(cluster.nodes[node].accelerators) * queries / seconds
    }
    return totals.filter { $0 > 0 }.min()
  }

  /// Seconds of a group's queries on a node, whether it serves them or not: how fast it is; where it has no times of
  /// them, the mean of those of its pool that have.
  private func seconds(_ group: Int, on node: Int) -> Double {
    if sums[group][node] > 0 || servers[group][node] { return sums[group][node] }
    let others = cluster.nodes.indices.filter {
      servers[group][$0] && pools.poolOfNode[$0] == pools.poolOfNode[node]
    }
    return others.reduce(0) { $0 + sums[group][$1] } / Double(max(others.count, 1))
  }

  private mutating func settle() {
    guard let run else { return }
    let seconds = known.value(of: run.kind) { [cluster, times, models, options] in
      Self.seconds(
        run.kind, of: models, on: cluster.nodes.indices, times: times, options: options)
    }
    let group = group[Int(run.kind.model.rawValue)]
    for (node, seconds) in seconds.enumerated() { sums[group][node] += seconds * run.queries }
    self.run = nil
  }

  /// What a query of this kind costs a worker of each node; empty for a shape without times.
  private static func seconds(
    _ kind: QueryKind, of models: [String], on nodes: Range<Int>, times: ServiceTimes,
    options: ServingOptions
  ) -> [Double] {
    let shape = Shape(model: models[Int(kind.model.rawValue)], size: kind.size)
    guard let id = times.id(of: shape) else { return [] }
    return nodes.map { node in
      times.amortisedTime(
        node: NodeID(rawValue: Int32(node)), shape: id, images: Int(kind.images),
        evaluations: Int(kind.steps), options: options
      ).seconds
    }
  }
}
