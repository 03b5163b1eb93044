import Experiments
package import Diagnostics
package import Results

/// Runs the points of a sweep on this machine, several at a time, into one database.
///
/// A point is known by its content (scenario, seed, profiles, program): one that the database holds whole is not run
/// again, so that an interrupted sweep goes on where it was.
package struct SweepRunner: Sendable {
  let plan: SweepPlan
  let jobs: Int
  let isInterrupted: @Sendable () -> Bool

  /// A runner of `jobs` points at a time; once `isInterrupted`, no more points and runs begin.
  package init(
    _ plan: SweepPlan, jobs: Int = 1, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.plan = plan
    self.isInterrupted = isInterrupted
    self.jobs = max(jobs, 1)
  }

  private enum Result: Sendable {
    case known(Int, id: String)
    case ran(Int, ExperimentOutcome)
    case failed(Int, InputError)
    case interrupted
  }

  /// What a sweep gave.
  package struct Outcome: Sendable {
    /// The points, in order.
    package var points: [SweepPoint] = []
    /// Points that an interruption has kept from being run.
    package var open = 0
    /// Points that cannot be run as they stand, by index, and why.
    package var failures: [(index: Int, error: InputError)] = []
    /// What the database held instead, and does no more.
    package var replaced: [Replacement] = []
    /// Axes along which points gave the same figures.
    package var sameness: [SweepSameness] { SweepSameness.axes(points) }

    /// An outcome from its parts.
    package init(
      points: [SweepPoint] = [], failures: [(index: Int, error: InputError)] = [],
      replaced: [Replacement] = []
    ) {
      self.points = points
      self.failures = failures
      self.replaced = replaced
    }
  }

  /// Runs what is missing; `progress` is told how many of how many points are done.
  ///
  /// A point that cannot be run keeps no other from running. Shards that tasks of a batch system have left
  /// are merged first.
  package func run(
    into store: ResultStore, provenance: [(key: String, value: String)] = [],
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> Outcome {
    let program = ResultStore.program(in: provenance)
    var outcome = Outcome()
    // A sweep on a batch system that is at work there merges them itself.
    if let folder = SweepFolder(leftBesides: store), let lock = try? FolderLock(folder.path) {
      defer { lock.release() }
      outcome.replaced = try folder.mergeShards(into: store, program: program).replaced
    }
    let known = Set(try store.experiments(madeBy: program).map(\.id))
    let count = plan.points.count
    var results: [SweepPoint?] = Array(repeating: nil, count: count)
    progress(0, count)
    var seen = 0
    try await Concurrently.each(count, jobs: jobs, isStopped: isInterrupted) {
      try await run($0, known: known, into: store, provenance)
    } taking: {
      done, result in
      seen = done
      switch result {
      case .known(let index, let id):
        guard let experiment = try store.experiment(id) else { break }
        results[index] = SweepPoint(
          overrides: plan.points[index].overrides, experiment: experiment,
          summaries: try store.summaries(of: id), wasKnown: true)
      case .ran(let index, let ran):
        results[index] = SweepPoint(
          overrides: plan.points[index].overrides, experiment: ran.experiment,
          summaries: ran.summaries, wasKnown: false)
        outcome.replaced += ran.replaced
      case .failed(let index, let error): outcome.failures.append((index, error))
      case .interrupted: outcome.open += 1
      }
      progress(done - outcome.open, count)
    }
    outcome.open += count - seen
    outcome.points = results.compactMap { $0 }
    outcome.failures.sort { $0.index < $1.index }
    return outcome
  }

  /// Stores each run as it ends, so that an interruption loses none.
  private func run(
    _ index: Int, known: Set<String>, into store: ResultStore,
    _ provenance: [(key: String, value: String)]
  ) async throws -> Result {
    let experiment: Experiment
    do throws(InputError) { experiment = try plan.experiment(at: index) } catch {
      return .failed(index, error)
    }
    let id = experiment.stored(keepsQueries: false).id
    if known.contains(id) { return .known(index, id: id) }
    do {
      return .ran(
        index,
        try await ExperimentRunner(
          experiment, keepsQueries: false, isInterrupted: isInterrupted
        ).run(into: store, provenance: provenance))
    } catch is Interrupted {
      return .interrupted
    }
  }
}
