public import EventEngine
public import LatencyProfiles

/// Where the time of a stage on a device comes from.
public enum StageTimeSource: Sendable {
  /// Medians (and residuals) of a profile.
  case profile(StageLatencyModel)
  /// A distribution of the time of one batch (of one evaluation, for denoising), in seconds,
  /// whatever the batch holds: the servers of queueing theory.
  case synthetic(Distribution)
  /// The stage does not exist here and takes no time.
  case absent
}

/// A kind of device: where each stage's time comes from.
public struct Device: Sendable {
  /// Time source of each stage, by `Stage.index`.
  public var stages: [StageTimeSource]

  /// A device with a profile for every stage.
  public init(profile: StageLatencyModel) {
    stages = Stage.allCases.map { _ in .profile(profile) }
  }

  /// A device on which only the given stages exist, with synthetic times.
  public init(synthetic: [Stage: Distribution]) {
    stages = Stage.allCases.map { stage in synthetic[stage].map { .synthetic($0) } ?? .absent }
  }

  /// Whether a stage exists here.
  package func has(_ stage: Stage) -> Bool {
    if case .absent = stages[stage.index] { false } else { true }
  }
}

/// A link between the accelerators and the CPU pool of a node, or between nodes.
public struct Link: Hashable, Sendable {
  /// Bytes per second, above 0 (infinity allowed).
  public var bytesPerSecond: Double
  /// Time of an empty transfer.
  public var latency: SimulationDuration
  /// Whether transfers go one after the other, in order; else each has the whole bandwidth.
  public var isShared: Bool
  /// A link from its parts.
  public init(bytesPerSecond: Double, latency: SimulationDuration, isShared: Bool = false) {
    self.bytesPerSecond = bytesPerSecond
    self.latency = latency
    self.isShared = isShared
  }

  /// Takes no time.
  public static let instant = Link(bytesPerSecond: .infinity, latency: .zero)

  /// bytes / bandwidth + latency.
  public func time(bytes: Int) -> SimulationDuration {
    SimulationDuration(seconds: Double(bytes) / bytesPerSecond) + latency
  }
}

/// What a look at a query's latent costs a worker.
public struct LatentProbe: Hashable, Sendable {
  /// Seconds for each value of a latent.
  public var secondsPerValue: Double
  /// Whether the latent is handed over to the host, which computes the entropy.
  public var isOnHost: Bool
  /// A look from its parts.
  public init(secondsPerValue: Double, isOnHost: Bool) {
    self.secondsPerValue = secondsPerValue
    self.isOnHost = isOnHost
  }
}

/// One node: accelerators (one worker each) and a CPU pool.
public struct NodeConfiguration: Sendable {
  /// Unique in the cluster.
  public var name: String
  /// Number of accelerators, at least 1.
  public var accelerators: Int
  /// What they are.
  public var accelerator: Device
  /// Every time on these accelerators is this many times the profile's; 1 = nominal.
  public var slowFactor: Double
  /// CPU cores in the pool, at least 1.
  public var cores: Int
  /// What one core is: it works on one prompt or one image at a time.
  public var cpu: Device
  /// Between accelerators and CPU pool.
  public var link: Link
  /// What a look at a latent costs; nil = nothing.
  public var probe: LatentProbe?
  /// The stages that its accelerators do, in order.
  public var stages: [Stage]
  /// Names of the models that its accelerators serve; nil = all.
  public var models: [String]?
  /// On the way to the next pool's nodes.
  public var network: Link
  /// When it fails.
  public var failures = NodeFailures.none
  /// When its accelerators are slow.
  public var stragglers: Stragglers?
  /// Memory of each accelerator; nil = enough for everything, and every model is there.
  public var memory: AcceleratorMemory?
  /// Whether weights come over ``link``, and take turns with its transfers where it is shared.
  public var loadsOverLink = false
  /// What a task of each stage takes of the CPU pool, by `Stage.index`.
  public var cpuTasks = [CPUTask](repeating: CPUTask(), count: Stage.allCases.count)
  /// How accelerators and cores slow each other down; nil = they do not.
  public var interference: Interference?
  /// What an accelerator's step takes longer after a pause or a batch of another size; nil = nothing.
  public var coldCaches: ColdCaches?
  /// Time from an accelerator's activation to its service.
  public var startup = SimulationDuration.zero
  /// What each accelerator draws while it is active; nil = not said.
  public var power: Power?
  /// What each core draws; nil = not said.
  public var corePower: Power?
  /// Price of an active accelerator for an hour, in the currency of the scenario; nil = not said.
  public var pricePerHour: Double?

  /// A node from its parts.
  public init(
    name: String, accelerators: Int, accelerator: Device, slowFactor: Double = 1, cores: Int,
    cpu: Device, link: Link, probe: LatentProbe? = nil,
    stages: [Stage] = StagePools.acceleratorStages, models: [String]? = nil,
    network: Link = .instant
  ) {
    self.name = name
    self.accelerators = accelerators
    self.accelerator = accelerator
    self.slowFactor = slowFactor
    self.cores = cores
    self.cpu = cpu
    self.link = link
    self.probe = probe
    self.stages = stages
    self.models = models
    self.network = network
  }

  /// The stages that fall to its CPU pool: where a query is denoised, but for the last, where it is decoded.
  package func cpuStages(under placement: Placement) -> [Stage] {
    Stage.allCases.filter { stage in
      placement.isOnCPU(stage) && stages.contains(stage == .postProcess ? .decode : .denoise)
    }
  }
}

/// When a query is bound to a worker.
public enum QueueBinding: Hashable, Sendable {
  /// Late: one queue, and a free worker takes the next query.
  case central
  /// Early: the dispatcher picks a worker's queue at arrival; an idle worker may steal.
  case perWorker(stealing: Bool)
}

/// The datacenter.
public struct ClusterConfiguration: Sendable {
  /// Its nodes, in the order of the scenario; never empty.
  public var nodes: [NodeConfiguration]
  /// Central or per-worker queues.
  public var binding: QueueBinding
  /// What several accelerators of a node are worth to one query.
  public var parallelism = SpeedupCurve.published
  /// Models that have another's latencies.
  public var latencyModels: [String: String] = [:]
  /// Models that are run without guidance, whatever queries ask for.
  public var unguidedModels: Set<String> = []

  /// A cluster from its parts.
  public init(nodes: [NodeConfiguration], binding: QueueBinding) {
    self.nodes = nodes
    self.binding = binding
  }

  /// Its pools.
  ///
  /// - Precondition: the nodes' stages make a chain (``StagePools/init(nodes:)`` throws if not).
  public var pools: StagePools {
    do {
      return try StagePools(nodes: nodes.map(\.stages))
    } catch {
      preconditionFailure(error.what)
    }
  }

  /// Accelerators over all nodes.
  public var workerCount: Int { nodes.reduce(0) { $0 + $1.accelerators } }
}
