/// What a query asks for, but for prompt, time and class: those of one kind take the same time.
public struct QueryKind: Hashable, BitwiseCopyable, Sendable {
  /// The model asked for.
  public let model: ModelID
  /// Size of its images.
  public let size: ImageSize
  /// Number of images.
  public let images: Int32
  /// Denoising steps asked for.
  public var steps: Int32

  /// A kind from its parts.
  package init(model: ModelID, size: ImageSize, images: Int32, steps: Int32) {
    self.model = model
    self.size = size
    self.images = images
    self.steps = steps
  }
}

extension Query {
  /// What it asks for.
  public var kind: QueryKind {
    QueryKind(model: model, size: size, images: images, steps: steps)
  }
}
