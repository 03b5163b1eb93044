package import Cluster
package import EventEngine

/// Earliest deadline first.
package struct EarliestDeadlineFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "edf", summary: "earliest deadline first",
    reference: "Liu, Layland, J. ACM 20 (1973)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { Preemption.made(by: $0) { EarliestDeadlineFirst($0) } }

  /// By rank, at step boundaries.
  package let preemption: Preemption

  /// The policy; by default without preemption.
  package init(_ preemption: Preemption = .never) { self.preemption = preemption }

  /// The deadline.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.deadline.nanoseconds)
  }
}
