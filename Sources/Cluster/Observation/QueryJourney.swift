public import EventEngine
import LatencyProfiles
public import Workload

/// What a query is going through: states that exclude each other, from its arrival to its end.
public enum QueryState: Int, CaseIterable, BitwiseCopyable, Sendable {
  /// In a queue, and not served there yet.
  case waiting
  /// In a queue again: preempted, lost to a failure, or to be made again by another model.
  case displaced
  /// Its accelerator waits for the weights that it needs.
  case loading
  /// Its prompt is encoded.
  case encode
  /// Its steps run, with the policy's looks at its latent and what the policy adds before the first step.
  case denoise
  /// Its latent is decoded.
  case decode
  /// An image of it is post-processed.
  case postProcess
  /// Between two devices or nodes, or waiting for a link that takes one transfer at a time.
  case handOff
  /// In a batch and not worked on: encoded ahead, done before the others, or its accelerator encodes or decodes
  /// other queries.
  case batchWait
  /// Waits for a core, or for the cores to be done with others of its batch.
  case coreWait
  /// A full hand-off buffer blocks its accelerator.
  case blocked

  /// The word in databases.
  public var name: String {
    switch self {
    case .waiting: "waiting"
    case .displaced: "displaced"
    case .loading: "loading"
    case .encode: "encode"
    case .denoise: "denoise"
    case .decode: "decode"
    case .postProcess: "post_process"
    case .handOff: "hand_off"
    case .batchWait: "batch_wait"
    case .coreWait: "core_wait"
    case .blocked: "blocked"
    }
  }

  /// That of work on a stage.
  init(of stage: Stage) {
    self =
      switch stage {
      case .encode: .encode
      case .denoise: .denoise
      case .decode: .decode
      case .postProcess: .postProcess
      }
  }
}

/// The time in each state.
public struct StateTimes: Hashable, BitwiseCopyable, Sendable {
  private var nanoseconds = InlineArray<11, Int64>(repeating: 0)

  /// No time in any state.
  public init() {}

  /// The time in a state.
  public subscript(_ state: QueryState) -> SimulationDuration {
    get { SimulationDuration(nanoseconds: nanoseconds[state.rawValue]) }
    set { nanoseconds[state.rawValue] = newValue.nanoseconds }
  }

  /// Whether both have the same time in each state.
  public static func == (a: StateTimes, b: StateTimes) -> Bool {
    QueryState.allCases.allSatisfy { a[$0] == b[$0] }
  }

  /// Feeds the time in each state.
  public func hash(into hasher: inout Hasher) {
    for state in QueryState.allCases { hasher.combine(self[state]) }
  }

  /// The time in all states together.
  public var total: SimulationDuration {
    QueryState.allCases.reduce(.zero) { $0 + self[$1] }
  }
}

/// What happened to a query on its way, told along the part that finished last; of a query that did not complete, along
/// the first of its parts that did not.
public struct QueryJourney: Hashable, BitwiseCopyable, Sendable {
  /// The query.
  public var query: QueryID
  /// The time in each state; all together the query's latency, to the nanosecond.
  public var times: StateTimes
  /// The model that made the images, or was to.
  public var model: ModelID
  /// The worker that did a stage last, or whose node's cores did it, by `Stage.index`; -1 where none did.
  public var workers: SIMD4<Int32>
  /// Evaluations that were lost to failures, in the mean over the query's parts.
  public var evaluationsLost: Double
  /// How often its images were made again by another model.
  public var resubmissions: Int
  /// Images in its batch, in the mean over its evaluations; nil where there were none.
  public var batchImagesMean: Double?
  /// The largest number of images in its batch; 0 where it was not denoised.
  public var batchImagesMaximum: Int
}
