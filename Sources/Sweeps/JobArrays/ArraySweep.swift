import Experiments
package import Diagnostics
import Foundation
package import Results
import Scenarios

/// Runs the points of a sweep as job arrays of a batch system, each into a shard, and merges the
/// shards into one database.
///
/// Completion is read from the shards. A point without a shard and without a waiting or running task
/// is submitted again, a few times. All state is on disk: whoever starts again with the same database
/// finds the tasks that still run, the shards they leave, and what has been merged.
package struct ArraySweep<Queue: JobQueue>: Sendable {
  let plan: SweepPlan
  let queue: Queue
  let limits: ArrayLimits
  let program: String?

  /// A sweep on a queue, by a program of this identity.
  package init(
    _ plan: SweepPlan, on queue: Queue, limits: ArrayLimits = ArrayLimits(), program: String? = nil
  ) {
    self.program = program
    self.plan = plan
    self.queue = queue
    self.limits = limits
  }

  /// What a sweep did.
  package struct Outcome: Sendable {
    /// The points, in order; those that an interruption left open are missing.
    package var points: [SweepPoint] = []
    /// Tasks that had to be submitted again.
    package var resubmitted = 0
    /// Points that wait or run still, after an interruption.
    package var open = 0
    /// Names of the arrays they are in.
    package var arrays: [String] = []
    /// Points that cannot be run as they stand, by index, and why.
    package var failures: [(index: Int, error: InputError)] = []
    /// What the database held instead, and does no more.
    package var replaced: [Replacement] = []
  }

  private struct OpenPoint {
    let id: String
    let index: Int
    var attempts = 0
    /// Time waited until the queue was last seen to have it; nil = never.
    var lastSeen: Duration?
    var log: String?
  }

  /// Submits what is missing and waits for it; `isInterrupted` ends the wait, not the tasks.
  ///
  /// - Throws: 1 where a point failed in every attempt; all others are in the database then.
  package func run(
    into store: ResultStore, isInterrupted: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> Outcome {
    let folder = try SweepFolder(creatingAt: SweepFolder.path(besides: store))
    let lock = try FolderLock(folder.path)
    defer { lock.release() }
    let prefix = Self.prefix(folder)
    try checkPrograms(folder)
    var outcome = Outcome()
    let experiments = try await identify(&outcome)
    let ids = Set(experiments.map(\.experiment.id))
    let known = Set(try store.experiments(madeBy: program).map(\.id))
    var open: [String: OpenPoint] = [:]
    for (index, experiment) in experiments where !known.contains(experiment.id) {
      open[experiment.id] = OpenPoint(id: experiment.id, index: index)
    }
    var failed: [OpenPoint] = []
    var pause = limits.shortestPause
    var waited = Duration.zero
    var silent = 0
    while true {
      // The queue first: what ends after this look leaves its shard for the next.
      let submissions = folder.submissions()
      var live: Set<JobTask>?
      do {
        live = try queue.live(submissions.keys.sorted().map { "\(prefix)-\($0)" })
        silent = 0
      } catch {
        // A controller that restarts does not answer for a while.
        silent += 1
        if silent > limits.silences { throw error }
      }
      let before = open.count
      // Shards of other sweeps too: what is finished is kept.
      let (merged, replaced) = try folder.mergeShards(into: store, program: program)
      for id in merged { open[id] = nil }
      outcome.replaced += replaced
      progress(experiments.count - open.count - failed.count, experiments.count)
      if open.isEmpty {
        if let live, !Self.concernsOthers(live, submissions, prefix, ids) { folder.remove() }
        break
      }
      if isInterrupted() {
        outcome.open = open.count
        outcome.arrays = Set((live ?? []).map(\.name)).sorted()
        break
      }
      if let live {
        let lost = mark(&open, live, submissions, prefix, after: waited)
        let again = lost.filter { open[$0.id].map { $0.attempts < limits.attempts } ?? false }
        for task in lost where task.attempts >= limits.attempts {
          failed.append(task)
          open[task.id] = nil
        }
        outcome.resubmitted += again.count { $0.attempts > 0 }
        try submit(again, &open, folder, prefix, last: submissions.keys.max() ?? 0, after: waited)
      }
      pause = open.count < before ? limits.shortestPause : min(pause * 2, limits.longestPause)
      waited += try await wait(pause, isInterrupted)
    }
    outcome.points = try collect(experiments, known, store)
    if !failed.isEmpty { throw failure(failed) }
    return outcome
  }

  /// Whether a task that waits or runs belongs to another sweep into this database.
  private static func concernsOthers(
    _ live: Set<JobTask>, _ submissions: [Int: SweepSubmission], _ prefix: String,
    _ ids: Set<String>
  ) -> Bool {
    submissions.contains { number, submission in
      submission.points.enumerated().contains { index, point in
        !ids.contains(point.id) && live.contains(JobTask(name: "\(prefix)-\(number)", index: index))
      }
    }
  }

  /// Waits in short pieces, so that an interruption is answered soon.
  ///
  /// - Returns: how long, by the pieces: a clock is not needed.
  private func wait(_ pause: Duration, _ isInterrupted: () -> Bool) async throws -> Duration {
    var waited = Duration.zero
    while waited < pause, !isInterrupted() {
      let piece = min(pause - waited, .milliseconds(200))
      try await Task.sleep(for: piece)
      waited += piece
    }
    return waited
  }

  /// Marks the tasks that the queue still has.
  ///
  /// - Returns: the others, once they have been gone for longer than a shared file system may hide
  ///   their shard, by point.
  private func mark(
    _ open: inout [String: OpenPoint], _ live: Set<JobTask>, _ submissions: [Int: SweepSubmission],
    _ prefix: String, after now: Duration
  ) -> [OpenPoint] {
    for (number, submission) in submissions {
      for (index, point) in submission.points.enumerated()
      where live.contains(JobTask(name: "\(prefix)-\(number)", index: index)) {
        open[point.id]?.lastSeen = now
        if open[point.id]?.attempts == 0 { open[point.id]?.attempts = 1 }
      }
    }
    return open.values.filter { task in
      task.lastSeen.map { now - $0 > limits.grace } ?? true
    }.sorted { $0.index < $1.index }
  }

  private func submit(
    _ tasks: [OpenPoint], _ open: inout [String: OpenPoint], _ folder: SweepFolder,
    _ prefix: String,
    last: Int, after now: Duration
  ) throws(InputError) {
    var number = last
    for start in stride(from: 0, to: tasks.count, by: limits.arraySize) {
      number += 1
      let chunk = tasks[start..<min(start + limits.arraySize, tasks.count)]
      let points = chunk.map { task in
        SweepSubmission.Point(
          id: task.id, overrides: plan.points[task.index].scenario.overrides)
      }
      // Written first: an array that the queue has is one that the next start can read.
      try folder.write(SweepSubmission(plan, points: points, program: program), number: number)
      let name = "\(prefix)-\(number)"
      try queue.submit(
        name: name, file: folder.file(of: number), tasks: points.count, logs: folder.logs)
      for (index, task) in chunk.enumerated() {
        open[task.id]?.attempts += 1
        open[task.id]?.lastSeen = now
        open[task.id]?.log = "\(folder.logs)/\(name)-\(index).log"
      }
    }
  }

  /// Every point's experiment as stored, found out in parallel; those that cannot be run are failures.
  private func identify(
    _ outcome: inout Outcome
  ) async throws -> [(index: Int, experiment: StoredExperiment)] {
    let (plan, count) = (plan, plan.points.count)
    let results = try await Concurrently.map(count, jobs: count) { index in
      do throws(InputError) {
        let experiment = try plan.experiment(at: index).stored(keepsQueries: false)
        return Result<StoredExperiment, InputError>.success(experiment)
      } catch {
        return .failure(error)
      }
    }
    var experiments: [(index: Int, experiment: StoredExperiment)] = []
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let experiment): experiments.append((index, experiment))
      case .failure(let error): outcome.failures.append((index, error))
      }
    }
    return experiments
  }

  private func collect(
    _ experiments: [(index: Int, experiment: StoredExperiment)], _ known: Set<String>,
    _ store: ResultStore
  ) throws(InputError) -> [SweepPoint] {
    let stored = Set(try store.experiments(madeBy: program).map(\.id))
    var points: [SweepPoint] = []
    for (index, experiment) in experiments where stored.contains(experiment.id) {
      points.append(
        SweepPoint(
          overrides: plan.points[index].overrides,
          experiment: try store.experiment(experiment.id) ?? experiment,
          summaries: try store.summaries(of: experiment.id),
          wasKnown: known.contains(experiment.id)))
    }
    return points
  }

  /// Refuses a folder with shards of another program before anything is submitted.
  private func checkPrograms(_ folder: SweepFolder) throws(InputError) {
    for id in folder.shards() where ResultStore.isComplete(folder.shard(of: id)) {
      let path = folder.shard(of: id)
      for experiment in try ResultStore(readingFrom: path).experiments() {
        try ResultStore.check(shard: path, experiment, program: program)
      }
    }
  }

  private func failure(_ tasks: [OpenPoint]) -> InputError {
    let first = tasks[0]
    let point = plan.points[first.index].overrides.joined(separator: " ")
    let text = first.log.flatMap { FileManager.default.contents(atPath: $0) }
      .map { String(decoding: $0, as: UTF8.self) }
    let last = text?.split(separator: "\n").last ?? "nothing"
    let others = tasks.count > 1 ? " and \(tasks.count - 1) more points" : ""
    return InputError(
      .failed, at: text == nil ? nil : first.log.map { .init(file: $0) },
      "the point \(point)\(others) failed \(limits.attempts) times; the last said: \(last)",
      hint: "the other points are in the database: mend it and give the same command")
  }

  /// Names of arrays begin with this, different for every database.
  private static func prefix(_ folder: SweepFolder) -> String {
    "qosdiff-"
      + ContentIdentity.hex([URL(filePath: folder.path).standardizedFileURL.path]).prefix(8)
  }
}

/// How a sweep deals with a batch system.
package struct ArrayLimits: Sendable {
  /// Most tasks an array; Slurm's own default limit is 1000.
  package var arraySize = 1000
  /// Times that a point is submitted before it counts as failed.
  package var attempts = 3
  /// How long a task may be gone before its shard counts as missing: a network file system shows a new
  /// file late.
  package var grace = Duration.seconds(5)
  /// Shortest pause between looks.
  package var shortestPause = Duration.milliseconds(500)
  /// Longest pause between looks; they lengthen while nothing ends.
  package var longestPause = Duration.seconds(10)
  /// Looks in a row that the queue may leave unanswered.
  package var silences = 30

  /// The defaults.
  package init() {}
}
