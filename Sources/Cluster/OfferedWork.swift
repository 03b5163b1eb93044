import EventEngine
package import Workload

/// What queries cost the workers of a cluster, from which load and capacity follow.
package struct OfferedWork: Sendable {
  private let cluster: ClusterConfiguration
  private let pools: StagePools
  private let times: ServiceTimes
  private let models: [String]
  private let options: ServingOptions
  private var known = Memo<QueryKind, [Double]>()
  /// Seconds a worker of each node.
  private var sums: [Double]
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
    sums = [Double](repeating: 0, count: cluster.nodes.count)
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
  package var capacity: Double {
    var settled = self
    settled.settle()
    var totals = [Double](repeating: 0, count: pools.stages.count)
    for node in cluster.nodes.indices where settled.sums[node] > 0 {
      totals[pools.poolOfNode[node]] +=
        Double(cluster.nodes[node].accelerators) * queries / settled.sums[node]
    }
    return totals.filter { $0 > 0 }.min() ?? 0
  }

  private mutating func settle() {
    guard let run else { return }
    let seconds = known.value(of: run.kind) { [cluster, times, models, options] in
      Self.seconds(
        run.kind, of: models, on: cluster.nodes.indices, times: times, options: options)
    }
    for (node, seconds) in seconds.enumerated() { sums[node] += seconds * run.queries }
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
