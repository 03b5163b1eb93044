package import Cluster

/// Every query is served, however late.
package struct AcceptAll: Admission {
  static let entry = PolicyEntry(
    .admission, "all", summary: "every query is served, however late"
  ) { _ in .success(.admission(AcceptAll())) }

  /// The policy.
  package init() {}

  /// True.
  package var admitsAll: Bool { true }

  /// Accepts.
  package func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision { .accept }
}
