@testable import Sweeps
import Diagnostics
import EventEngine
import Foundation
import Results
import Scenarios
import Synchronization
import Testing

@testable import Experiments

/// A batch system in this process: tasks run at once, or die as the test has it.
private final class FakeQueue: JobQueue {
  struct State {
    var live: Set<JobTask> = []
    var submitted: [(name: String, tasks: Int)] = []
    var attempts: [String: Int] = [:]
    var silences = 0
  }

  private let state = Mutex(State())
  private let dies: @Sendable (_ point: String, _ attempt: Int) -> Bool
  private let stays: Bool
  /// Tests run in one process at a time: each queue is a node of its own.
  private let scratch = NSTemporaryDirectory() + "/node-" + UUID().uuidString

  /// Tasks end without a shard where `dies` says so of a point's overrides and its attempt, from 1; with
  /// `stays` they wait for ever.
  init(
    stays: Bool = false, dies: @escaping @Sendable (String, Int) -> Bool = { _, _ in false }
  ) {
    self.stays = stays
    self.dies = dies
    try? FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: scratch) }

  var submitted: [(name: String, tasks: Int)] { state.withLock { $0.submitted } }

  /// The next so many looks get no answer.
  func fallSilent(_ looks: Int) { state.withLock { $0.silences = looks } }

  func submit(name: String, file: String, tasks: Int, logs: String) throws(InputError) {
    let points = SweepSubmission(path: file)?.points ?? []
    state.withLock { state in
      state.submitted.append((name, tasks))
      for index in 0..<tasks { state.live.insert(JobTask(name: name, index: index)) }
    }
    if stays { return }
    Task.detached { [self] in
      for (index, point) in points.enumerated() {
        let key = point.overrides.joined(separator: " ")
        let attempt = state.withLock { state in
          state.attempts[key, default: 0] += 1
          return state.attempts[key] ?? 0
        }
        if !dies(key, attempt) {
          // A failed task leaves the queue like any other.
          try? await SweepTask(file: file, index: index, scratch: scratch).run {
            path, overrides throws(InputError) in
            try ScenarioReader().read(path: path, overrides: overrides)
          }
        }
        state.withLock { _ = $0.live.remove(JobTask(name: name, index: index)) }
      }
    }
  }

  func live(_ names: [String]) throws(InputError) -> Set<JobTask> {
    let (isSilent, live) = state.withLock { state in
      state.silences -= 1
      return (state.silences >= 0, state.live.filter { names.contains($0.name) })
    }
    if isSilent { throw InputError(.failed, at: nil, "no answer") }
    return live
  }
}

/// Sweeps on a batch system: nothing twice, nothing lost, the same tables as on one machine.
@Suite struct ArraySweepTests {
  private let folder = NSTemporaryDirectory() + "/arrays-" + UUID().uuidString

  private func plan(_ loads: [String] = ["10", "20", "30", "40", "45"]) throws -> SweepPlan {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/s.yaml"
    try QueueScenario.text(rate: 1, queries: 200, run: "seed: 2, replications: 2")
      .write(toFile: path, atomically: true, encoding: .utf8)
    return try SweepPlan(
      loads.map { load in
        let override = "workload.arrivals.poisson.rate=\(load) query/s"
        return ([override], try ScenarioReader().read(path: path, overrides: [override]))
      })
  }

  private var limits: ArrayLimits {
    var limits = ArrayLimits()
    limits.arraySize = 2
    limits.grace = .milliseconds(50)
    limits.shortestPause = .milliseconds(10)
    limits.longestPause = .milliseconds(20)
    return limits
  }

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  @Test func arraysGiveWhatOneMachineGives() async throws {
    defer { clean() }
    let plan = try plan()
    let local = try await SweepRunner(plan).run(into: ResultStore(creatingAt: folder + "/l.sqlite"))
    let queue = FakeQueue()
    let store = try ResultStore(creatingAt: folder + "/r.sqlite")
    let outcome = try await ArraySweep(plan, on: queue, limits: limits).run(into: store)
    #expect(outcome.points.map(\.summaries) == local.points.map(\.summaries))
    #expect(outcome.points.map(\.experiment) == local.points.map(\.experiment))
    #expect(outcome.points.allSatisfy { !$0.wasKnown })
    #expect(outcome.resubmitted == 0 && outcome.open == 0)
    // At most two tasks an array.
    #expect(queue.submitted.map(\.tasks) == [2, 2, 1])
    #expect(Set(queue.submitted.map(\.name)).count == 3)
    #expect(!FileManager.default.fileExists(atPath: folder + "/r.sqlite.slurm"))
    // Everything is there: nothing is submitted again.
    let again = try await ArraySweep(plan, on: queue, limits: limits).run(into: store)
    #expect(queue.submitted.count == 3 && again.points.allSatisfy(\.wasKnown))
  }

  @Test func aTaskThatDiesIsSubmittedAgain() async throws {
    defer { clean() }
    let queue = FakeQueue { point, attempt in point.contains("=30") && attempt < 3 }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    queue.fallSilent(2)
    let outcome = try await ArraySweep(try plan(), on: queue, limits: limits).run(into: store)
    #expect(outcome.resubmitted == 2)
    #expect(try store.experiments().count == 5)
    #expect(queue.submitted.map(\.tasks) == [2, 2, 1, 1, 1])
  }

  private func folder(for name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return "\(folder)/\(name)"
  }

  @Test func aPointThatAlwaysFailsIsNamedAndTheOthersAreKept() async throws {
    defer { clean() }
    let queue = FakeQueue { point, _ in point.contains("=20") }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let error = await #expect(throws: InputError.self) {
      try await ArraySweep(try plan(), on: queue, limits: limits).run(into: store)
    }
    let text = try #require(error).description
    #expect(error?.exitCode == 1)
    #expect(text.contains("workload.arrivals.poisson.rate=20 query/s failed 3 times"))
    #expect(try store.experiments().count == 4)
    // Mended, the same command runs the one that is missing.
    let mended = FakeQueue()
    let outcome = try await ArraySweep(try plan(), on: mended, limits: limits).run(into: store)
    #expect(outcome.points.count == 5 && mended.submitted.map(\.tasks) == [1])
  }

  @Test func anInterruptedSweepGoesOnWithTheTasksThatStillWait() async throws {
    defer { clean() }
    let waiting = FakeQueue(stays: true)
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let looks = Mutex(0)
    let outcome = try await ArraySweep(try plan(), on: waiting, limits: limits).run(
      into: store,
      isInterrupted: {
        looks.withLock { looks in
          looks += 1
          return looks > 5
        }
      })
    #expect(outcome.open == 5 && outcome.points.isEmpty && outcome.arrays.count == 3)
    // The next start finds them alive and submits nothing.
    let rest = Mutex(0)
    _ = try await ArraySweep(try plan(), on: waiting, limits: limits).run(
      into: store,
      isInterrupted: {
        rest.withLock { looks in
          looks += 1
          return looks > 5
        }
      })
    #expect(waiting.submitted.count == 3)
    // A queue that has forgotten them: they are submitted anew, under names of their own.
    let other = FakeQueue()
    let last = try await ArraySweep(try plan(), on: other, limits: limits).run(into: store)
    #expect(last.points.count == 5)
    #expect(Set(other.submitted.map(\.name)).isDisjoint(with: waiting.submitted.map(\.name)))
  }

  @Test func whatTasksOfAnotherSweepLeaveIsKept() async throws {
    defer { clean() }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let plan = try plan()
    // A sweep of three points, interrupted at once; its tasks end later.
    let first = FakeQueue()
    let part = SweepPlan(Array(plan.points.prefix(3)).map { ($0.overrides, $0.scenario) })
    let outcome = try await ArraySweep(part, on: first, limits: limits).run(
      into: store, isInterrupted: { true })
    #expect(outcome.open == 3)
    let submission = try await ArraySweep(part, on: FakeQueue(stays: true), limits: limits).run(
      into: store, isInterrupted: { true })
    #expect(submission.points.isEmpty)
    let sweep = try #require(SweepFolder(leftBesides: store))
    for (index, point) in part.points.enumerated() {
      let id = try part.experiment(at: index).stored(keepsQueries: false).id
      let file = SweepSubmission(
        part, points: [.init(id: id, overrides: point.scenario.overrides)], program: nil)
      try sweep.write(file, number: 90 + index)
      try await SweepTask(
        file: sweep.file(of: 90 + index), index: 0, scratch: folder
      ).run { path, overrides throws(InputError) in
        try ScenarioReader().read(path: path, overrides: overrides)
      }
    }
    // Another sweep into the same database: the three shards are merged all the same.
    let other = SweepPlan(Array(plan.points.suffix(1)).map { ($0.overrides, $0.scenario) })
    _ = try await ArraySweep(other, on: FakeQueue(), limits: limits).run(into: store)
    #expect(try store.experiments().count == 4)
    // And a sweep on this machine finds them.
    let rest = try await SweepRunner(plan).run(into: store)
    #expect(rest.points.count { $0.wasKnown } == 4)
  }

  @Test func aDamagedShardIsRunAgain() async throws {
    defer { clean() }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let plan = try plan()
    let sweep = try SweepFolder(creatingAt: SweepFolder.path(besides: store))
    let id = try plan.experiment(at: 0).stored(keepsQueries: false).id
    try "SQLite format 3\0 and no more".write(
      toFile: sweep.shard(of: id), atomically: true, encoding: .utf8)
    let outcome = try await ArraySweep(plan, on: FakeQueue(), limits: limits).run(into: store)
    #expect(outcome.points.count == 5)
  }

  @Test func twoSweepsDoNotShareAFolder() async throws {
    defer { clean() }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let sweep = try SweepFolder(creatingAt: SweepFolder.path(besides: store))
    let lock = try FolderLock(sweep.path)
    let plan = try plan()
    let error = await #expect(throws: InputError.self) {
      try await ArraySweep(plan, on: FakeQueue(), limits: limits).run(into: store)
    }
    #expect(try #require(error).description.contains("another sweep into this database"))
    lock.release()
    #expect(
      try await ArraySweep(plan, on: FakeQueue(), limits: limits).run(into: store).points.count == 5
    )
  }

  @Test func aPointThatCannotBeRunKeepsNoOtherFromRunning() async throws {
    defer { clean() }
    var points = try plan().points.map { ($0.overrides, $0.scenario) }
    points[1].1.run.warmup = .fixed(SimulationDuration(seconds: 1e6))
    let plan = SweepPlan(points)
    let store = try ResultStore(creatingAt: folder(for: "l.sqlite"))
    let local = try await SweepRunner(plan).run(into: store)
    #expect(local.points.count == 4 && local.failures.map(\.index) == [1])
    let array = try await ArraySweep(plan, on: FakeQueue(), limits: limits).run(
      into: ResultStore(creatingAt: folder(for: "r.sqlite")))
    #expect(array.points.count == 4 && array.failures.map(\.index) == [1])
  }

  @Test func shardsOfAnotherProgramStopItBeforeAnythingIsSubmitted() async throws {
    defer { clean() }
    let store = try ResultStore(creatingAt: folder(for: "r.sqlite"))
    let shards = folder + "/r.sqlite.slurm/shards"
    try FileManager.default.createDirectory(atPath: shards, withIntermediateDirectories: true)
    let plan = try plan()
    let foreign = try plan.experiment(at: 0).stored(keepsQueries: false)
    let shard = try ResultStore(creatingAt: "\(shards)/\(foreign.id).sqlite", isShared: true)
    try shard.begin(foreign, provenance: [("program", "another")])
    try shard.finish(foreign, StoredAnalysis(summaries: []), provenance: [])
    let queue = FakeQueue()
    let error = await #expect(throws: InputError.self) {
      try await ArraySweep(plan, on: queue, limits: limits, program: "this").run(into: store)
    }
    #expect(error?.exitCode == 65)
    #expect(
      try #require(error).description.contains(
        "this shard is of program another, and this is this"))
    #expect(queue.submitted.isEmpty)
    #expect(try store.experiments().isEmpty)
  }

  @Test func aTaskRefusesWhatIsNotWhatWasSubmitted() async throws {
    defer { clean() }
    let plan = try plan(["10"])
    let sweep = try SweepFolder(creatingAt: folder + "/r.sqlite.slurm")
    let id = try plan.experiment(at: 0).stored(keepsQueries: false).id
    let overrides = plan.points[0].scenario.overrides
    func run(_ change: (inout SweepSubmission) -> Void) async throws -> InputError? {
      var submission = SweepSubmission(
        plan, points: [.init(id: id, overrides: overrides)], program: "this")
      change(&submission)
      try sweep.write(submission, number: 1)
      let task = SweepTask(file: sweep.file(of: 1), index: 0, scratch: folder)
      do {
        try await task.run(provenance: [("program", "this")]) {
          path, overrides throws(InputError) in
          try ScenarioReader().read(path: path, overrides: overrides)
        }
        return nil
      } catch { return error as? InputError }
    }
    let other = try await run { $0.program = "another" }
    #expect(
      other?.description.contains("submitted by program another, and this is this") ?? false)
    let changed = try await run { $0.points[0].id = "another" }
    #expect(changed?.description.contains("this is not what was submitted") ?? false)
    #expect(sweep.shards().isEmpty)
    #expect(try await run { _ in } == nil)
    #expect(sweep.shards() == [id])
  }
}
