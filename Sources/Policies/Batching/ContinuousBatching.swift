import Cluster

/// Queries join and leave a running batch at step boundaries.
package struct ContinuousBatching: BatchFormation {
  static let entry = PolicyEntry(
    .batching, "continuous",
    summary: "queries join and leave a running batch between steps",
    reference: "Iteration-level scheduling: Yu et al. (Orca), OSDI 2022",
    parameters: [
      PolicyParameter(
        "images", .integer(1...1024), default: .integer(4), "most images in a batch; Assumed")
    ]
  ) { .success(.batching(ContinuousBatching(images: $0.integer("images")))) }

  let images: Int

  /// At most `images` images at a time.
  package init(images: Int) { self.images = images }

  /// The limit.
  package var maximumImages: Int? { images }
  /// True.
  package var joinsBetweenSteps: Bool { true }
}
