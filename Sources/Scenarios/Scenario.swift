public import Cluster
public import Diagnostics
public import EventEngine
public import LatencyProfiles
public import LatentDynamics
public import Workload

/// A scenario file as typed values, its profiles read and its policies made.
public struct Scenario: Sendable {
  /// Path of the file, as the user gave it.
  public var path: String
  /// The file's text, stored with every run.
  public var text: String
  /// The `--set` options in effect, `path=value`.
  public var overrides: [String]
  /// Its name.
  public var name: String
  /// What queries ask for where a trace does not say.
  public var query: QueryDefaults
  /// What is said of models.
  package var models: ModelPlan
  /// What is said of service classes, in the order of the file.
  public var classes: [ServiceClass]
  /// Which queries arrive when.
  public var workload: WorkloadPlan
  /// The datacenter.
  public var cluster: ClusterConfiguration
  /// The profiles in use, each once, in order of first use.
  public var profiles: [ProfileUse]
  /// The policies, in the order of the file.
  public var policies: [PolicySet]
  /// How the file writes them.
  package var policyOrigins: [PolicyOrigin]
  /// The trajectory table that policies see latents by and quality is judged by; nil without one.
  public var latents: LatentsUse?
  /// When quality counts as kept.
  public var quality: QualityPlan
  /// Points of a comparison; nil = the scenario is one point.
  public var experiment: ExperimentPlan?
  /// How often, with which seed.
  public var run: RunPlan
  /// What theory says of it.
  package var oracles: [Oracle]
  /// Where each node's profiles are named, for faults that only the workload brings to light.
  var profilePlaces: [ProfilePlace: Diagnostic.Location]
  /// Where each node's memory is given, and its models.
  var memoryPlaces: [String: Diagnostic.Location]
  var modelPlaces: [String: Diagnostic.Location]
  /// Where each policy's steps are chosen.
  var stepPlaces: [String: Diagnostic.Location]
  /// Whether a node's profile is `auto`: this machine's own, of the scenario's model and size.
  package var hasOwnProfile: Bool
  /// `count` of each element of `cluster.nodes`.
  var nodeCounts: [Int]
  /// Where the workload stands: a grid's points have their own.
  package var workloadPath = "workload"
  /// Where each value is given, by its path.
  var places: [String: Diagnostic.Location]

  struct ProfilePlace: Hashable, Sendable {
    let node: String
    let isCPU: Bool
  }

  /// A fault of what a node's profile holds, at the line that names the profile.
  public func profileFault(
    node: String, isCPU: Bool, _ what: String, hint: String
  ) -> Diagnostic {
    let place = profilePlaces[ProfilePlace(node: node, isCPU: isCPU)] ?? .init(file: path)
    return located(place, what, hint: hint)
  }

  /// A fault of a node's memory, at the line that gives it.
  public func memoryFault(node: String, _ what: String, hint: String) -> Diagnostic {
    located(memoryPlaces[node] ?? .init(file: path), what, hint: hint)
  }

  /// A fault of the models that a node serves, at the line that names them.
  public func modelFault(node: String, _ what: String, hint: String) -> Diagnostic {
    located(modelPlaces[node] ?? .init(file: path), what, hint: hint)
  }

  /// A fault of a policy's steps, at the line that chooses them.
  public func stepsFault(policy: String, _ what: String, hint: String) -> Diagnostic {
    located(stepPlaces[policy] ?? .init(file: path), what, hint: hint)
  }

  func located(_ place: Diagnostic.Location, _ what: String, hint: String) -> Diagnostic {
    let source =
      place.file == path ? SourceLines.line(place.line, of: SourceLines.split(text)) : nil
    return Diagnostic(.badInput, at: place, what, hint: hint, sourceLine: source)
  }

  /// Whether the file or an option gives a value, by its path; `*` stands for any key or index.
  package func isGiven(_ path: String) -> Bool { !given(path).isEmpty }

  /// The paths given that fit one in which `*` stands for any key or index, in order.
  package func given(_ path: String) -> [String] {
    guard path.contains("*") else { return places[path] == nil ? [] : [path] }
    let parts = path.split(separator: ".")
    return places.keys.filter { given in
      let own = given.split(separator: ".")
      return own.count == parts.count && zip(own, parts).allSatisfy { $1 == "*" || $0 == $1 }
    }.sorted()
  }

  /// How many nodes an element of `cluster.nodes` stands for.
  package func copies(ofNode index: Int) -> Int {
    nodeCounts.indices.contains(index) ? nodeCounts[index] : 1
  }

  /// A fault of the values at these paths, or within them: where an option gives one, else where the file gives the first.
  package func fault(of paths: String..., what: String, hint: String) -> Diagnostic {
    let options = places.filter { path, place in
      place.file != self.path && paths.contains { path == $0 || path.hasPrefix($0 + ".") }
    }
    let place =
      options.min { $0.key < $1.key }?.value ?? paths.lazy.compactMap { places[$0] }.first
    return located(place ?? .init(file: path), what, hint: hint)
  }

  /// The policy of this name, or nil.
  public func policy(_ name: String) -> PolicySet? { policies.first { $0.name == name } }
}

/// What holds for queries where the trace does not say.
public struct QueryDefaults: Hashable, Sendable {
  /// Name of the model.
  public var model: String
  /// Image size.
  public var size: ImageSize
  /// Denoising steps.
  public var steps: Int
  /// Images a query.
  public var images: Int
  /// Classifier-free guidance.
  public var guidance: Bool
  /// The share of a schedule's steps, its first ones, that are guided, where there is guidance.
  public var guidedSteps: Double
  /// The service-level objective.
  public var slo: SLO

  /// A service-level objective.
  public enum SLO: Hashable, Sendable {
    /// A multiple of the query's standalone latency on the fastest device.
    case scale(Double)
    /// A fixed time.
    case time(SimulationDuration)
    /// Drawn for each query, in seconds.
    case drawn(Distribution)
  }
}

/// A class of queries with an objective or a rank of its own.
public struct ServiceClass: Sendable {
  /// Its name in the trace or the mix.
  public var name: String
  /// Its objective; nil = that of all queries. An experiment's SLO scales do not change it.
  public var slo: QueryDefaults.SLO?
  /// Its rank: the smallest goes first, where a policy looks at it.
  public var priority: Int32
  /// The rank of queries whose class is not listed, and of those of no class: behind every listed one.
  package static let lastPriority = Int32.max
  /// Where the file names it.
  public var location: Diagnostic.Location
}

/// Which queries arrive when.
public struct WorkloadPlan: Hashable, Sendable {
  /// A trace file or an arrival process.
  public enum Source: Hashable, Sendable {
    /// Path of the file found, and what to read of it.
    case trace(path: String, format: String?, options: TraceOptions)
    /// A process, how long or how many, and what its queries ask for.
    case generated(ArrivalProcess, QueryMix, duration: SimulationDuration?, count: Int?)
  }

  /// How a load is reached.
  public enum LoadMethod: String, Hashable, Sendable {
    /// Arrival times are compressed.
    case time
    /// Shifted copies of the trace are laid over each other.
    case superpose
  }

  /// Min-max rescaling of the rate curve.
  public struct Rescale: Hashable, Sendable {
    /// Rate of the quietest bin, per second.
    public var minimum: Double
    /// Rate of the busiest bin, per second.
    public var maximum: Double
    /// Width of a bin.
    public var bin: SimulationDuration
  }

  /// Where arrivals come from.
  public var source: Source
  /// Whether every query asks for the scenario's model, whatever the trace says.
  public var ignoresTraceModels: Bool
  /// Whether every query asks for the scenario's steps, whatever the trace says.
  public var ignoresTraceSteps: Bool
  /// Whether every query has the scenario's objective, or its class's, whatever the trace says.
  public var ignoresTraceSLOs: Bool
  /// Start and length of the part to replay; nil = all.
  public var window: Window?
  /// Length of the blocks that each replication draws from the trace; nil = it is replayed as it is.
  public var resampleBlock: SimulationDuration?
  /// Compression of arrival times, 1 = none.
  public var rateScale: Double
  /// Min-max rescaling, if any.
  public var rescale: Rescale?
  /// Offered work as a fraction of the baseline's capacity; nil = as it comes.
  public var load: Double?
  /// How the load is reached.
  public var loadMethod: LoadMethod

  /// A part of a trace.
  public struct Window: Hashable, Sendable {
    /// Start, in the trace's own time.
    public var from: SimulationDuration
    /// Length; nil = to the end.
    public var length: SimulationDuration?
  }
}

/// Points of a comparison, and what is judged there.
public struct ExperimentPlan: Sendable {
  /// Offered loads, as fractions of the baseline's capacity.
  public var loads: [Double]
  /// SLO scales.
  public var sloScales: [Double]
  /// Workloads by name.
  public var workloads: [(name: String, plan: WorkloadPlan)]
  /// Policies that are held against the published claims.
  public var claims: [String]
  /// Entropy policies that get controls.
  public var controls: [String]
}

/// A trajectory table and where it came from.
public struct LatentsUse: Sendable {
  /// The table.
  public var table: TrajectoryTable
  /// Path of its file.
  public var path: String
}

/// When quality counts as kept.
public struct QualityPlan: Hashable, Sendable {
  /// Convergence score that every query's images must reach; nil = none is asked for.
  public var floor: Double?
  /// Largest relative rise of the perceptual score over the baseline's. Assumed: 0.02.
  public var margin: Double
  /// The full schedule whose 5th percentile of convergence is the worst that is allowed. Assumed: 25
  /// steps.
  public var referenceSteps: Int

  /// A plan from its parts.
  public init(floor: Double? = nil, margin: Double = 0.02, referenceSteps: Int = 25) {
    self.floor = floor
    self.margin = margin
    self.referenceSteps = referenceSteps
  }
}

/// How often and with which seed.
public struct RunPlan: Hashable, Sendable {
  /// Name of the policy that others are compared with.
  public var baseline: String
  /// Seed of all random numbers.
  public var seed: UInt64
  /// Independent runs a policy.
  public var replications: Int
  /// Most replications that ``precision`` may ask for.
  public var maximumReplications: Int
  /// An interval's longer side over the mean, which the headline metrics must reach; nil = `replications` are enough.
  public var precision: Double?
  /// What is deleted from the start of a run.
  public var warmup: Warmup
  /// End of a run; nil = when the last query has ended.
  public var horizon: SimulationDuration?
  /// Whether policies are held against what is possible: a bound, and the best schedule known.
  public var bounds = false
}

/// What is deleted from the start of a run, where it has not settled.
public enum Warmup: Hashable, Sendable {
  /// Queries that arrive earlier are not counted.
  case fixed(SimulationDuration)
  /// Found in each replication, by MSER-5.
  case mser5
}

/// A profile and where it is used.
public struct ProfileUse: Sendable {
  /// The profile.
  public var profile: LatencyProfile
  /// Path of its file.
  public var path: String
  /// Nodes and parts that use it, such as `gpu accelerators`.
  public var uses: [String]
}
