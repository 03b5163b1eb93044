package import Cluster

/// A batch grows as long as all its queries are predicted to be on time, and starts at once.
package struct DeadlineBatching: BatchFormation {
  static let entry = PolicyEntry(
    .batching, "deadline-aware",
    summary: "the largest batch with which all its queries are on time, started at once",
    reference: "Gujarati et al., Serving DNNs like Clockwork, OSDI 2020",
    parameters: [
      PolicyParameter(
        "images", .integer(1...1024), default: .integer(16),
        "most images in a batch; published: 16")
    ]
  ) { .success(.batching(DeadlineBatching(images: $0.integer("images")))) }

  let images: Int

  /// At most `images` images.
  package init(images: Int) { self.images = images }

  /// The limit.
  package var maximumImages: Int? { images }
  /// True.
  package var mayRefuse: Bool { true }
  /// While nobody would be late.
  package func mayJoin(_ query: QueryView, _ batch: BatchView) -> Bool {
    batch.finish <= batch.deadline
  }
}
