extension DiffusionModel {
  /// Stable Diffusion 2.1 (`stable-diffusion-2-1`, unet/config.json and text_encoder/config.json).
  public static let sd21 = Self(
    name: "sd21", title: "Stable Diffusion 2.1", nativeSide: 768, textEncoders: [.openCLIPH],
    unet: UNet(
      channels: [320, 640, 1280, 1280], depths: [1, 1, 1, 0], heads: [5, 10, 20, 20],
      contextWidth: 1024, linearProjections: true))
}
