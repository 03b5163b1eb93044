package import Cluster
package import EventEngine

/// Turns away what cannot meet its deadline: at arrival, and again before service starts.
package struct DropHopeless: Admission {
  static let entry = PolicyEntry(
    .admission, "drop-hopeless",
    summary: "drops a query that is predicted to be late, at arrival and before its service",
    reference: "Early drop: Gujarati et al. (Clockwork), OSDI 2020",
    parameters: [
      PolicyParameter(
        "margin", .duration, default: .duration(.zero),
        "how late a query may be predicted to be and still be served")
    ]
  ) { .success(.admission(DropHopeless(margin: $0.duration("margin")))) }

  let margin: SimulationDuration

  /// Queries predicted to be late by no more than `margin` are still served.
  package init(margin: SimulationDuration) { self.margin = margin }

  /// True.
  package var rechecksBeforeService: Bool { true }

  /// Drops where the earliest predicted finish over all workers is too late.
  package func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision {
    isWorthwhile(query, finish: cluster.earliestFinish(of: query))
      ? .accept : .drop(.hopelessAtArrival)
  }

  /// Whether `finish` is no later than the deadline and the margin.
  package func isWorthwhile(_ query: QueryView, finish: SimulationTime) -> Bool {
    finish <= query.deadline + margin
  }
}
