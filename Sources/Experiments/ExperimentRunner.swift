import Analysis
public import Cluster
import Diagnostics
import EventEngine
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
  /// Events handled over all runs that were not in the database.
  public let events: Int
  /// Runs that were in the database already.
  public let knownRuns: Int
  /// What the database held instead, and does no more.
  package internal(set) var replaced: [Replacement] = []
  /// The observer that was told of the first run.
  public let companion: (any Observer)?

  /// Means, intervals and ratios.
  public var summaries: [StoredSummary] { analysis.summaries }
}

/// An experiment was stopped between two runs.
public struct Interrupted: Error, Hashable, Sendable {
  /// Runs that are done.
  public let runs: Int
  /// Runs that there are.
  public let all: Int
}

/// Runs every policy of an experiment in every replication.
public struct ExperimentRunner: Sendable {
  let experiment: Experiment
  let jobs: Int
  let keepsQueries: Bool
  let keepsCurves: Bool
  let companion: (any Observer)?
  let isInterrupted: @Sendable () -> Bool

  /// A runner of `jobs` runs at a time.
  ///
  /// - Parameters:
  ///   - keepsQueries: whether per-query rows are stored.
  ///   - keepsCurves: whether distributions of latency, and the first replication over time, are.
  ///   - companion: is told of the first run too, and comes back in the outcome.
  ///   - isInterrupted: whether no more runs are to begin.
  public init(
    _ experiment: Experiment, jobs: Int = 1, keepsQueries: Bool = true, keepsCurves: Bool = true,
    companion: (any Observer)? = nil, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.isInterrupted = isInterrupted
    self.keepsCurves = keepsCurves
    self.companion = companion
    self.experiment = experiment
    self.jobs = max(jobs, 1)
    self.keepsQueries = keepsQueries
  }

  /// Runs what the store does not hold, storing each run as it ends; `progress` is told how many of how many are done, and
  /// `warn` what a user should hear before all are.
  ///
  /// Results do not depend on `jobs`: every run's streams come from its own seed. An experiment that the
  /// store holds whole, of the program that `provenance` names, stays as it is, since it holds the same: an interruption
  /// cannot undo it.
  public func run(
    into store: ResultStore?, provenance: [(key: String, value: String)] = [],
    finalProvenance: () -> [(key: String, value: String)] = { [] },
    warn: (String) -> Void = { _ in }, progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> ExperimentOutcome {
    let stored = experiment.stored(keepsQueries: keepsQueries)
    let part = try store?.begin(stored, provenance: provenance)
    let store = part?.isComplete ?? false ? nil : store
    var outcome = try await collect(
      known: usable(part?.runs ?? []), warn: warn, progress: progress
    ) {
      try store?.store($0, of: stored.id)
    }
    outcome.replaced = part?.replaced ?? []
    try store?.finish(
      outcome.experiment, outcome.analysis, provenance: finalProvenance())
    return outcome
  }

  /// Stored runs that need not be run again: none where one is to be watched, or where they lack their distributions.
  private func usable(_ runs: [StoredRun]) -> [StoredRun] {
    guard companion == nil else { return [] }
    return runs.filter { !keepsCurves || $0.latencyQuantiles != nil }
  }

  /// Runs all, handing each run to `body` as it ends; more replications where a precision is asked for
  /// and not reached.
  package func collect(
    known: [StoredRun] = [], warn: (String) -> Void = { _ in },
    progress: (Int, Int) -> Void = { _, _ in }, _ body: (CompletedRun) throws -> Void
  ) async throws -> ExperimentOutcome {
    let goal = experiment.precision
    var runs = CollectedRuns(
      policies: experiment.policies.map(\.name), classes: experiment.streams.classes)
    var wanted: Int? = experiment.replications
    while let count = wanted {
      try await collect(upTo: count, known: known, &runs, progress, body)
      if let text = goal?.warning(runs.metrics, policies: runs.policies) { warn(text) }
      wanted = goal?.next(after: runs.metrics)
    }
    var stored = experiment.stored(keepsQueries: keepsQueries)
    stored.replications = runs.replications
    if let goal { stored.notes.append(goal.note(runs.metrics, policies: runs.policies)) }
    stored.notes += [runs.loadNote, runs.warmupNote].compactMap { $0 }
    stored.notes += experiment.idlePlanners(until: runs.ends)
    stored.notes += Sameness.notes(
      policies: runs.policies, metrics: runs.metrics, origins: stored.origins)
    if experiment.scenario.run.horizon == nil, let note = runs.strandedNote {
      stored.notes.append(note)
    }
    return ExperimentOutcome(
      experiment: stored, metrics: runs.metrics, policies: runs.policies,
      analysis: runs.analysis(origins: stored.origins),
      bottlenecks: zip(runs.policies, runs.bottlenecks).map { ($0, $1) },
      extrapolatedBatches: runs.extrapolatedBatches, events: runs.events, knownRuns: runs.known,
      companion: runs.companion)
  }

  private struct Point {
    let policy: Int
    let replication: Int
  }

  /// The runs that are missing to `count` replications of every policy.
  private func collect(
    upTo count: Int, known: [StoredRun], _ runs: inout CollectedRuns,
    _ progress: (Int, Int) -> Void, _ body: (CompletedRun) throws -> Void
  ) async throws {
    let first = runs.replications
    let warmups = try await warmups(of: first..<count)
    runs.extend(to: count)
    runs.unsettled += warmups.count { !$0.isFound }
    var points = experiment.policies.indices.flatMap { policy in
      (first..<count).map { Point(policy: policy, replication: $0) }
    }
    for run in known {
      guard
        let index = points.firstIndex(where: {
          $0.replication == run.replication && experiment.policies[$0.policy].name == run.policy
        })
      else { continue }
      runs.take(run, policy: points.remove(at: index).policy)
    }
    let all = experiment.policies.count * count
    let before = all - points.count
    progress(before, all)
    var done = 0
    try await Concurrently.each(points.count, jobs: jobs, isStopped: isInterrupted) {
      [points] index in
      let point = points[index]
      return run(
        policy: point.policy, replication: point.replication,
        warmup: warmups[point.replication - first].end)
    } taking: { count, run in
      done = count
      try body(run)
      runs.take(run)
      progress(before + done, all)
    }
    if done < points.count { throw Interrupted(runs: before + done, all: all) }
  }

  private func warmups(of replications: Range<Int>) async throws -> [FoundWarmup] {
    try await Concurrently.map(replications.count, jobs: jobs) { index in
      experiment.warmup(of: replications.lowerBound + index)
    }
  }

  /// One run of one policy.
  private func run(policy index: Int, replication: Int, warmup: SimulationTime) -> CompletedRun {
    let isFirst = replication == 0
    let recorder = experiment.simulate(
      policy: index, replication: replication, warmup: warmup, keepsSeries: isFirst && keepsCurves,
      keepsJourneys: keepsQueries,
      companion: isFirst && index == 0 ? companion : nil)
    var run = experiment.completed(
      recorder, policy: index, replication: replication, warmup: warmup, keepsQueries: keepsQueries,
      keepsCurves: keepsCurves)
    if let clairvoyant = experiment.clairvoyant,
      let bound = clairvoyant.leastViolationRatio(
        experiment.queries(replication), models: experiment.streams.models, warmup: warmup)
    {
      run.metrics[.violationBound] = bound
      run.metrics[.violationAboveBound] = run.metrics[.violationRatio].map { $0 - bound }
    }
    return run
  }
}

extension Experiment {
  /// Policies whose planners or scalers look first when all of their runs have ended, the last at `ends`.
  func idlePlanners(until ends: [SimulationTime]) -> [Note] {
    zip(policies, ends).compactMap { policy, end in
      guard let first = policy.controller?.nextReplan(after: nil), first > end else { return nil }
      return .neverPlans(policy: policy.name, firstSeconds: first.seconds)
    }
  }
}
