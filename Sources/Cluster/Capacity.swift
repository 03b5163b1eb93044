import EventEngine
import Workload

/// The baseline's capacity, by the definition of load.
public struct Capacity: Sendable {
  /// Queries per second that the cluster can serve: sum over workers of
  /// 1 / (mean service time at the batch limit, medians, this stream's mix); with several pools, that of
  /// the slowest.
  public let queriesPerSecond: Double

  /// Capacity of the cluster for a stream's mix under given options.
  ///
  /// - Complexity: O(queries x nodes).
  public init(
    cluster: ClusterConfiguration, times: ServiceTimes, stream: QueryStream,
    options: ServingOptions
  ) {
    let pools = cluster.pools
    let nodes = cluster.nodes.indices
    var count = 0
    var sums = [Double](repeating: 0, count: nodes.count)
    var known = Memo<QueryKind, [Double]>()
    for query in stream {
      count += 1
      let seconds = known.value(of: query.kind) {
        Self.seconds(query.kind, of: stream.models, on: nodes, times: times, options: options)
      }
      guard !seconds.isEmpty else { continue }
      for node in nodes { sums[node] += seconds[node] }
    }
    var totals = [Double](repeating: 0, count: pools.stages.count)
    for node in nodes where sums[node] > 0 {
      totals[pools.poolOfNode[node]] +=
        Double(cluster.nodes[node].accelerators) * Double(count) / sums[node]
    }
    queriesPerSecond = totals.filter { $0 > 0 }.min() ?? 0
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
