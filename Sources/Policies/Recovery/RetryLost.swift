import Cluster

extension RetryLost {
  static let entry = PolicyEntry(
    .recovery, "retry",
    summary: "queries that lose work to a failure are served again from the start",
    parameters: [
      PolicyParameter(
        "attempts", .integer(1...1_000_000), default: .integer(RetryLost.defaultAttempts),
        "how often a query is started again before it is dropped (Assumed)")
    ]
  ) { .success(.recovery(RetryLost(attempts: $0.integer("attempts")))) }
}
