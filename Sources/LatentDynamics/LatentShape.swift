/// The shape of a latent: channels x height x width, row by row.
public struct LatentShape: Hashable, Sendable {
  /// Channels; 4 in Stable Diffusion.
  public let channels: Int
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A shape; all above zero.
  public init(channels: Int = 4, height: Int, width: Int) {
    precondition(channels > 0 && height > 0 && width > 0, "an empty latent")
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The latent of an image: an eighth of it in each direction (Stable Diffusion's autoencoder).
  public init(imageHeight: Int, imageWidth: Int) {
    self.init(height: max(imageHeight / 8, 1), width: max(imageWidth / 8, 1))
  }

  /// Values of one channel.
  public var plane: Int { height * width }
  /// Values of the latent.
  public var count: Int { channels * plane }
}
