import Cluster
public import Results
public import Scenarios

/// A point of a sweep and what it gave.
public struct SweepPoint: Sendable {
  /// `PATH=VALUE` of each axis.
  public let overrides: [String]
  /// The experiment as stored.
  public let experiment: StoredExperiment
  /// Means, intervals and ratios.
  public let summaries: [StoredSummary]
  /// Whether it was in the database already.
  public let wasKnown: Bool
}

/// Runs the points of a sweep, several at a time, into one database.
///
/// A point is known by its content (scenario, seed, profiles, program version): one that the database
/// holds whole is not run again, so that an interrupted sweep goes on where it was.
public struct SweepRunner: Sendable {
  let points: [(overrides: [String], scenario: Scenario)]
  let policies: [String]?
  let baseline: String?
  let replications: Int?
  let jobs: Int

  /// A runner of `jobs` points at a time; nil = the scenario's own policies, baseline, replications.
  public init(
    _ points: [(overrides: [String], scenario: Scenario)], policies: [String]? = nil,
    baseline: String? = nil, replications: Int? = nil, jobs: Int = 1
  ) {
    self.points = points.map { point in
      var scenario = point.scenario
      // A sweep's axes take the place of the scenario's own points.
      scenario.experiment = nil
      return (point.overrides, scenario)
    }
    self.policies = policies
    self.baseline = baseline
    self.replications = replications
    self.jobs = max(jobs, 1)
  }

  private enum Result: Sendable {
    case known(Int, StoredExperiment)
    case ran(Int, StoredExperiment, [CompletedRun], [StoredSummary])
  }

  /// Runs what is missing; `progress` is told how many of how many points are done.
  public func run(
    into store: ResultStore, provenance: [(key: String, value: String)] = [],
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> [SweepPoint] {
    var known = Set(try store.experiments().map(\.id))
    var results: [SweepPoint?] = points.map { _ in nil }
    var done = 0
    progress(0, points.count)
    try await withThrowingTaskGroup(of: Result.self) { group in
      var next = 0
      while done < points.count {
        while next < points.count, next - done < jobs {
          let (index, ids) = (next, known)
          group.addTask { try self.run(index, known: ids) }
          next += 1
        }
        guard let result = try await group.next() else { break }
        switch result {
        case .known(let index, let experiment):
          results[index] = SweepPoint(
            overrides: points[index].overrides, experiment: experiment,
            summaries: try store.summaries(of: experiment.id), wasKnown: true)
        case .ran(let index, let experiment, let runs, let summaries):
          try store.begin(experiment, provenance: provenance)
          for run in runs { try store.store(run, of: experiment.id) }
          try store.finish(experiment.id, summaries: summaries, provenance: [])
          known.insert(experiment.id)
          results[index] = SweepPoint(
            overrides: points[index].overrides, experiment: experiment, summaries: summaries,
            wasKnown: false)
        }
        done += 1
        progress(done, points.count)
      }
    }
    return results.compactMap { $0 }
  }

  private func run(_ index: Int, known: Set<String>) throws -> Result {
    let experiment = try Experiment(
      points[index].scenario, policies: policies, baseline: baseline, replications: replications)
    let stored = experiment.stored(keepsQueries: false)
    if known.contains(stored.id) { return .known(index, stored) }
    let runner = ExperimentRunner(experiment, keepsQueries: false)
    var metrics: [[MetricValues]] = []
    var runs: [CompletedRun] = []
    for policy in experiment.policies.indices {
      var values: [MetricValues] = []
      for replication in 0..<experiment.replications {
        try Task.checkCancellation()
        let run = runner.run(policy: policy, replication: replication)
        values.append(run.metrics)
        runs.append(run)
      }
      metrics.append(values)
    }
    let summaries = Summaries.make(
      policies: experiment.policies.map(\.name), metrics: metrics)
    return .ran(index, stored, runs, summaries)
  }
}
