public import Cluster
public import EventEngine

/// Least slack first.
public struct LeastSlackFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "least-slack", summary: "least slack first", reference: "Mok, MIT (1983)"
  ) { _ in .success(.discipline(LeastSlackFirst())) }

  /// The policy.
  public init() {}

  /// Deadline - predicted service. Slack also falls with time, but for all waiting queries alike, so the order of two never changes and the rank is fixed.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: (query.deadline - query.predictedService).nanoseconds)
  }
}
