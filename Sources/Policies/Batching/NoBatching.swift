import Cluster

/// One query at a time, all its images together.
package struct NoBatching: BatchFormation {
  static let entry = PolicyEntry(
    .batching, "none", summary: "one query at a time, all its images together"
  ) { _ in .success(.batching(NoBatching())) }

  /// The policy.
  package init() {}

  /// Nil: a query is its own batch.
  package var maximumImages: Int? { nil }
}
