extension DiffusionModel {
  /// Stable Diffusion 1.5 (`stable-diffusion-v1-5`, unet/config.json and text_encoder/config.json).
  public static let sd15 = Self(
    name: "sd15", title: "Stable Diffusion 1.5", nativeSide: 512, textEncoders: [.clipL],
    unet: UNet(
      channels: [320, 640, 1280, 1280], depths: [1, 1, 1, 0], heads: [8, 8, 8, 8],
      contextWidth: 768))
}
