extension DiffusionModel {
  /// SDXL base 1.0 (`stable-diffusion-xl-base-1.0`, unet/config.json and both text encoders').
  public static let sdxl = Self(
    name: "sdxl", title: "Stable Diffusion XL 1.0", nativeSide: 1024,
    textEncoders: [.clipL, .openCLIPBigG],
    unet: UNet(
      channels: [320, 640, 1280], depths: [0, 2, 10], heads: [5, 10, 20], contextWidth: 2048,
      addedWidth: 2816, linearProjections: true))
}
