package import Cluster
package import EventEngine

/// Shortest predicted service first; who is in service stays there.
package struct ShortestJobFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "sjf", summary: "shortest predicted service first; psjf also preempts",
    reference: "Smith, Nav. Res. Logist. Q. 3 (1956)"
  ) { _ in .success(.discipline(ShortestJobFirst())) }

  /// The policy.
  package init() {}

  /// The predicted service time on the device that is fastest for the query, from medians.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.predictedService.nanoseconds)
  }
}
