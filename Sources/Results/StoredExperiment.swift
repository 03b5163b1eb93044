import LatencyProfiles

/// What identifies an experiment: its content, never when or where it ran.
public struct StoredExperiment: Hashable, Sendable {
  /// Hash of the scenario, overrides, seed, profiles and program version.
  public var id: String
  /// Hash of what its runs depend on: the same for experiments whose runs of one policy and replication
  /// are the same, however many there are and whatever they are compared with.
  public var content: String
  /// The scenario's name.
  public var name: String
  /// The scenario's text.
  public var scenario: String
  /// What was set beside the scenario's text, in order: the last of a path is in effect.
  public var settings: [Setting]
  /// Its place in a grid; nil for one alone.
  public var point: ExperimentPoint?
  /// Seed of all random numbers.
  public var seed: UInt64
  /// Replications a policy.
  public var replications: Int
  /// Replications asked for: fewer than there are where a precision asked for more.
  public var asked: Int
  /// The policy that others are compared with.
  public var baseline: String
  /// Names of the policies, the baseline first; empty in databases before schema 3.
  public var policies: [String]
  /// Version of the program.
  public var version: String
  /// Factor that the load took; nil where no load was asked for.
  public var loadFactor: Double?
  /// Offered work as a fraction of the baseline's capacity.
  public var offeredLoad: Double?
  /// What a reader must know: rows skipped, rescaling, derived latencies, kinds of intervals.
  package var notes: [Note]
  /// The profiles in use.
  public var profiles: [StoredProfile]
  /// The load that was asked for; nil where none was.
  public var loadAsked: Double?
  /// The SLO as a multiple of a query's standalone latency; nil where it is a time.
  public var sloScale: Double?
  /// The SLO as a time, in seconds; nil where it is a multiple or drawn for each query, and in databases before
  /// schema 13.
  public var sloSeconds: Double?
  /// Hash of the rows replayed; nil for generated arrivals, and in databases before schema 7.
  public var trace: String?
  /// Hash of the trajectory table; nil without one, and in databases before schema 7.
  public var latents: String?
  /// Identity of the program that made its runs, of its provenance; nil where nobody said. It is no part of what the
  /// experiment is: ids and hashes do not know it.
  public var program: String?
  /// How its runs came about.
  public var execution = Execution.simulated
  /// What its policies build on; empty in databases before schema 4.
  public var origins: [StoredOrigin]

  /// Hash of what the points of one comparison have in common: scenario, seed, program version, trace, trajectory
  /// table, profiles, policies, baseline and replications asked for.
  public var comparisonHash: String {
    var hash = ContentHash()
    let parts = [name, scenario, "\(seed)", version, baseline, "\(asked)"] + policies
    // No two live runs are comparisons of the same.
    let own = execution == .live ? [id] : []
    let inputs = profiles.map(\.hash) + [trace, latents].compactMap { $0 }
    for part in parts + inputs + own { hash.add("\(part.utf8.count):\(part)") }
    return hash.hex
  }

  /// The same for a grid, whose workloads have traces of their own, and whose controls have other policies and
  /// baselines than its comparisons.
  public var gridHash: String {
    var grid = self
    grid.trace = nil
    if point?.controlsOf != nil { (grid.policies, grid.baseline) = ([], "") }
    return grid.comparisonHash
  }

  /// Where it stands among others, in words.
  public var place: String {
    ([name] + [point?.text].compactMap(\.self) + settings.map(\.description)).joined(
      separator: ", ")
  }

  /// An experiment from its parts.
  package init(
    id: String, content: String, name: String, scenario: String, settings: [Setting] = [],
    seed: UInt64,
    replications: Int, baseline: String, policies: [String] = [], version: String,
    loadFactor: Double?,
    offeredLoad: Double?, notes: [Note], profiles: [StoredProfile],
    point: ExperimentPoint? = nil, origins: [StoredOrigin] = []
  ) {
    self.id = id
    self.content = content
    self.name = name
    self.scenario = scenario
    self.settings = settings
    self.point = point
    self.seed = seed
    self.replications = replications
    asked = replications
    self.baseline = baseline
    self.policies = policies
    self.version = version
    self.loadFactor = loadFactor
    self.offeredLoad = offeredLoad
    self.notes = notes
    self.profiles = profiles
    sloScale = point?.sloScale
    self.origins = origins
  }
}

/// How a run came about.
public enum Execution: String, Hashable, Sendable {
  /// Simulated, and so the same whenever it is repeated.
  case simulated
  /// Served for real by the machine that it ran on.
  case live
}

/// How a scenario writes a policy.
public struct StoredOrigin: Hashable, Sendable {
  /// Name of the policy.
  public var policy: String
  /// The policy that it extends; nil for one of its own.
  public var parent: String?
  /// What it changes of that.
  public var change: String

  /// An origin from its parts.
  public init(policy: String, parent: String?, change: String) {
    self.policy = policy
    self.parent = parent
    self.change = change
  }
}

/// A profile as stored with an experiment.
public struct StoredProfile: Hashable, Sendable {
  /// Hash of its text.
  public var hash: String
  /// Its name.
  public var name: String
  /// `measured`, `published` or `derived`.
  public var provenance: String
  /// What was measured.
  public var device: String
  /// Where its figures are from.
  public var source: String
  /// What uses it in the scenario.
  public var use: String
  /// Its text.
  public var text: String

  /// A profile from its parts.
  public init(
    hash: String, name: String, provenance: String, device: String, source: String, use: String,
    text: String
  ) {
    self.hash = hash
    self.name = name
    self.provenance = provenance
    self.device = device
    self.source = source
    self.use = use
    self.text = text
  }
}

/// The mean of a metric over replications and its ratio to the baseline, with 95 % intervals.
public struct StoredSummary: Hashable, Sendable {
  /// Name of the policy.
  public var policy: String
  /// Position of the policy in the comparison.
  public var policyIndex: Int
  /// The metric.
  public var metric: Metric
  /// Replications that have a value.
  public var replications: Int
  /// Mean over replications; nil where no replication has a value.
  public var mean: Double?
  /// Ends of the 95 % interval; nil below three replications, and for what no replication showed.
  public var interval: ClosedRange<Double>?
  /// How often such an interval holds the truth, where that is less than it says; nil = as often.
  public var coverage: Double?
  /// Of a share of queries: replications in which what it counts occurred (a violation, a drop).
  public var seenIn: Int?
  /// Ratio of means to the baseline's.
  public var ratio: Double?
  /// Ends of the paired jackknife interval.
  public var ratioInterval: ClosedRange<Double>?
  /// Difference of means to the baseline's.
  public var difference: Double?
  /// Ends of the paired interval.
  public var differenceInterval: ClosedRange<Double>?
  /// Probability of a difference as large were there none, Holm-corrected over the policies that are
  /// compared with the baseline.
  public var pValue: Double?
  /// Why something is missing, or what the reader must know.
  package var note: MetricNote?
  /// What becomes of the policy's queue; nil where nothing is known of it.
  public var queue: QueueVerdict?

  /// Fewest replications with an event, such as a violation, that bound its share: rarer ones come in busy periods that
  /// few replications have, and the next may be worse. Assumed.
  package static let minimumWithAny = 5

  /// Whether it occurred in so few replications that its interval is doubtful.
  public var isSeenInFew: Bool {
    seenIn.map { $0 > 0 && $0 < min(replications, Self.minimumWithAny) } ?? false
  }

  /// Whether the mean only tells how long the run was.
  public var isUnsteady: Bool {
    metric.entry.whenQueueGrows == .withheld && queue?.state == .growing
  }

  /// A summary from its parts.
  package init(
    policy: String, policyIndex: Int, metric: Metric, replications: Int, mean: Double?,
    interval: ClosedRange<Double>?, coverage: Double? = nil, seenIn: Int? = nil,
    ratio: Double? = nil,
    ratioInterval: ClosedRange<Double>? = nil, difference: Double? = nil,
    differenceInterval: ClosedRange<Double>? = nil, pValue: Double? = nil, note: MetricNote? = nil,
    queue: QueueVerdict? = nil
  ) {
    self.queue = queue
    self.policy = policy
    self.policyIndex = policyIndex
    self.metric = metric
    self.replications = replications
    self.mean = mean
    self.interval = interval
    self.coverage = coverage
    self.seenIn = seenIn
    self.ratio = ratio
    self.ratioInterval = ratioInterval
    self.difference = difference
    self.differenceInterval = differenceInterval
    self.pValue = pValue
    self.note = note
  }
}
