public import Cluster

/// Every query is served, however late.
public struct AcceptAll: Admission {
  static let entry = PolicyEntry(
    .admission, "all", summary: "every query is served, however late"
  ) { _ in .success(.admission(AcceptAll())) }

  /// The policy.
  public init() {}

  /// True.
  public var admitsAll: Bool { true }

  /// Accepts.
  public func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision { .accept }
}
