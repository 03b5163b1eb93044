public import Cluster
public import EventEngine

/// First come, first served.
public struct FirstComeFirstServed: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "fcfs", summary: "first come, first served"
  ) { _ in .success(.discipline(FirstComeFirstServed())) }

  /// The policy.
  public init() {}

  /// The arrival: a part that returns to a queue keeps its place.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.arrival.nanoseconds)
  }
}
