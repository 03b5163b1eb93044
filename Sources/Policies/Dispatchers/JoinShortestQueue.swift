package import Cluster
package import EventEngine

/// The worker that holds the fewest images, waiting or in service.
package struct JoinShortestQueue: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "join-shortest-queue",
    summary: "the worker that holds the fewest images, waiting or in service",
    reference: "Winston, J. Appl. Probab. 14 (1977)"
  ) { _ in .success(.dispatcher(JoinShortestQueue())) }

  /// The policy.
  package init() {}

  /// Ties go to the first worker.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    cluster.best(for: query) {
      Int64(cluster.workers[$0].queuedImages + cluster.workers[$0].runningImages)
    }
  }
}

extension ClusterView {
  /// The worker with the smallest cost, given its index, among those that take the query; ties go to the first.
  func best(for query: QueryView, _ cost: (Int) -> Int64) -> WorkerID {
    var best: (index: Int, cost: Int64)?
    // By index: a copy of each view would retain its lists of models.
    for index in workers.indices where workers[index].takes(query) {
      let cost = cost(index)
      if let best, best.cost <= cost { continue }
      best = (index, cost)
    }
    return workers[best?.index ?? 0].id
  }
}
