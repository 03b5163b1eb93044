public import Cluster
public import EventEngine

/// Drops what a failure destroyed.
public struct DropLost: Recovery {
  static let entry = PolicyEntry(
    .recovery, "drop", summary: "queries that lose work to a failure are dropped"
  ) { _ in .success(.recovery(DropLost())) }

  /// The policy.
  public init() {}

  /// Never.
  public func isRetried(_ query: QueryView, failures: Int, at now: SimulationTime) -> Bool { false }
}
