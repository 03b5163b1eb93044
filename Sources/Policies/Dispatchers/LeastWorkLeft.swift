package import Cluster
package import EventEngine

/// The worker with the least predicted work left.
package struct LeastWorkLeft: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "least-work-left",
    summary: "the worker whose queue and service hold the least predicted time",
    reference: "Harchol-Balter, Crovella, Murta, J. Parallel Distrib. Comput. 59 (1999)"
  ) { _ in .success(.dispatcher(LeastWorkLeft())) }

  /// The policy.
  package init() {}

  /// Ties go to the first worker.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    cluster.best(for: query) { cluster.workers[$0].workLeft(at: cluster.now).nanoseconds }
  }
}
