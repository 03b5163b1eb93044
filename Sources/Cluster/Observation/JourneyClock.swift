import EventEngine
import LatencyProfiles

/// Keeps the time that a part of a query spends in each state, and where.
struct JourneyClock: BitwiseCopyable {
  private(set) var times = StateTimes()
  private(set) var state = QueryState.waiting
  private(set) var hasEnded = false
  /// By `Stage.index`; -1 where none did the stage.
  private(set) var workers = SIMD4<Int32>(repeating: -1)
  private(set) var evaluationsLost: Int32 = 0
  private(set) var batchImagesMaximum: Int32 = 0
  private var since: SimulationTime
  /// Tasks of it that are on cores.
  private var tasks: Int32 = 0
  /// The batch that it is in, as its worker has counted by the time of joining.
  private var joined: BatchCount?
  /// Evaluations of the batches that it has been in, while it was.
  private var batches = BatchCount(evaluations: 0, imageEvaluations: 0)

  /// Evaluations that a worker has begun, and their images.
  struct BatchCount: BitwiseCopyable {
    var evaluations: Int
    var imageEvaluations: Int
  }

  /// In no batch and in a queue since `arrival`.
  init(since arrival: SimulationTime) { since = arrival }

  /// Images in its batch, in the mean over the evaluations that it was there for.
  var batchImagesMean: Double? {
    batches.evaluations > 0 ? Double(batches.imageEvaluations) / Double(batches.evaluations) : nil
  }

  mutating func enter(_ state: QueryState, at now: SimulationTime) {
    settle(at: now)
    self.state = state
  }

  /// Counts the present state up to now.
  mutating func settle(at now: SimulationTime) {
    guard !hasEnded else { return }
    times[state] += now - since
    since = now
  }

  /// It joins a queue: again, where it was served before.
  mutating func enterQueue(at now: SimulationTime) {
    enter(state == .waiting ? .waiting : .displaced, at: now)
    tasks = 0
  }

  /// A worker, or a core of its node, begins a stage of it.
  mutating func begin(_ stage: Stage, on worker: Int32, at now: SimulationTime) {
    enter(QueryState(of: stage), at: now)
    workers[stage.index] = worker
  }

  mutating func beginTask(_ stage: Stage, of worker: Int32, at now: SimulationTime) {
    begin(stage, on: worker, at: now)
    tasks += 1
  }

  mutating func endTask(at now: SimulationTime) {
    tasks -= 1
    if tasks == 0 { enter(.coreWait, at: now) }
  }

  mutating func join(_ count: BatchCount) { joined = count }

  mutating func takeStep(among images: Int) {
    batchImagesMaximum = max(batchImagesMaximum, Int32(images))
  }

  /// It leaves its batch, of which so much has been counted by now.
  mutating func leave(_ count: BatchCount) {
    guard let joined else { return }
    batches.evaluations += count.evaluations - joined.evaluations
    batches.imageEvaluations += count.imageEvaluations - joined.imageEvaluations
    self.joined = nil
  }

  mutating func lose(evaluations: Int32) { evaluationsLost += evaluations }

  mutating func end(at now: SimulationTime) {
    settle(at: now)
    hasEnded = true
  }
}
