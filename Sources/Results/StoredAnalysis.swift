/// Points of the distribution of a policy's latencies.
public struct StoredCDF: Sendable {
  /// The probabilities at which latencies are kept: 0, 0.005, ..., 1.
  public static let probabilities = (0...200).map { Double($0) / 200 }

  /// Name of the policy.
  public var policy: String
  /// Replications that have completed queries.
  public var replications: Int
  /// By probability: mean over replications of each one's quantile, in seconds, and its 95 % interval.
  public var latencies: [(mean: Double, interval: ClosedRange<Double>?)]

  /// A distribution from its parts.
  public init(
    policy: String, replications: Int,
    latencies: [(mean: Double, interval: ClosedRange<Double>?)]
  ) {
    self.policy = policy
    self.replications = replications
    self.latencies = latencies
  }
}

/// What a policy's change is worth: its metric over that of the policy it extends.
public struct StoredEffect: Hashable, Sendable {
  /// Name of the policy.
  public var policy: String
  /// The policy that it extends.
  public var parent: String
  /// The metric.
  public var metric: Metric
  /// Ratio of means.
  public var ratio: Double
  /// Ends of the paired jackknife interval.
  public var interval: ClosedRange<Double>?

  /// An effect from its parts.
  public init(
    policy: String, parent: String, metric: Metric, ratio: Double, interval: ClosedRange<Double>?
  ) {
    self.policy = policy
    self.parent = parent
    self.metric = metric
    self.ratio = ratio
    self.interval = interval
  }
}

/// What the replications of an experiment show together.
public struct StoredAnalysis: Sendable {
  /// Means, intervals and ratios of all queries.
  public var summaries: [StoredSummary]
  /// The same of each class of queries.
  public var classes: [(name: String, summaries: [StoredSummary])]
  /// Distributions of latencies, by policy.
  public var distributions: [StoredCDF]
  /// What changes of policies are worth.
  public var effects: [StoredEffect]

  /// An analysis from its parts.
  public init(
    summaries: [StoredSummary], classes: [(name: String, summaries: [StoredSummary])] = [],
    distributions: [StoredCDF] = [], effects: [StoredEffect] = []
  ) {
    self.summaries = summaries
    self.classes = classes
    self.distributions = distributions
    self.effects = effects
  }
}
