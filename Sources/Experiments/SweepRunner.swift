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
    case known(Int, StoredExperiment)
    case ran(Int, CompletedPoint)
  }

  /// Runs what is missing; `progress` is told how many of how many points are done.
  public func run(
    into store: ResultStore, provenance: [(key: String, value: String)] = [],
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> [SweepPoint] {
    var known = Set(try store.experiments().map(\.id))
    let count = plan.points.count
    var results: [SweepPoint?] = Array(repeating: nil, count: count)
    var done = 0
    progress(0, count)
    try await withThrowingTaskGroup(of: Result.self) { group in
      var next = 0
      while done < count {
        while next < count, next - done < jobs {
          let (index, ids) = (next, known)
          group.addTask { try self.run(index, known: ids) }
          next += 1
        }
        guard let result = try await group.next() else { break }
        switch result {
        case .known(let index, let experiment):
          results[index] = SweepPoint(
            overrides: plan.points[index].overrides, experiment: experiment,
            summaries: try store.summaries(of: experiment.id), wasKnown: true)
        case .ran(let index, let point):
          try point.store(into: store, provenance: provenance)
          known.insert(point.experiment.id)
          results[index] = SweepPoint(
            overrides: plan.points[index].overrides, experiment: point.experiment,
            summaries: point.summaries, wasKnown: false)
        }
        done += 1
        progress(done, count)
      }
    }
    return results.compactMap { $0 }
  }

  private func run(_ index: Int, known: Set<String>) throws -> Result {
    let experiment = try plan.experiment(at: index)
    let stored = experiment.stored(keepsQueries: false)
    if known.contains(stored.id) { return .known(index, stored) }
    return .ran(index, try CompletedPoint(running: experiment))
  }
}
