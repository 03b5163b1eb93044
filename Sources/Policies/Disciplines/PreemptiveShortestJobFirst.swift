package import Cluster
package import EventEngine

/// Shortest predicted service first, preempting: whatever is left of a running query, its whole service counts.
package struct PreemptiveShortestJobFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "psjf",
    summary: "shortest predicted service first, also before a running query, between its steps",
    reference: "Wierman, Harchol-Balter, Osogami, SIGMETRICS 2005",
    parameters: [Preemption.marginParameter]
  ) { .success(.discipline(PreemptiveShortestJobFirst(margin: $0.duration("margin")))) }

  /// By rank, at step boundaries.
  package let preemption: Preemption

  /// A running query gives its place up to one that is shorter by more than `margin`.
  package init(margin: SimulationDuration = .zero) {
    preemption = Preemption(isOn: true, margin: margin.nanoseconds)
  }

  /// The predicted service time, from medians, as ``ShortestJobFirst``.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.predictedService.nanoseconds)
  }
}
