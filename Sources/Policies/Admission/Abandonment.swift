package import Cluster

/// Every query is accepted, and leaves where its deadline passes before its service begins.
package struct Abandonment: Admission {
  static let entry = PolicyEntry(
    .admission, "abandon",
    summary: "accepts every query; one that still waits at its deadline leaves",
    reference: "Palm, Ericsson Technics 1 (1957); Garnett, Mandelbaum, Reiman, M&SOM 4 (2002)"
  ) { _ in .success(.admission(Abandonment())) }

  /// The policy.
  package init() {}

  /// True.
  package var abandonsAtDeadline: Bool { true }

  /// Accepts.
  package func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision { .accept }
}
