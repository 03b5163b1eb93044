public import Cluster

/// One query at a time, all its images together.
public struct NoBatching: BatchFormation {
  static let entry = PolicyEntry(
    .batching, "none", summary: "one query at a time, all its images together"
  ) { _ in .success(.batching(NoBatching())) }

  /// The policy.
  public init() {}

  /// Nil: a query is its own batch.
  public var maximumImages: Int? { nil }
}
