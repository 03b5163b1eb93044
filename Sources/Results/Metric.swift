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
  public var unit: String {
    switch self {
    case .latencyMean, .latencyP50, .latencyP90, .latencyP95, .latencyP99, .latencyP99Offered,
      .waitMean, .waitGrowth, .busiestIdle, .waitOfWorst, .warmup:
      "s"
    case .throughputQueries, .throughputSustained: "query/s"
    case .throughputImages, .goodputImages: "image/s"
    case .queueLengthMean, .queueLengthMaximum, .offered, .completed, .dropped, .inFlight: "query"
    case .stepsMean: "step"
    case .energyPerImage: "J"
    case .costPer1000Images: "USD"
    case .retried: "query"
    case .violationRatio, .attainment, .dropRatio, .utilisationOfInstalled, .utilisationOfActive,
      .cpuUtilisation,
      .latentError, .convergenceMean, .convergenceP5, .perceptualScore, .qualityViolationRatio,
      .busiestUtilisation, .queueGrowth, .loadRealised, .busyPeriods, .acceleratorsActive,
      .modelLoads,
      .nodeFailures,
      .violationBound,
      .violationAboveBound, .lightShare, .cascadeFID:
      ""
    }
  }

  /// What it is called in tables.
  public var title: String {
    switch self {
    case .violationRatio: "SLO violation ratio"
    case .attainment: "SLO attainment"
    case .dropRatio: "drop ratio"
    case .latencyMean: "latency, mean"
    case .latencyP50: "latency, p50"
    case .latencyP90: "latency, p90"
    case .latencyP95: "latency, p95"
    case .latencyP99: "latency, p99"
    case .latencyP99Offered: "latency, p99 offered"
    case .waitMean: "wait, mean"
    case .throughputQueries: "throughput, queries"
    case .throughputImages: "throughput"
    case .goodputImages: "goodput"
    case .throughputSustained: "throughput, sustained"
    case .utilisationOfInstalled: "utilisation of installed"
    case .utilisationOfActive: "utilisation of active"
    case .cpuUtilisation: "CPU utilisation"
    case .queueLengthMean: "queue length, mean"
    case .queueLengthMaximum: "queue length, max"
    case .stepsMean: "steps run, mean"
    case .latentError: "latent error, mean"
    case .convergenceMean: "convergence, mean"
    case .convergenceP5: "convergence, p5"
    case .perceptualScore: "perceptual score (FID)"
    case .qualityViolationRatio: "below the quality floor"
    case .offered: "queries offered"
    case .completed: "queries completed"
    case .dropped: "queries dropped"
    case .inFlight: "queries in flight"
    case .waitGrowth: "wait, growth"
    case .busiestUtilisation: "utilisation of the busiest"
    case .busiestIdle: "idle time of the busiest"
    case .waitOfWorst: "wait of the worst model and class, mean"
    case .queueGrowth: "queue, relative growth"
    case .warmup: "warm-up deleted"
    case .loadRealised: "load, realised"
    case .busyPeriods: "busy periods"
    case .energyPerImage: "energy of an image"
    case .costPer1000Images: "cost of 1000 images"
    case .acceleratorsActive: "accelerators active, mean"
    case .modelLoads: "model loads"
    case .nodeFailures: "node failures"
    case .retried: "queries retried"
    case .lightShare: "images of the light model"
    case .cascadeFID: "FID of the cascade, as published"
    case .violationBound: "SLO violation ratio, lower bound"
    case .violationAboveBound: "SLO violation ratio above the bound"
    }
  }

  /// Whether it says something of images, for which a run needs a trajectory table.
  public var isQuality: Bool {
    switch self {
    case .latentError, .convergenceMean, .convergenceP5, .perceptualScore, .qualityViolationRatio:
      true
    default: false
    }
  }

  /// Whether its mean depends on the run's length once the queue grows through the run.
  public var needsSteadyState: Bool {
    switch self {
    case .latencyMean, .latencyP50, .latencyP90, .latencyP95, .latencyP99, .latencyP99Offered,
      .waitMean, .waitOfWorst, .queueLengthMean, .queueLengthMaximum:
      true
    default: false
    }
  }

  /// Whether its mean is printed, but depends on the run's length once the queue grows.
  package var dependsOnLength: Bool {
    switch self {
    case .violationRatio, .attainment, .dropRatio, .goodputImages, .violationAboveBound: true
    default: false
    }
  }

  /// Whether more of it is better; nil where it is no matter of better and worse.
  public var isMoreBetter: Bool? {
    switch self {
    case .attainment, .throughputQueries, .throughputImages, .goodputImages, .throughputSustained,
      .convergenceMean, .convergenceP5:
      true
    case .violationRatio, .dropRatio, .latencyMean, .latencyP50, .latencyP90, .latencyP95,
      .latencyP99, .latencyP99Offered, .waitMean, .latentError, .perceptualScore,
      .qualityViolationRatio, .queueLengthMean, .queueLengthMaximum, .energyPerImage,
      .costPer1000Images, .violationAboveBound, .cascadeFID:
      false
    case .acceleratorsActive, .modelLoads, .nodeFailures, .retried, .utilisationOfInstalled,
      .utilisationOfActive, .cpuUtilisation, .stepsMean, .offered, .completed, .dropped,
      .inFlight, .waitGrowth, .busiestUtilisation, .busiestIdle, .waitOfWorst, .queueGrowth,
      .warmup, .loadRealised,
      .busyPeriods,
      .violationBound, .lightShare:
      nil
    }
  }

  /// What values it can take.
  package var range: ValueRange {
    switch self {
    case .violationRatio, .attainment, .dropRatio, .utilisationOfInstalled, .utilisationOfActive,
      .cpuUtilisation, .busiestUtilisation, .qualityViolationRatio, .lightShare, .violationBound:
      .share
    // Images of another model, cached or under the floor may lie below the bound.
    case .convergenceMean, .convergenceP5, .waitGrowth, .queueGrowth, .violationAboveBound: .real
    default: .positive
    }
  }

  /// Whether a ratio of two means of it says something.
  public var hasRatio: Bool {
    switch self {
    case .offered, .completed, .dropped, .inFlight, .dropRatio, .queueLengthMaximum,
      .convergenceMean, .convergenceP5, .waitGrowth, .busiestUtilisation, .busiestIdle,
      .waitOfWorst,
      .queueGrowth, .warmup,
      .loadRealised, .busyPeriods, .modelLoads,
      .nodeFailures, .retried:
      false
    default: true
    }
  }
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
