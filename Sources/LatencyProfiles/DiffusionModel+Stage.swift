public import DiffusionModels

extension DiffusionModel {
  /// The passes that a stage runs for so many images; none for post-processing.
  public func graphs(
    _ stage: Stage, size: LatencyProfile.ImageSize, guidance: Bool, batch: Int
  ) -> [OperatorGraph] {
    switch stage {
    case .encode: encode(images: batch, guidance: guidance)
    case .denoise:
      denoise(images: batch, height: size.height, width: size.width, guidance: guidance)
    case .decode: decode(images: batch, height: size.height, width: size.width)
    case .postProcess: []
    }
  }
}
