/// A part of a query's life on a device, in the order in which a query passes through them.
public enum Stage: String, CaseIterable, Sendable, Codable, Hashable {
  /// Prompt to text embedding; does not depend on the image's size.
  case encode
  /// One denoising step of the whole batch; under guidance it runs the network twice an image.
  case denoise
  /// Latent to pixels.
  case decode
  /// Pixels to an image file.
  case postProcess = "post-process"

  /// Place in the order of the stages, 0 to 3: an index for dense arrays.
  public var index: Int {
    switch self {
    case .encode: 0
    case .denoise: 1
    case .decode: 2
    case .postProcess: 3
    }
  }

  /// Whether the latency depends on classifier-free guidance, which doubles prompts and passes.
  public var dependsOnGuidance: Bool { self == .encode || self == .denoise }
}
