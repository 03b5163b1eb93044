package import Cluster
package import EventEngine

/// The class with the smallest priority first; within a class, first come, first served.
package struct PriorityDiscipline: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "priority",
    summary:
      "the class with the smallest 'priority' first; within a class, first come, first served",
    reference: "Cobham, Oper. Res. 2 (1954)", parameters: [Preemption.switchParameter]
  ) { .success(.discipline(PriorityDiscipline(Preemption($0, hasMargin: false)))) }

  /// True.
  package var readsPriority: Bool { true }

  /// By rank, at step boundaries.
  package let preemption: Preemption

  /// The policy; by default without preemption.
  package init(_ preemption: Preemption = .never) { self.preemption = preemption }

  /// The class's priority.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: Int64(query.priority))
  }
}
