public import DiffusionModels
public import LatencyProfiles

/// What a bench measures.
public struct BenchPlan: Sendable {
  /// The entries that the profile will have, in its order.
  public var entries: [Entry]
  /// Threads of every kernel but PNG encoding, which has one.
  public var threads: Int
  /// Of weights and activations.
  public var precision: Precision
  /// Seconds that the timings of one kernel may take.
  public var secondsPerKernel: Double
  /// Seconds that the runs of one whole stage may take.
  public var secondsPerStage: Double
  /// Numbers of cores on which the stages of CPU pools are timed too, executed whole.
  public var coreCounts: [Int] = []
  /// Least number of timings of a kernel, and of a stage on each number of cores.
  public var minimumRepetitions: Int
  /// How many of the costliest kernels are measured where not all are.
  public static let costliest = 20
  /// Fewer timings than these say too little of how a latency scatters.
  public static let residualRepetitions = 20

  /// One entry of the profile to come.
  public struct Entry: Sendable {
    /// The model; nil for post-processing, which is any model's.
    public var model: DiffusionModel?
    /// The stage.
    public var stage: Stage
    /// Image height and width in pixels; 0 for encoding, which serves any.
    public var size: LatencyProfile.ImageSize
    /// With guidance or without; nil where the stage does not depend on it.
    public var guidance: Bool?
    /// Images.
    public var batch: Int
    /// What of it is measured.
    public var extent: Extent
    /// How often the stage is executed whole at least; 0 = never.
    public var wholeRuns: Int

    /// Names the entry in a resume file.
    var title: String {
      let mode = guidance.map { $0 ? " guided" : " unguided" } ?? ""
      return "\(model?.name ?? "any model") \(stage.rawValue) \(size)\(mode) batch \(batch)"
    }

    /// The passes of the networks; none for post-processing.
    public var graphs: [OperatorGraph] {
      model?.graphs(stage, size: size, guidance: guidance ?? false, batch: batch) ?? []
    }
  }

  /// How much of an entry is measured.
  public enum Extent: Sendable, Hashable {
    /// Every distinct kernel.
    case all
    /// The costliest kernels; the others are scaled from the same entry at batch 1.
    case costliest
  }

  /// A plan for one or more models.
  ///
  /// - Parameters:
  ///   - sizes: in pixels; nil = each model's own.
  ///   - batches: images, at least 1 each.
  ///   - isQuick: batch 1 in full, larger ones by their costliest kernels, few repetitions, and few
  ///     whole steps; else everything in full, with every stage executed whole.
  public init(
    models: [DiffusionModel], sizes: [LatencyProfile.ImageSize]?, batches: [Int], isQuick: Bool,
    threads: Int, precision: Precision = .f32
  ) {
    self.threads = threads
    self.precision = precision
    secondsPerKernel = isQuick ? 0.08 : 3
    secondsPerStage = isQuick ? 8 : 60
    minimumRepetitions = isQuick ? 3 : 7
    entries = []
    for model in models {
      let own = LatencyProfile.ImageSize(height: model.nativeSide, width: model.nativeSide)
      for batch in batches {
        for stage in [Stage.encode, .denoise, .decode] {
          let sizes = stage == .encode ? [.init(height: 0, width: 0)] : sizes ?? [own]
          for size in sizes {
            for guidance in stage.dependsOnGuidance ? [false, true] : [nil] {
              entries.append(
                Entry(
                  model: model, stage: stage, size: size, guidance: guidance, batch: batch,
                  extent: isQuick && batch > 1 ? .costliest : .all,
                  wholeRuns: Self.wholeRuns(
                    stage, isGuided: guidance ?? false, batch: batch, isQuick: isQuick)
                ))
            }
          }
        }
      }
    }
    let shown = sizes ?? models.map { .init(height: $0.nativeSide, width: $0.nativeSide) }
    for size in Set(shown).sorted() {
      entries.append(
        Entry(
          model: nil, stage: .postProcess, size: size, guidance: nil, batch: 1, extent: .all,
          wholeRuns: Self.residualRepetitions))
    }
  }

  /// Batch 1 shows how its latency scatters; larger batches only that their sums hold. A quick bench
  /// has the time for encoding, which is short, and for few unguided steps.
  private static func wholeRuns(
    _ stage: Stage, isGuided: Bool, batch: Int, isQuick: Bool
  ) -> Int {
    if batch > 1 { return isQuick ? 0 : 1 }
    if !isQuick || stage == .encode { return residualRepetitions }
    return stage == .denoise && !isGuided ? 1 : 0
  }
}
