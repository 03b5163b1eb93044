package import Cluster
package import EventEngine

/// A worker at random.
package struct RandomDispatch: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "random", summary: "a worker at random, all equally likely"
  ) { _ in .success(.dispatcher(RandomDispatch())) }

  /// The policy.
  package init() {}

  /// Any worker that takes the query.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    let takers = cluster.workers.filter { $0.takes(query) }
    let choices = takers.isEmpty ? cluster.workers : takers
    return choices[stream.index(below: choices.count)].id
  }
}
