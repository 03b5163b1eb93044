extension DiffusionModel {
  /// Stable Diffusion 1.5's architecture in small: a tenth of the channels, a latent of 16 x 16, a text encoder and a decoder to
  /// match. It has no trained weights and makes no picture; a step takes one core milliseconds, so that all of its
  /// stages can be run on a small machine. Its widths are Assumed: multiples of the 32 groups of a normalisation.
  public static let sd15Mini = Self(
    name: "sd15-mini", title: "Stable Diffusion 1.5 in small", nativeSide: 128,
    textEncoders: [
      TextEncoder(name: "clip-mini", width: 128, layers: 4, heads: 4, activation: .quickGELU)
    ],
    unet: UNet(
      channels: [32, 64, 128, 128], depths: [1, 1, 1, 0], heads: [8, 8, 8, 8], contextWidth: 128),
    decoder: VAEDecoder(channels: [32, 32, 32, 32]))
}
