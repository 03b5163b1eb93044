public import Cluster
public import EventEngine

/// Least slack first.
public struct LeastSlackFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "least-slack", summary: "least slack first", reference: "Mok, MIT (1983)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { .success(.discipline(LeastSlackFirst(Preemption($0)))) }

  let preemption: Preemption

  init(_ preemption: Preemption) { self.preemption = preemption }

  /// The policy, without preemption.
  public init() { self.init(.never) }

  /// Deadline - predicted service. Slack also falls with time, but for all waiting queries alike, so the order of two never changes and the rank is fixed.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: (query.deadline - query.predictedService).nanoseconds)
  }

  /// As chosen.
  public var isPreemptive: Bool { preemption.isOn }

  /// Where the running query's slack is behind by more than the margin.
  public func preempts(
    _ waiting: QueryView, _ running: QueryView, at now: SimulationTime
  ) -> Bool {
    preemption.takes(priority(of: waiting, at: now), placeOf: priority(of: running, at: now))
  }
}
