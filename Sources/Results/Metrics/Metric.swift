/// The metrics of a run, declared once: database, CSV columns and terminal tables read this list.
public enum Metric: String, CaseIterable, Sendable {
  // Order is the order of tables and columns.
  case violationRatio = "slo_violation_ratio"
  case attainment = "slo_attainment"
  case dropRatio = "drop_ratio"
  case latencyMean = "latency_mean_s"
  case latencyP50 = "latency_p50_s"
  case latencyP90 = "latency_p90_s"
  case latencyP95 = "latency_p95_s"
  case latencyP99 = "latency_p99_s"
  case latencyP99Offered = "latency_p99_offered_s"
  case waitMean = "wait_mean_s"
  case throughputQueries = "throughput_query_per_s"
  case throughputImages = "throughput_image_per_s"
  case goodputImages = "goodput_image_per_s"
  case throughputSustained = "throughput_sustained_query_per_s"
  case utilisationOfInstalled = "accelerator_utilisation_installed"
  case utilisationOfActive = "accelerator_utilisation_active"
  case cpuUtilisation = "cpu_utilisation"
  case queueLengthMean = "queue_length_mean"
  case queueLengthMaximum = "queue_length_max"
  case stepsMean = "steps_mean"
  case latentError = "latent_error_mean"
  case convergenceMean = "convergence_mean"
  case convergenceP5 = "convergence_p5"
  case perceptualScore = "perceptual_fid"
  case qualityViolationRatio = "quality_floor_violation_ratio"
  case offered = "queries_offered"
  case completed = "queries_completed"
  case dropped = "queries_dropped"
  case inFlight = "queries_in_flight"
  case waitGrowth = "wait_growth_s"
  case busiestUtilisation = "busiest_utilisation"
  case busiestIdle = "busiest_idle_s"
  case waitOfWorst = "wait_mean_worst_s"
  case queueGrowth = "queue_growth"
  case warmup = "warmup_s"
  case loadRealised = "load_realised"
  case busyPeriods = "busy_periods"
  case energyPerImage = "energy_per_image_j"
  case costPer1000Images = "cost_per_1000_images_usd"
  case acceleratorsActive = "accelerators_active_mean"
  case modelLoads = "model_loads"
  case nodeFailures = "node_failures"
  case retried = "queries_retried"
  case lightShare = "light_model_share"
  case cascadeFID = "cascade_fid"
  case violationBound = "slo_violation_ratio_bound"
  case violationAboveBound = "slo_violation_ratio_above_bound"

  /// Its unit; empty for a pure number.
  public var unit: String { entry.unit }

  /// What it is called in tables.
  public var title: String { entry.title }

  /// What values it can take.
  package var range: ValueRange { entry.values }
}

/// What values a quantity can take; an interval of its mean lies within them.
package enum ValueRange: Sendable {
  /// Any.
  case real
  /// 0 and more.
  case positive
  /// 0 to 1.
  case share
}

/// The metrics of one run; nil where there is none (a percentile of too few queries).
public struct MetricValues: Hashable, Sendable {
  private var values: [Double?]

  /// All nil.
  public init() { values = Array(repeating: nil, count: Metric.allCases.count) }

  /// The value of a metric.
  public subscript(metric: Metric) -> Double? {
    get { values[Self.index(metric)] }
    set { values[Self.index(metric)] = newValue }
  }

  private static func index(_ metric: Metric) -> Int {
    Metric.allCases.firstIndex(of: metric) ?? 0
  }
}
