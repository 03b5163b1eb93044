public import Cluster
public import EventEngine

/// A finished run, ready to be stored.
public struct CompletedRun: Sendable {
  /// Name of the policy.
  public var policy: String
  /// Position of the policy in the comparison.
  public var policyIndex: Int
  /// Replication, from 0.
  public var replication: Int
  /// Seed of this replication's streams.
  public var seed: UInt64
  /// The resource and stage that were busiest.
  public var bottleneck: String
  /// The run's metrics.
  public var metrics: MetricValues
  /// Metrics of each class, by class name; empty where there is only one.
  public var classMetrics: [(name: String, metrics: MetricValues)]
  /// One record for each offered query; empty where they are not wanted.
  public var records: SpillingArray<QueryRecord>
  /// What each of these queries went through; empty where it is not known.
  public var journeys = SpillingArray<QueryJourney>()
  /// What the devices did.
  public var usage: RunUsage
  /// Latencies of completed queries at ``StoredCDF/probabilities``, in nanoseconds; empty where there are none, nil where
  /// they are not wanted.
  public var latencyQuantiles: [Double]?
  /// The run over time; nil for all replications but the first.
  public var series: RunSeries?
  /// Another observer that was told of the run.
  public var companion: (any Observer)?
  /// Names of models, by `ModelID`.
  public var models: [String]
  /// Names of classes.
  public var classes: [String]

  /// A run from its parts.
  public init(
    policy: String, policyIndex: Int, replication: Int, seed: UInt64, bottleneck: String,
    metrics: MetricValues, classMetrics: [(name: String, metrics: MetricValues)],
    records: SpillingArray<QueryRecord>, usage: RunUsage, models: [String], classes: [String]
  ) {
    self.policy = policy
    self.policyIndex = policyIndex
    self.replication = replication
    self.seed = seed
    self.bottleneck = bottleneck
    self.metrics = metrics
    self.classMetrics = classMetrics
    self.records = records
    self.usage = usage
    self.models = models
    self.classes = classes
  }
}
