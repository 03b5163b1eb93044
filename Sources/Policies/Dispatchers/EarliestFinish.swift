package import Cluster
package import EventEngine

/// The worker on which the query is predicted to finish first.
package struct EarliestFinish: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "earliest-finish",
    summary: "the worker on which the query is predicted to finish first; knows unequal devices",
    reference: "Minimum completion time: Maheswaran et al., J. Parallel Distrib. Comput. 59 (1999)"
  ) { _ in .success(.dispatcher(EarliestFinish())) }

  /// The policy.
  package init() {}

  /// Ties go to the first worker.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    // Workers of a node stand together and serve alike.
    var known: (node: NodeID, service: SimulationDuration)?
    return cluster.best(for: query) { index in
      let node = cluster.workers[index].node
      if known?.node != node {
        known = (node, cluster.predictedService(of: query, on: cluster.workers[index].id))
      }
      let work = cluster.workers[index].workLeft(at: cluster.now)
      return (work + (known?.service ?? .zero)).nanoseconds
    }
  }
}
