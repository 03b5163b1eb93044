public import EventEngine
public import LatencyProfiles
import Workload

/// When a node fails and for how long.
public enum NodeFailures: Hashable, Sendable {
  /// Never.
  case none
  /// After exponential times of service, for exponential times of repair, with these means.
  case random(meanTimeBetween: SimulationDuration, meanRepair: SimulationDuration)
  /// At these times, in order and apart.
  case listed([Outage])

  /// A time in which a node is not there.
  public struct Outage: Hashable, Sendable {
    /// When it fails.
    public var start: SimulationTime
    /// How long it takes to be repaired; what it did is lost.
    public var repair: SimulationDuration
    /// An outage from its parts.
    public init(start: SimulationTime, repair: SimulationDuration) {
      self.start = start
      self.repair = repair
    }
  }
}

/// Spells in which an accelerator is slow: exponential times apart and long, with these means.
public struct Stragglers: Hashable, Sendable {
  /// Mean time from the end of one spell to the next.
  public var meanTimeBetween: SimulationDuration
  /// Mean length of a spell.
  public var meanLength: SimulationDuration
  /// What multiplies the times of work that begins in a spell.
  public var factor: Double
  /// Spells from their parts.
  public init(
    meanTimeBetween: SimulationDuration, meanLength: SimulationDuration, factor: Double
  ) {
    self.meanTimeBetween = meanTimeBetween
    self.meanLength = meanLength
    self.factor = factor
  }
}

/// The memory of an accelerator, and what models need of it.
public struct AcceleratorMemory: Hashable, Sendable {
  /// Bytes.
  public var capacity: Double
  /// Where weights come from; one transfer at a time.
  public var source: Link
  /// Bytes of each model's weights, by name.
  public var weights: [String: Double]
  /// Bytes of activations for each pixel of the images of a batch, by name.
  public var activationsPerPixel: [String: Double]
  /// Models that are there at the start, as far as they fit, in this order; after a failure they are not.
  public var preloaded: [String]
  /// A memory from its parts.
  public init(
    capacity: Double, source: Link, weights: [String: Double],
    activationsPerPixel: [String: Double], preloaded: [String] = []
  ) {
    self.capacity = capacity
    self.source = source
    self.weights = weights
    self.activationsPerPixel = activationsPerPixel
    self.preloaded = preloaded
  }

  /// Most images of a shape beside its model's weights; negative where not even these fit.
  public func maximumImages(of shape: Shape) -> Int {
    let left = capacity - (weights[shape.model] ?? 0)
    guard left >= 0 else { return -1 }
    let each = activations(of: shape)
    return each > 0 ? Int(min(left / each, 1e9)) : .max
  }

  /// Bytes of activations for one image.
  public func activations(of shape: Shape) -> Double {
    (activationsPerPixel[shape.model] ?? 0) * Double(shape.size.height) * Double(shape.size.width)
  }
}

/// Cores that one task of a CPU stage takes.
public struct CPUTask: Hashable, Sendable {
  /// Cores, at least 1.
  public var cores: Int
  /// The profile's time over the time on that many cores.
  public var speedup: Double
  /// What the speedup rests on, and with it the task's time; `measured`, which weakens nothing, where it is 1.
  public var basis: TimeBasis
  /// A task from its parts.
  public init(cores: Int = 1, speedup: Double = 1, basis: TimeBasis = .assumed) {
    self.cores = cores
    self.speedup = speedup
    self.basis = speedup == 1 ? .measured : basis
  }
}

/// What an accelerator or a core draws.
public struct Power: Hashable, Sendable {
  /// Watts without work.
  public var idle: Double
  /// Watts at work.
  public var busy: Double
  /// Power from its parts.
  public init(idle: Double, busy: Double) {
    self.idle = idle
    self.busy = busy
  }
}
