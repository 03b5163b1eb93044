import Analysis
public import Cluster
public import EventEngine
import LatentDynamics
public import Results
import Scenarios
import Workload

/// Single runs of an experiment's policies, and what is stored of one.
extension Experiment {
  /// One run: what it reported; devices count from the end of `warmup` on.
  public func simulate(
    policy index: Int, replication: Int, warmup: SimulationTime = .zero, keepsSeries: Bool = false,
    keepsJourneys: Bool = false, companion: (any Observer)? = nil
  ) -> RunRecorder {
    guard let clairvoyant, clairvoyant.policy == index else {
      return simulate(
        policies[index], times[index], replication: replication, warmup: warmup,
        keepsSeries: keepsSeries, keepsJourneys: keepsJourneys, companion: companion)
    }
    return clairvoyant.best(of: queries(replication), models: streams.models, warmup: warmup) {
      policy in
      simulate(
        policy, times[index], replication: replication, warmup: warmup, keepsSeries: keepsSeries,
        keepsJourneys: keepsJourneys)
    }
  }

  /// One run of this experiment's queries, deadlines and all, with another's service times and devices: those of the
  /// same scenario with other profiles.
  ///
  /// - Parameter draw: which draw of the service times' noise.
  public func simulate(
    policy index: Int, replication: Int, asServedBy other: Experiment, draw: Int
  ) -> RunRecorder {
    simulate(
      policies[index], other.times[index], cluster: other.scenario.cluster,
      replication: replication, draw: draw, keepsSeries: false)
  }

  /// A replication's queries, the same for every policy.
  func queries(_ replication: Int) -> QueryStream {
    streams.queries(
      replication: replication, times: reference.times, placement: reference.policy.placement)
  }

  /// A run by the simulation's clock, or by an executor's.
  func simulate(
    _ policy: PolicySet, _ times: ServiceTimes, cluster: ClusterConfiguration? = nil,
    replication: Int, draw: Int = 0, warmup: SimulationTime = .zero, keepsSeries: Bool,
    keepsJourneys: Bool = false,
    executor: (any Executor)? = nil, companion: (any Observer)? = nil
  ) -> RunRecorder {
    // The queries have seeds of their own.
    let seed = QueryStreams.seed(scenario.run.seed &+ UInt64(draw), replication: replication)
    var simulation = ClusterSimulation(
      cluster: cluster ?? scenario.cluster, stream: queries(replication), policy: policy,
      times: times,
      seed: seed, horizon: scenario.run.horizon.map { .zero + $0 } ?? .distantFuture,
      countingFrom: warmup,
      trajectories: scenario.latents?.table, executor: executor,
      observer: RunRecorder(
        keepsSeries: keepsSeries, keepsJourneys: keepsJourneys, companion: companion))
    let observer = executor == nil ? simulation.run() : simulation.runLive()
    guard let recorder = observer as? RunRecorder else {
      preconditionFailure("a run returned another observer than it was given")
    }
    return recorder
  }

  /// A run as it is stored, from what it reported.
  public func completed(
    _ recorder: RunRecorder, policy index: Int, replication: Int, warmup: SimulationTime = .zero,
    keepsQueries: Bool = true, keepsCurves: Bool = true
  ) -> CompletedRun {
    let policy = policies[index]
    let light = lightModel(of: policy)
    func metrics(ofClass number: UInt16?) -> MetricValues {
      var metrics = RunMetrics.values(
        of: recorder, warmup: warmup, quality: quality, light: light, serviceClass: number)
      // A burst that is worked off is no queue that grows without end.
      if isBurst {
        for metric in [Metric.waitGrowth, .busiestIdle, .waitOfWorst, .queueGrowth] {
          metrics[metric] = nil
        }
      }
      return metrics
    }
    var all = metrics(ofClass: nil)
    if !isBurst {
      all[.loadRealised] = load.realised(
        RecordsByArrival(recorder.records).lazy.map { ($0.query.kind, $0.query.arrival) })
    }
    if hasIndependentBusyPeriods(under: policy) {
      all[.busyPeriods] = Double(BusyPeriods.count(recorder.records, from: warmup))
    }
    let classMetrics = streams.classes.enumerated().map { number, name in
      (name: name, metrics: metrics(ofClass: UInt16(number)))
    }
    var run = CompletedRun(
      policy: policy.name, policyIndex: index, replication: replication,
      seed: QueryStreams.seed(scenario.run.seed, replication: replication),
      bottleneck: RunMetrics.bottleneck(recorder.usage),
      metrics: all,
      classMetrics: classMetrics, records: keepsQueries ? recorder.records : SpillingArray(),
      usage: recorder.usage, models: streams.models, classes: streams.classes)
    if keepsCurves {
      run.latencyQuantiles = RunMetrics.latencyQuantiles(of: recorder, warmup: warmup)
    }
    run.journeys = recorder.journeys
    run.series = recorder.series
    run.companion = recorder.companion
    return run
  }
}
