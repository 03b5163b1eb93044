public import Results

/// Runs the points of a sweep on this machine, several at a time, into one database.
///
/// A point is known by its content (scenario, seed, profiles, program version): one that the database
/// holds whole is not run again, so that an interrupted sweep goes on where it was.
public struct SweepRunner: Sendable {
  let plan: SweepPlan
  let jobs: Int

  /// A runner of `jobs` points at a time.
  public init(_ plan: SweepPlan, jobs: Int = 1) {
    self.plan = plan
    self.jobs = max(jobs, 1)
  }

  private enum Result: Sendable {
    case known(Int, id: String)
    case ran(Int, CompletedPoint)
  }

  /// Runs what is missing; `progress` is told how many of how many points are done.
  public func run(
    into store: ResultStore, provenance: [(key: String, value: String)] = [],
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> [SweepPoint] {
    let known = Set(try store.experiments().map(\.id))
    let count = plan.points.count
    var results: [SweepPoint?] = Array(repeating: nil, count: count)
    progress(0, count)
    try await Concurrently.each(count, jobs: jobs) {
      try await run($0, known: known)
    } taking: {
      done, result in
      switch result {
      case .known(let index, let id):
        guard let experiment = try store.experiment(id) else { break }
        results[index] = SweepPoint(
          overrides: plan.points[index].overrides, experiment: experiment,
          summaries: try store.summaries(of: id), wasKnown: true)
      case .ran(let index, let point):
        try point.store(into: store, provenance: provenance)
        results[index] = SweepPoint(
          overrides: plan.points[index].overrides, experiment: point.outcome.experiment,
          summaries: point.outcome.summaries, wasKnown: false)
      }
      progress(done, count)
    }
    return results.compactMap { $0 }
  }

  private func run(_ index: Int, known: Set<String>) async throws -> Result {
    let experiment = try plan.experiment(at: index)
    let id = experiment.stored(keepsQueries: false).id
    if known.contains(id) { return .known(index, id: id) }
    return .ran(index, try await CompletedPoint(running: experiment))
  }
}
