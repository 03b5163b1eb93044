public import Cluster
import Diagnostics
public import EventEngine
import LatentDynamics
public import Results
import Scenarios
import Workload

/// What an experiment gave.
public struct ExperimentOutcome: Sendable {
  /// The experiment as stored.
  public let experiment: StoredExperiment
  /// Metrics by policy, in the experiment's order, and replication.
  public let metrics: [[MetricValues]]
  /// Names of the policies, the baseline first.
  public let policies: [String]
  /// Means, intervals and ratios, and what else the runs show together.
  public let analysis: StoredAnalysis
  /// Each run's bottleneck by policy, of the first replication.
  public let bottlenecks: [(policy: String, bottleneck: String)]
  /// Batches whose stage time lay outside what its profile holds, over all runs.
  public let extrapolatedBatches: Int
  /// Events handled over all runs.
  public let events: Int
  /// The observer that was told of the first run.
  public let companion: (any Observer)?

  /// Means, intervals and ratios.
  public var summaries: [StoredSummary] { analysis.summaries }
}

/// Runs every policy of an experiment in every replication.
public struct ExperimentRunner: Sendable {
  let experiment: Experiment
  let jobs: Int
  let keepsQueries: Bool
  let keepsCurves: Bool
  let companion: (any Observer)?

  /// A runner of `jobs` runs at a time.
  ///
  /// - Parameters:
  ///   - keepsQueries: whether per-query rows are stored.
  ///   - keepsCurves: whether distributions of latency, and the first replication over time, are.
  ///   - companion: is told of the first run too, and comes back in the outcome.
  public init(
    _ experiment: Experiment, jobs: Int = 1, keepsQueries: Bool = true, keepsCurves: Bool = true,
    companion: (any Observer)? = nil
  ) {
    self.keepsCurves = keepsCurves
    self.companion = companion
    self.experiment = experiment
    self.jobs = max(jobs, 1)
    self.keepsQueries = keepsQueries
  }

  /// Runs all, storing each run as it ends; `progress` is told how many of how many are done.
  ///
  /// Results do not depend on `jobs`: every run's streams come from its own seed. An experiment that the
  /// store holds whole stays as it is, since it holds the same: an interruption cannot undo it.
  public func run(
    into store: ResultStore?, provenance: [(key: String, value: String)] = [],
    finalProvenance: () -> [(key: String, value: String)] = { [] },
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> ExperimentOutcome {
    let stored = experiment.stored(keepsQueries: keepsQueries)
    let store = try store?.experiment(stored.id) == nil ? store : nil
    try store?.begin(stored, provenance: provenance)
    let outcome = try await collect(progress: progress) { try store?.store($0, of: stored.id) }
    try store?.finish(
      outcome.experiment, outcome.analysis, provenance: finalProvenance())
    return outcome
  }

  /// Runs all, handing each run to `body` as it ends; more replications where a precision is asked for
  /// and not reached.
  func collect(
    progress: (Int, Int) -> Void = { _, _ in }, _ body: (CompletedRun) throws -> Void
  ) async throws -> ExperimentOutcome {
    let goal = experiment.precision
    var runs = CollectedRuns(policies: experiment.policies.map(\.name))
    var wanted: Int? = experiment.replications
    while let count = wanted {
      try await collect(upTo: count, &runs, progress, body)
      wanted = goal?.next(after: runs.metrics)
    }
    var stored = experiment.stored(keepsQueries: keepsQueries)
    stored.replications = runs.replications
    if let goal { stored.notes.append(goal.note(runs.metrics, policies: runs.policies)) }
    if let warning = runs.warmupWarning { stored.notes.append(warning) }
    if experiment.scenario.run.horizon == nil, let warning = runs.strandedWarning {
      stored.notes.append(warning)
    }
    return ExperimentOutcome(
      experiment: stored, metrics: runs.metrics, policies: runs.policies,
      analysis: runs.analysis(origins: stored.origins),
      bottlenecks: zip(runs.policies, runs.bottlenecks).map { ($0, $1) },
      extrapolatedBatches: runs.extrapolatedBatches, events: runs.events,
      companion: runs.companion)
  }

  /// The runs that are missing to `count` replications of every policy.
  private func collect(
    upTo count: Int, _ runs: inout CollectedRuns, _ progress: (Int, Int) -> Void,
    _ body: (CompletedRun) throws -> Void
  ) async throws {
    let first = runs.replications
    let warmups = try await warmups(of: first..<count)
    runs.extend(to: count)
    runs.unsettled += warmups.count { !$0.isFound }
    let points = experiment.policies.indices.flatMap { policy in
      (first..<count).map { (policy: policy, replication: $0) }
    }
    let all = experiment.policies.count * count
    let before = all - points.count
    progress(before, all)
    try await Concurrently.each(points.count, jobs: jobs) { index in
      let point = points[index]
      return run(
        policy: point.policy, replication: point.replication,
        warmup: warmups[point.replication - first].end)
    } taking: { done, run in
      try body(run)
      runs.take(run)
      progress(before + done, all)
    }
  }

  private func warmups(of replications: Range<Int>) async throws -> [FoundWarmup] {
    try await Concurrently.map(replications.count, jobs: jobs) { index in
      experiment.warmup(of: replications.lowerBound + index)
    }
  }

  /// One run of one policy.
  private func run(policy index: Int, replication: Int, warmup: SimulationTime) -> CompletedRun {
    let policy = experiment.policies[index]
    let isFirst = replication == 0
    let recorder = experiment.simulate(
      policy: index, replication: replication, warmup: warmup, keepsSeries: isFirst && keepsCurves,
      companion: isFirst && index == 0 ? companion : nil)
    let light = policy.steps.lightModel.map {
      LightModel(
        evaluations: $0.evaluations,
        quality: CascadeQuality(
          light: $0.name, steps: $0.evaluations, heavy: experiment.scenario.query.model))
    }
    let classes = experiment.streams.classes
    let classMetrics = classes.enumerated().map { number, name in
      (
        name: name,
        metrics: RunMetrics.values(
          of: recorder, warmup: warmup, quality: experiment.quality, light: light,
          serviceClass: UInt16(number))
      )
    }
    var run = CompletedRun(
      policy: policy.name, policyIndex: index, replication: replication,
      seed: QueryStreams.seed(experiment.scenario.run.seed, replication: replication),
      bottleneck: RunMetrics.bottleneck(recorder.usage),
      metrics: RunMetrics.values(
        of: recorder, warmup: warmup, quality: experiment.quality, light: light),
      classMetrics: classMetrics, records: keepsQueries ? recorder.records : SpillingArray(),
      usage: recorder.usage, models: experiment.streams.models, classes: classes)
    if keepsCurves {
      run.latencyQuantiles = RunMetrics.latencyQuantiles(of: recorder, warmup: warmup)
    }
    if let possible = experiment.possible,
      let bound = possible.leastViolationRatio(
        experiment.queries(replication), models: experiment.streams.models, warmup: warmup)
    {
      run.metrics[.violationBound] = bound
      run.metrics[.violationAboveBound] = run.metrics[.violationRatio].map { $0 - bound }
    }
    run.series = recorder.series
    run.companion = recorder.companion
    return run
  }
}

/// What an experiment's runs gave so far.
private struct CollectedRuns {
  let policies: [String]
  /// By policy and replication.
  var metrics: [[MetricValues]]
  var bottlenecks: [String]
  var extrapolatedBatches = 0
  var events = 0
  var companion: (any Observer)?
  /// By class, policy and replication.
  var classes: [(name: String, metrics: [[MetricValues]])] = []
  /// By policy and replication.
  var quantiles: [[[Double]]]
  /// Replications in which MSER-5 found no end of the warm-up.
  var unsettled = 0
  var inFlight = 0

  init(policies: [String]) {
    self.policies = policies
    metrics = Array(repeating: [], count: policies.count)
    quantiles = Array(repeating: [], count: policies.count)
    bottlenecks = Array(repeating: "none", count: policies.count)
  }

  var replications: Int { metrics.first?.count ?? 0 }

  mutating func extend(to count: Int) {
    for policy in metrics.indices {
      let more = count - metrics[policy].count
      metrics[policy] += Array(repeating: MetricValues(), count: more)
      quantiles[policy] += Array(repeating: [], count: more)
      for c in classes.indices {
        classes[c].metrics[policy] += Array(repeating: MetricValues(), count: more)
      }
    }
  }

  mutating func take(_ run: CompletedRun) {
    metrics[run.policyIndex][run.replication] = run.metrics
    quantiles[run.policyIndex][run.replication] = run.latencyQuantiles
    if classes.isEmpty {
      classes = run.classMetrics.map { (name: $0.name, metrics: metrics.map(Self.blank)) }
    }
    for c in run.classMetrics.indices {
      classes[c].metrics[run.policyIndex][run.replication] = run.classMetrics[c].metrics
    }
    if run.replication == 0 { bottlenecks[run.policyIndex] = run.bottleneck }
    if let told = run.companion { companion = told }
    extrapolatedBatches += run.usage.extrapolatedBatches
    events += run.usage.events
    inFlight += run.usage.inFlight
  }

  private static func blank(_ runs: [MetricValues]) -> [MetricValues] {
    Array(repeating: MetricValues(), count: runs.count)
  }

  func analysis(origins: [StoredOrigin]) -> StoredAnalysis {
    StoredAnalysis(
      summaries: Summaries.make(policies: policies, metrics: metrics),
      classes: classes.map {
        (name: $0.name, summaries: Summaries.make(policies: policies, metrics: $0.metrics))
      },
      distributions: zip(policies, quantiles).compactMap(Summaries.distribution),
      effects: Summaries.effects(policies: policies, metrics: metrics, origins: origins))
  }

  /// Of queries that were in flight when nothing more was to come.
  var strandedWarning: String? {
    inFlight == 0
      ? nil
      : "\(inFlight) queries never ended: nothing was left that could have served them; their latencies "
        + "are missing from the means"
  }

  var warmupWarning: String? {
    unsettled == 0
      ? nil
      : "MSER-5 found no end of the warm-up in \(unsettled) of \(replications) replications, and half of "
        + "each was deleted: lengthen the runs, or lower the load"
  }
}

extension Experiment {
  /// One run: what it reported; devices count from the end of `warmup` on.
  public func simulate(
    policy index: Int, replication: Int, warmup: SimulationTime = .zero, keepsSeries: Bool = false,
    companion: (any Observer)? = nil
  ) -> RunRecorder {
    guard let possible, possible.policy == index else {
      return simulate(
        policies[index], times[index], replication: replication, warmup: warmup,
        keepsSeries: keepsSeries, companion: companion)
    }
    return possible.best(of: queries(replication), models: streams.models, warmup: warmup) {
      policy in
      simulate(
        policy, times[index], replication: replication, warmup: warmup, keepsSeries: keepsSeries)
    }
  }

  /// A replication's queries. Deadlines come from the baseline's placement: the same for every policy.
  func queries(_ replication: Int) -> QueryStream {
    streams.queries(
      replication: replication, times: times[0], placement: policies[0].placement)
  }

  private func simulate(
    _ policy: PolicySet, _ times: ServiceTimes, replication: Int, warmup: SimulationTime,
    keepsSeries: Bool, companion: (any Observer)? = nil
  ) -> RunRecorder {
    let seed = QueryStreams.seed(scenario.run.seed, replication: replication)
    var simulation = ClusterSimulation(
      cluster: scenario.cluster, stream: queries(replication), policy: policy, times: times,
      seed: seed, horizon: scenario.run.horizon.map { .zero + $0 } ?? .distantFuture,
      countingFrom: warmup,
      trajectories: scenario.latents?.table,
      observer: RunRecorder(keepsSeries: keepsSeries, companion: companion))
    guard let recorder = simulation.run() as? RunRecorder else {
      preconditionFailure("a run returned another observer than it was given")
    }
    return recorder
  }
}
