/// A latent-diffusion model: the networks that serving one image runs.
public struct DiffusionModel: Sendable, Hashable {
  /// Its name in scenarios and profiles, `sd15` for one.
  public var name: String
  /// In words, with the version whose published configuration it follows.
  public var title: String
  /// Height and width, in pixels, of the images that it was trained for.
  public var nativeSide: Int
  /// All of a prompt's encoders are run.
  public var textEncoders: [TextEncoder]
  /// The denoising network.
  public var unet: UNet
  /// Latent to pixels.
  public var decoder = VAEDecoder()

  /// Pixels of an image for one of the latent, along each axis.
  public static let pixelsPerLatent = 8

  /// Image heights and widths must be multiples of this.
  public var sizeMultiple: Int { unet.latentMultiple * Self.pixelsPerLatent }

  /// What a size would have to be; nil where images of that many pixels can be made.
  public func sizeFault(height: Int, width: Int) -> String? {
    let isFine = [height, width].allSatisfy { (1...8192).contains($0) && $0 % sizeMultiple == 0 }
    return isFine
      ? nil : "height and width of a \(name) image are multiples of \(sizeMultiple), at most 8192"
  }

  /// Passes that encode the prompts of so many images; guidance adds an empty prompt for each.
  public func encode(images: Int, guidance: Bool) -> [OperatorGraph] {
    textEncoders.map { $0.graph(batch: images * (guidance ? 2 : 1)) }
  }

  /// One denoising step of so many images; guidance doubles the network's batch.
  public func denoise(images: Int, height: Int, width: Int, guidance: Bool) -> [OperatorGraph] {
    let side = Self.pixelsPerLatent
    return [
      unet.graph(
        batch: images * (guidance ? 2 : 1), height: height / side, width: width / side)
    ]
  }

  /// Passes that turn the latents of so many images into pixels.
  public func decode(images: Int, height: Int, width: Int) -> [OperatorGraph] {
    let (height, width) = (height / Self.pixelsPerLatent, width / Self.pixelsPerLatent)
    return [
      decoder.postQuantization(batch: images, height: height, width: width),
      decoder.graph(batch: images, height: height, width: width),
    ]
  }
}
