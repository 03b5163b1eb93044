package import Cluster
package import EventEngine

/// First come, first served.
package struct FirstComeFirstServed: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "fcfs", summary: "first come, first served"
  ) { _ in .success(.discipline(FirstComeFirstServed())) }

  /// The policy.
  package init() {}

  /// The arrival: a part that returns to a queue keeps its place.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.arrival.nanoseconds)
  }
}
