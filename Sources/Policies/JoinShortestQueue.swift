public import Cluster
public import EventEngine

/// The worker that holds the fewest images, waiting or in service.
public struct JoinShortestQueue: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "join-shortest-queue",
    summary: "the worker that holds the fewest images, waiting or in service",
    reference: "Winston, J. Appl. Probab. 14 (1977)"
  ) { _ in .success(.dispatcher(JoinShortestQueue())) }

  /// The policy.
  public init() {}

  /// Ties go to the first worker.
  public mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    cluster.best(for: query) { Int64($0.queuedImages + $0.runningImages) }
  }
}

extension ClusterView {
  /// The worker with the smallest cost among those that take the query; ties go to the first.
  func best(for query: QueryView, _ cost: (WorkerView) -> Int64) -> WorkerID {
    var best: (id: WorkerID, cost: Int64)?
    // By index: a copy of each view would retain its lists of models.
    for index in workers.indices where workers[index].takes(query) {
      let cost = cost(workers[index])
      if let best, best.cost <= cost { continue }
      best = (workers[index].id, cost)
    }
    return best?.id ?? WorkerID(rawValue: 0)
  }
}
