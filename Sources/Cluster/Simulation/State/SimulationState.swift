import DequeModule
import EventEngine
import LatencyProfiles
import LatentDynamics
import Workload

/// What happens in a cluster. At most 16 bytes; all payloads are indices, but for a time.
enum ClusterEvent {
  case arrival
  case acceleratorDone(worker: Int32)
  case cpuTaskDone(node: Int32, batch: Int32, part: Int32)
  case transferDone(batch: Int32)
  case workDone(ticket: Int32)
  case waitOver(since: SimulationTime, part: Int32)
  case wake(queue: Int32)
  case deadline(query: Int32)
  case poolReached(batch: Int32)
  case nodeFails(node: Int32)
  case nodeRepaired(node: Int32)
  case workerStarted(worker: Int32)
  case replan
}

/// A query, or as many of its images as fit the batch limit: what queues and batches hold.
struct Part {
  var query: Int32
  var images: Int32
  var shape: ShapeID
  var model: ModelID
  var worker: Int32 = -1
  var priority = Priority(rank: 0)
  var sequence: UInt64 = 0
  var enqueued: SimulationTime = .zero
  var queuedWork: Int64 = 0
  /// Evaluations that the step policy expects.
  var expectedSteps: Int32 = 0
  /// Nanoseconds for which its accelerator is still to be held up before the first evaluation.
  var overhead: Int64 = 0
  /// On the fastest device, at its expected steps.
  var predictedService = SimulationDuration.zero
  var evaluationsDone: Int32 = 0
  /// Evaluations for earlier models, before a re-submission.
  var evaluationsBefore: Int32 = 0
  var evaluationsPlanned: Int32 = 0
  var imagesToPostProcess: Int32 = 0
  var resubmissions: Int32 = 0
  /// The pool that it is in or waits for.
  var pool: Int32 = 0
  var parallelDegree: Int32 = 1
  var firstStep: Int32 = 0
  /// Steps of the schedule, skipped ones included.
  var scheduled: Int32 = 0
  /// Place among those that ever joined its worker's batches.
  var place: Int32 = 0
  /// Evaluations done when the schedule was left; -1 while it is kept.
  var leftAfter: Int32 = -1
  var finish = Finish.none
  /// Row of the trajectory table; -1 where there is none.
  var trajectory: Int32 = -1
  /// State of the autocorrelated noise of its steps, a standard normal variate; nil before the first.
  var noise: Double?
  var isWaiting = false
  var isPlanned = false
  var isEncoded = false
  var isDelivered = false
  var state = StepState()

  /// Back to before the encoding; the evaluations are remembered.
  mutating func restart() {
    evaluationsBefore += evaluationsDone
    evaluationsDone = 0
    isPlanned = false
    isEncoded = false
    leftAfter = -1
    noise = nil
    state = StepState()
    pool = 0
  }

  /// What it adds to its queue's counts.
  var load: WorkQueue.Load {
    WorkQueue.Load(shape: Int(shape.rawValue), images: Int(images), work: queuedWork)
  }

  var evaluationsLeft: Int32 { evaluationsPlanned - evaluationsDone }

  /// Whether the step policy looks at it after so many evaluations.
  func isProbed(after evaluations: Int32, _ probes: ProbeCadence) -> Bool {
    leftAfter < 0 && evaluations < evaluationsPlanned && probes.contains(Int(evaluations))
  }

  /// How far its denoising has come.
  var path: DenoisingPath {
    guard leftAfter >= 0 else {
      return DenoisingPath(scheduled: Int(scheduled), done: Int(firstStep + evaluationsDone))
    }
    return DenoisingPath(
      scheduled: Int(scheduled), done: Int(firstStep + leftAfter),
      covering: Int(evaluationsPlanned - leftAfter), covered: Int(evaluationsDone - leftAfter))
  }
}

/// How far a query has come.
struct QueryProgress {
  let query: Query
  var firstPart: Int32 = 0
  var parts: Int32 = 0
  var partsLeft: Int32 = 0
  var evaluations: Int32 = 0
  var firstStep: Int32 = 0
  var finish = Finish.none
  var start = SimulationTime.distantFuture
  var worker: Int32 = -1
  /// How often it lost work to a failure.
  var failures: Int32 = 0
  var hasEnded = false

  var hasStarted: Bool { start < .distantFuture }
}

/// What an accelerator is doing.
enum Operation: Equatable {
  case idle
  case encode
  case step
  case decode
  /// Stands still until its batch is through the CPU stages (pipelining none).
  case waitingForCPU
  /// Holds a batch that the full hand-off buffer does not take.
  case blocked
  /// Works for another worker's batch.
  case lent
  /// Waits for weights.
  case loading
  /// Its node has failed.
  case down
}

/// Accelerator work that begins when its model's weights are there.
struct PendingWork {
  let stage: Stage
  let group: [Int32]
  let operation: Operation
}

/// One accelerator and what it holds.
struct Worker {
  let node: Int32
  let pool: Int32
  var operation = Operation.idle
  /// Nothing to do: listens for arrivals.
  var isParked = true
  /// Parts being encoded, decoded or waiting to be handed off.
  var group: [Int32] = []
  /// Parts being denoised.
  var running: [Int32] = []
  var runningImages = 0
  /// When its last work ended.
  var lastEnd = SimulationTime.zero
  /// Images of the step that it took part in last; 0 = none yet.
  var lastImages = 0
  /// Nanoseconds by which the next step is to take longer.
  var overhead: Int64 = 0
  /// Parts that ever joined a batch here.
  var joined: Int32 = 0
  /// Parts that are denoised and have not left yet.
  var finished: [Int32] = []
  /// Batches encoded on the CPU and ready to be denoised.
  var ready: [Int32] = []
  /// Batches between the CPU's encoding and denoising, and between denoising and the CPU's last stage.
  var inputsHeld = 0
  /// Images in batches that are encoded ahead, and the work that is predicted of them in nanoseconds.
  var aheadImages = 0
  var aheadWork: Int64 = 0
  var outputsHeld = 0
  /// Workers lent to this one.
  var helpers: [Int32] = []
  /// What was predicted of the present step, and whether the next one is of the same batch and plans.
  var foreseen = ForeseenStep.nothing
  var since: SimulationTime = .zero
  private(set) var busy = BusyTime()
  var waitingForCPU: Int64 = 0
  var blocked: Int64 = 0
  var lent: Int64 = 0
  var loading: Int64 = 0
  var active: Int64 = 0
  var down: Int64 = 0
  /// Since when it is active; nil while it is not.
  var activeSince: SimulationTime?
  /// When it is there, after its activation.
  var startsAt = SimulationTime.zero
  /// Models in its memory, the one used last at the end.
  var resident: [ModelID] = []
  var pending: PendingWork?
  var isSlow = false
  /// When the present spell, slow or not, ends.
  var nextSpell = SimulationTime.zero
  var spells: UInt32 = 0
  var evaluations = 0
  var imageEvaluations = 0
  /// Whether its running batch is known to be in a step, or between two; kept where journeys are wanted.
  var isDenoising = false
  /// Batches begun; one that queries join and leave is one until it is empty.
  var batch: Int32 = 0

  mutating func charge(_ nanoseconds: Int64, for stage: Stage, basis: TimeBasis) {
    busy.add(nanoseconds, for: stage, basis: basis)
  }

  /// Takes a part into the running batch; returns its place among those that ever joined one here.
  mutating func join(_ part: Int32, images: Int) -> Int32 {
    joined += 1
    running.append(part)
    runningImages += images
    return joined
  }

  /// Its evaluations so far, and their images.
  var batchCount: JourneyClock.BatchCount {
    JourneyClock.BatchCount(evaluations: evaluations, imageEvaluations: imageEvaluations)
  }

  /// Counts the evaluation that begins.
  mutating func countEvaluation() {
    evaluations += 1
    imageEvaluations += runningImages
  }

  /// Ends what it does now, and returns what that was.
  mutating func endOperation(at now: SimulationTime) -> Operation {
    defer { operation = .idle }
    lastEnd = now
    return operation
  }

  /// Forgets all work, and what was in memory.
  mutating func clear() {
    group.removeAll()
    running.removeAll()
    runningImages = 0
    overhead = 0
    foreseen = .nothing
    finished.removeAll()
    ready.removeAll()
    inputsHeld = 0
    aheadImages = 0
    aheadWork = 0
    outputsHeld = 0
    helpers.removeAll()
    resident.removeAll()
    pending = nil
  }
}

/// What is known of a worker's next step by the prediction before the present one.
enum ForeseenStep {
  case nothing
  /// The present step takes so many nanoseconds, and nothing has changed since it began.
  case present(Int64)
  /// The next step will take as many as the last.
  case next(Int64)
}

/// Parts that go through CPU stages, or to the next pool, together.
struct CPUBatch {
  /// Whether a node holds it: not while it is free, nor on the network.
  var isHeld = false
  var worker: Int32 = 0
  /// The worker's number of it when it was handed over; by now the worker may be at another.
  var number: Int32 = 0
  var parts: [Int32] = []
  /// The stage it is in, or enters when the present transfer is over.
  var stage = Stage.postProcess
  var tasksToStart = 0
  var tasksLeft = 0
  var cursorPart = 0
  var cursorImage: Int32 = 0
}

/// The CPU pool of a node: cores that work first come, first served.
struct CPUPool {
  let cores: Int
  var freeCores: Int
  var queue: Deque<Int32> = []
  private(set) var busy = BusyTime()

  init(cores: Int) {
    self.cores = cores
    freeCores = cores
  }

  /// Core time: that of all cores of a task together.
  mutating func charge(_ nanoseconds: Int64, for stage: Stage, basis: TimeBasis) {
    busy.add(nanoseconds, for: stage, basis: basis)
  }
}

extension RandomStreamID {
  /// Synthetic service times and residuals of encode and decode; entity = oldest part of the batch and
  /// stage, block = 64 x step.
  static let service = RandomStreamID(rawValue: 200)
  /// Residuals of steps; entity = oldest part of the batch, block = its step index.
  static let stepNoise = RandomStreamID(rawValue: 201)
  /// Random choices of the dispatcher; entity = part.
  static let dispatch = RandomStreamID(rawValue: 202)
  /// Synthetic and residual times of CPU tasks; entity = part and stage, block = 64 x image.
  static let cpuService = RandomStreamID(rawValue: 203)
}
