/// The models that this program knows, the sole list of them.
public enum ModelRegistry {
  /// In the order in which they are shown.
  public static let models: [DiffusionModel] = [.sd15, .sd21, .sdTurbo, .sdxl, .sd15Mini]

  /// The model of this name.
  public static func model(named name: String) -> DiffusionModel? {
    models.first { $0.name == name }
  }
}
