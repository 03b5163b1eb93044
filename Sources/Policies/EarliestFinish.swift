public import Cluster
public import EventEngine

/// The worker on which the query is predicted to finish first.
public struct EarliestFinish: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "earliest-finish",
    summary: "the worker on which the query is predicted to finish first; knows unequal devices",
    reference: "Minimum completion time: Maheswaran et al., J. Parallel Distrib. Comput. 59 (1999)"
  ) { _ in .success(.dispatcher(EarliestFinish())) }

  /// The policy.
  public init() {}

  /// Ties go to the first worker.
  public mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    cluster.best(for: query) { cluster.predictedFinish(of: query, on: $0.id).nanoseconds }
  }
}
