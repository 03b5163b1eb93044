import Cluster
package import EventEngine

/// A batch starts when it is full or has waited long enough, and stays together to its end.
///
/// A query that needs fewer steps than the rest stops early, which makes the remaining steps cheaper,
/// and leaves with the batch.
package struct StaticBatching: BatchFormation {
  static let entry = PolicyEntry(
    .batching, "static",
    summary: "a batch starts when full or after a wait, and stays together to its end",
    parameters: [
      PolicyParameter(
        "images", .integer(1...1024), default: .integer(4), "most images in a batch; Assumed"),
      PolicyParameter(
        "wait", .duration, default: .duration(.zero),
        "longest wait for a full batch, from the arrival of its first query at the queue"),
    ]
  ) { arguments in
    let (images, wait) = (arguments.integer("images"), arguments.duration("wait"))
    if images == 1, wait > .zero {
      return .failure(.init("wait", "a batch of one image is full at once: 'wait' has no effect"))
    }
    return .success(.batching(StaticBatching(images: images, wait: wait)))
  }

  let images: Int
  let wait: SimulationDuration

  /// At most `images` images, started after `wait` at the latest.
  package init(images: Int, wait: SimulationDuration) {
    self.images = images
    self.wait = wait
  }

  /// The limit.
  package var maximumImages: Int? { images }
  /// The longest wait.
  package var maximumWait: SimulationDuration { wait }
}
