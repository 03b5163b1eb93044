package import Cluster
package import EventEngine

/// Least slack first.
package struct LeastSlackFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "least-slack", summary: "least slack first", reference: "Mok, MIT (1983)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { Preemption.made(by: $0) { LeastSlackFirst($0) } }

  /// By rank, at step boundaries.
  package let preemption: Preemption

  /// The policy; by default without preemption.
  package init(_ preemption: Preemption = .never) { self.preemption = preemption }

  /// True.
  package var readsRemaining: Bool { true }

  /// Slack = deadline - now - predicted remaining time on the worker in question. The rank leaves the present out: slack
  /// falls for all waiting queries alike, so that the order of two never changes.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: (query.deadline - query.predictedRemaining).nanoseconds)
  }
}
