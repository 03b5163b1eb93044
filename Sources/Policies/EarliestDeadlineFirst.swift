public import Cluster
public import EventEngine

/// Earliest deadline first.
public struct EarliestDeadlineFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "edf", summary: "earliest deadline first",
    reference: "Liu, Layland, J. ACM 20 (1973)"
  ) { _ in .success(.discipline(EarliestDeadlineFirst())) }

  /// The policy.
  public init() {}

  /// The deadline.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.deadline.nanoseconds)
  }
}
