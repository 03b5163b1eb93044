import Cluster
import Diagnostics
import EventEngine
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
  /// Means, intervals and ratios.
  public let summaries: [StoredSummary]
  /// Each run's bottleneck by policy, of the first replication.
  public let bottlenecks: [(policy: String, bottleneck: String)]
  /// Batches whose stage time lay outside what its profile holds, over all runs.
  public let extrapolatedBatches: Int
  /// Events handled over all runs.
  public let events: Int
}

/// Runs every policy of an experiment in every replication.
public struct ExperimentRunner: Sendable {
  let experiment: Experiment
  let jobs: Int
  let keepsQueries: Bool

  /// A runner of `jobs` runs at a time; `keepsQueries`: whether per-query rows are stored.
  public init(_ experiment: Experiment, jobs: Int = 1, keepsQueries: Bool = true) {
    self.experiment = experiment
    self.jobs = max(jobs, 1)
    self.keepsQueries = keepsQueries
  }

  /// Runs all, storing each run as it ends; `progress` is told how many of how many are done.
  ///
  /// Results do not depend on `jobs`: every run's streams come from its own seed.
  public func run(
    into store: ResultStore?, provenance: [(key: String, value: String)] = [],
    finalProvenance: () -> [(key: String, value: String)] = { [] },
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> ExperimentOutcome {
    let stored = experiment.stored(keepsQueries: keepsQueries)
    try store?.begin(stored, provenance: provenance)
    let points = experiment.policies.indices.flatMap { policy in
      (0..<experiment.replications).map { (policy: policy, replication: $0) }
    }
    var metrics = Array(
      repeating: Array(repeating: MetricValues(), count: experiment.replications),
      count: experiment.policies.count)
    var bottlenecks = experiment.policies.map { ($0.name, "none") }
    var extrapolated = 0
    var events = 0
    var done = 0
    progress(0, points.count)
    try await withThrowingTaskGroup(of: CompletedRun.self) { group in
      var next = 0
      while next < points.count || done < points.count {
        while next < points.count, next - done < jobs {
          let point = points[next]
          group.addTask { self.run(policy: point.policy, replication: point.replication) }
          next += 1
        }
        guard let run = try await group.next() else { break }
        try store?.store(run, of: stored.id)
        metrics[run.policyIndex][run.replication] = run.metrics
        if run.replication == 0 { bottlenecks[run.policyIndex].1 = run.bottleneck }
        extrapolated += run.usage.extrapolatedBatches
        events += run.usage.events
        done += 1
        progress(done, points.count)
      }
    }
    let summaries = Summaries.make(
      policies: experiment.policies.map(\.name), metrics: metrics)
    try store?.finish(stored.id, summaries: summaries, provenance: finalProvenance())
    return ExperimentOutcome(
      experiment: stored, metrics: metrics, policies: experiment.policies.map(\.name),
      summaries: summaries,
      bottlenecks: bottlenecks.map { (policy: $0.0, bottleneck: $0.1) },
      extrapolatedBatches: extrapolated, events: events)
  }

  /// One run of one policy.
  func run(policy index: Int, replication: Int) -> CompletedRun {
    let policy = experiment.policies[index]
    let recorder = experiment.simulate(policy: index, replication: replication)
    let warmup = SimulationTime.zero + experiment.scenario.run.warmup
    let classes = experiment.streams.classes
    let classMetrics = classes.enumerated().map { number, name in
      (
        name: name,
        metrics: RunMetrics.values(
          of: recorder, warmup: warmup, quality: experiment.quality,
          serviceClass: UInt16(number))
      )
    }
    return CompletedRun(
      policy: policy.name, policyIndex: index, replication: replication,
      seed: QueryStreams.seed(experiment.scenario.run.seed, replication: replication),
      bottleneck: RunMetrics.bottleneck(recorder.usage),
      metrics: RunMetrics.values(of: recorder, warmup: warmup, quality: experiment.quality),
      classMetrics: classMetrics, records: keepsQueries ? recorder.records : [],
      usage: recorder.usage, models: experiment.streams.models, classes: classes)
  }
}

extension Experiment {
  /// One run: what it reported.
  public func simulate(policy index: Int, replication: Int) -> RunRecorder {
    // Deadlines come from the baseline's placement: the same for every policy.
    let stream = streams.queries(
      replication: replication, times: times[0], placement: policies[0].placement)
    let seed = QueryStreams.seed(scenario.run.seed, replication: replication)
    var simulation = ClusterSimulation(
      cluster: scenario.cluster, stream: stream, policy: policies[index], times: times[index],
      seed: seed, horizon: scenario.run.horizon.map { .zero + $0 } ?? .distantFuture,
      countingFrom: .zero + scenario.run.warmup,
      trajectories: scenario.latents?.table,
      observer: RunRecorder(capacity: stream.queries.count))
    guard let recorder = simulation.run() as? RunRecorder else {
      preconditionFailure("a run returned another observer than it was given")
    }
    return recorder
  }
}
