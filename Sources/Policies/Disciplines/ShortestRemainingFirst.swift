package import Cluster
package import EventEngine

/// Shortest predicted remaining time first, preempting between steps.
package struct ShortestRemainingFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "srpt",
    summary:
      "shortest predicted remaining time first, also before a running query, between its steps",
    reference: "Schrage, Miller, Oper. Res. 14 (1966)",
    parameters: [Preemption.marginParameter]
  ) { .success(.discipline(ShortestRemainingFirst(margin: $0.duration("margin")))) }

  /// By rank, at step boundaries.
  package let preemption: Preemption

  /// A running query gives its place up to one of which less is left, by more than `margin`.
  package init(margin: SimulationDuration = .zero) {
    preemption = Preemption(isOn: true, margin: margin.nanoseconds)
  }

  /// True.
  package var readsRemaining: Bool { true }

  /// The predicted remaining time on the worker in question, from medians.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.predictedRemaining.nanoseconds)
  }
}
