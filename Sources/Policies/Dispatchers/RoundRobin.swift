package import Cluster
package import EventEngine

/// Workers in turn.
package struct RoundRobin: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "round-robin", summary: "workers in turn"
  ) { _ in .success(.dispatcher(RoundRobin())) }

  private var next = 0

  /// Starting with the first worker.
  package init() {}

  /// The next worker in turn that takes the query.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    let count = cluster.workers.count
    for offset in 0..<count {
      let candidate = (next + offset) % count
      if cluster.workers[candidate].takes(query) {
        next = (candidate + 1) % count
        return cluster.workers[candidate].id
      }
    }
    return cluster.workers[next].id
  }
}
