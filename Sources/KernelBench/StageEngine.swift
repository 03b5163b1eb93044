public import DiffusionModels
public import LatencyProfiles

/// Makes stages ready to be run again and again by one thread: the one that makes and runs them.
public final class StageEngine {
  private let engine: OneDNN

  /// - Throws: where oneDNN is not there.
  public init() throws(KernelBenchError) {
    engine = try OneDNN(library: OneDNNLibrary(), threads: 1)
  }

  /// A stage of a model for a batch; of post-processing, for one image whatever the batch.
  public func stage(
    _ stage: Stage, of model: DiffusionModel, size: LatencyProfile.ImageSize, guidance: Bool,
    batch: Int
  ) throws(KernelBenchError) -> PreparedStage {
    if stage == .postProcess {
      return PreparedStage(.png(PNGEncoder(height: size.height, width: size.width)))
    }
    let graphs = model.graphs(stage, size: size, guidance: guidance, batch: batch)
    return PreparedStage(.networks(try FullPass(graphs, on: engine)))
  }
}

/// A stage as a server runs it, kernel by kernel. Not for several threads.
public final class PreparedStage {
  private let stage: FullStage

  init(_ stage: FullStage) { self.stage = stage }

  /// Runs it once.
  ///
  /// - Parameter latents: of each image, row by row, all channels of a pixel together; where the stage reads none,
  ///   they are ignored, and without any it reads what it read before.
  public func run(latents: [[Float]] = []) throws(KernelBenchError) {
    if !latents.isEmpty, case .networks(let pass) = stage { pass.setLatents(latents) }
    try stage.run()
  }
}
