package import Cluster
package import EventEngine

/// Drops what a failure destroyed.
package struct DropLost: Recovery {
  static let entry = PolicyEntry(
    .recovery, "drop", summary: "queries that lose work to a failure are dropped"
  ) { _ in .success(.recovery(DropLost())) }

  /// The policy.
  package init() {}

  /// Never.
  package func isRetried(_ query: QueryView, failures: Int, at now: SimulationTime) -> Bool {
    false
  }
}
