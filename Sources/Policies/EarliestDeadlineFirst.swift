public import Cluster
public import EventEngine

/// Earliest deadline first.
public struct EarliestDeadlineFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "edf", summary: "earliest deadline first",
    reference: "Liu, Layland, J. ACM 20 (1973)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { Preemption.made(by: $0) { EarliestDeadlineFirst($0) } }

  /// By rank, at step boundaries.
  public let preemption: Preemption

  /// The policy; by default without preemption.
  public init(_ preemption: Preemption = .never) { self.preemption = preemption }

  /// The deadline.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.deadline.nanoseconds)
  }
}
