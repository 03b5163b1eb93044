public import Cluster
public import EventEngine

/// Earliest deadline first.
public struct EarliestDeadlineFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "edf", summary: "earliest deadline first",
    reference: "Liu, Layland, J. ACM 20 (1973)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { .success(.discipline(EarliestDeadlineFirst(Preemption($0)))) }

  let preemption: Preemption

  init(_ preemption: Preemption) { self.preemption = preemption }

  /// The policy, without preemption.
  public init() { self.init(.never) }

  /// The deadline.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.deadline.nanoseconds)
  }

  /// As chosen.
  public var isPreemptive: Bool { preemption.isOn }

  /// Where the running query's deadline is behind by more than the margin.
  public func preempts(
    _ waiting: QueryView, _ running: QueryView, at now: SimulationTime
  ) -> Bool {
    preemption.takes(priority(of: waiting, at: now), placeOf: priority(of: running, at: now))
  }
}
