public import Cluster
public import EventEngine

/// Serves what a failure destroyed again, from the start.
public struct RetryLost: Recovery {
  static let entry = PolicyEntry(
    .recovery, "retry",
    summary: "queries that lose work to a failure are served again from the start",
    parameters: [
      PolicyParameter(
        "attempts", .integer(1...1_000_000), default: .integer(1_000_000),
        "how often a query is started again before it is dropped")
    ]
  ) { .success(.recovery(RetryLost(attempts: $0.integer("attempts")))) }

  let attempts: Int

  /// So many times a query is started again.
  public init(attempts: Int) { self.attempts = attempts }

  /// Until the attempts are used up.
  public func isRetried(_ query: QueryView, failures: Int, at now: SimulationTime) -> Bool {
    failures <= attempts
  }
}
