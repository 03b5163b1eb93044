extension DiffusionModel {
  /// SD-Turbo (`sd-turbo`): Stable Diffusion 2.1's networks, distilled to 1 to 4 steps at 512 x 512.
  public static let sdTurbo = {
    var model = sd21
    model.name = "sd-turbo"
    model.title = "SD-Turbo"
    model.nativeSide = 512
    return model
  }()
}
