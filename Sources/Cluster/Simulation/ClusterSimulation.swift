import DequeModule
public import EventEngine
import LatencyProfiles
public import LatentDynamics
import Workload

/// One run: a stream of queries through a cluster under one policy.
///
/// Numbered invariants, each with a test: (1) every offered query ends exactly once: offered =
/// completed + dropped + in flight; (2) the clock never goes back; (3) an accelerator does one thing at
/// a time; (4) the integral of the number in system equals the sum of clipped residence times.
public struct ClusterSimulation: ~Copyable {
  /// Names of models, by `ModelID`.
  let models: [String]
  let times: ServiceTimes
  let seed: UInt64
  let horizon: SimulationTime
  let countingFrom: SimulationTime
  let central: Bool
  let stealing: Bool
  let parallelism: SpeedupCurve
  /// The largest number of accelerators that a plan may ask for.
  let maximumAccelerators: Int
  /// Of one query's evaluations, where it gets all accelerators that its plan may ask for.
  let bestSpeedup: Double
  let nodes: [NodeConfiguration]
  let memories: [NodeMemory?]
  /// Most images of a part, by shape; empty where memory bounds none.
  var partLimits: [Int] = []
  /// Most images of a batch, by shape, as a controller says; empty before it does.
  var batchLimits: [Int] = []
  let pools: StagePools
  /// Whether a pool does a stage, by (pool, stage).
  let stagesOfPool: [Bool]
  /// Whether a node serves a shape's model, by (node, shape); empty where every node serves all.
  let servedShapes: [Bool]
  let workersOfPool: [Int]
  let trajectories: TrajectoryTable?
  /// The same, for probes at each step: to reach it through ``trajectories`` is to retain it.
  private let table: Unmanaged<TrajectoryTable>?
  /// The model that the table is for.
  let trajectoryModel: ModelID?
  let probes: ProbeCadence?
  /// Nanoseconds that a probe costs for each image, by (node, shape); empty where probes are free.
  let probeTimes: [Int64]
  var policy: PolicySet
  // Settings read on the hot path, out of their existentials.
  let batchLimit: Int?
  let batchWait: SimulationDuration
  let mayRefuse: Bool
  let joinsBetweenSteps: Bool
  let rechecksBeforeService: Bool
  let isPreemptive: Bool
  /// Whether ranks depend on what is left of a query.
  let readsRemaining: Bool
  /// Whether ranks in a queue must be asked for again whenever a worker looks at it.
  let rankVaries: Bool
  let wantsSpans: Bool
  let wantsMembers: Bool
  let wantsJourneys: Bool
  let abandons: Bool
  let decidesAfterDecode: Bool
  let predictsSteps: Bool
  /// Whether any policy looks at the cluster: who holds how much is not told otherwise.
  let maintainsViews: Bool
  /// Whether work may be lost, and a query end while others of its parts are in service.
  let mayFail: Bool
  /// Whether a plan has asked for several accelerators.
  var sharesSteps = false
  /// Whether the number of accelerators that share a batch has ever changed between steps.
  var sharesAnew = false
  let admitsAll: Bool
  let firstModel: ModelID?
  let buffer: Int?
  let placement: Placement
  let options: ServingOptions

  var loop = EventLoop<ClusterEvent>()
  /// The queries that are still to come.
  var arrivals: QueryStream.Iterator
  /// The next of them; nil after the last.
  var upcoming: Query?
  /// By number of the part and of the query: those since the oldest that is still in the system.
  var parts = Window(
    filler: Part(query: -1, images: 0, shape: ShapeID(rawValue: 0), model: ModelID(rawValue: 0)))
  var progress: Window<QueryProgress>
  /// By number of the part; empty where nobody wants journeys.
  var clocks = Window(filler: JourneyClock(since: .zero))
  var workers: [Worker] = []
  var views: [WorkerView] = []
  var queues: [WorkQueue]
  var cpuPools: [CPUPool]
  var batches: [CPUBatch] = []
  var freeBatches: [Int32] = []
  /// In which order workers are offered work.
  var wakeOrders: WakeOrders
  var parkedCount: Int
  var sequence: UInt64 = 0
  var scratch: [Int32] = []
  var predictedServices = Memo<ServiceKey, SimulationDuration>()
  var usage = RunUsage()
  var inSystem = TimeWeightedCount()
  var waiting = TimeWeightedCount()
  var waitingSince = SimulationTime.zero
  /// Nil where the step policy does not need the load.
  var loadMeter: LoadMeter?
  /// Whether queries that have ended are held to the end, as tests of their release do.
  var keepsEnded = false
  /// When the last query ended: the run's end, whatever timers were still set.
  var lastEnd = SimulationTime.zero
  /// When the last work is over: after a failure, that of a query that was dropped may outlast all others.
  var lastWork = SimulationTime.zero
  /// When each node fails next.
  var nextFailure: [SimulationTime]
  /// The next of a node's listed outages.
  var nextOutage: [Int]
  var faultDraws: [UInt32]
  /// Failures and repairs that are still to come.
  var pendingFaults = 0
  /// Looks of the controller since anything else happened.
  var idleReplans = 0
  static let maximumIdleReplans = 1000
  /// When each node's links and disk are free, where transfers share them.
  var linkFree: [SimulationTime]
  var observer: any Observer
  /// Does the work of a live run; nil in a simulation.
  let executor: (any Executor)?
  /// Whether there is one: to ask that is not to retain it.
  let isLive: Bool
  /// Whether ends of work are not known when it begins: in a live run, and where devices slow each other down.
  let tracksWork: Bool
  /// Such work, by ticket.
  var ongoing: [OngoingWork?] = []
  /// Whether its ends may have changed.
  var mustSettle = false
  /// Whether a live run was ended before its last query.
  var isStopped = false

  static let noQuery = Query(
    id: QueryID(rawValue: -1), arrival: .zero, slo: .zero, model: ModelID(rawValue: 0),
    size: ImageSize(height: 0, width: 0), images: 0, steps: 0)

  struct ServiceKey: Hashable {
    let shape: ShapeID
    let images: Int32
    let steps: Int32
  }

  /// A run that has not begun.
  ///
  /// - Parameters:
  ///   - times: made for this cluster, and for a largest batch no smaller than the policy's limit
  ///     (without batching: than the most images of a query).
  ///   - seed: of all the run's random streams.
  ///   - horizon: the run ends there; by default it ends when every query has.
  ///   - countingFrom: end of the warm-up: busy times and the largest queue count from there on.
  ///   - trajectories: what policies see of latents and what their ways of finishing cost in quality.
  ///   - executor: does the work for real, for ``runLive()``.
  public init(
    cluster: ClusterConfiguration, stream: QueryStream, policy: PolicySet, times: ServiceTimes,
    seed: UInt64, horizon: SimulationTime = .distantFuture,
    countingFrom: SimulationTime = .zero,
    trajectories: TrajectoryTable? = nil, executor: (any Executor)? = nil,
    observer: any Observer
  ) {
    precondition(!cluster.nodes.isEmpty, "a cluster without nodes")
    models = stream.models
    arrivals = stream.makeIterator()
    upcoming = arrivals.next()
    self.times = times
    self.seed = seed
    self.horizon = horizon
    self.countingFrom = countingFrom
    parallelism = cluster.parallelism
    let requirements = policy.steps.requirements
    maximumAccelerators = requirements.maximumAccelerators
    bestSpeedup = parallelism.speedup(devices: requirements.maximumAccelerators)
    nodes = cluster.nodes
    memories = cluster.nodes.map { node in
      node.memory.map { NodeMemory($0, models: stream.models, shapes: times.shapes) }
    }
    if cluster.nodes.contains(where: { $0.memory != nil }) { usage.modelLoads = 0 }
    mayFail = cluster.nodes.contains { $0.failures != .none }
    if mayFail { usage.failures = 0 }
    usage.hasScaling = policy.controller != nil
    nextFailure = cluster.nodes.map { _ in .distantFuture }
    nextOutage = cluster.nodes.map { _ in 0 }
    faultDraws = cluster.nodes.map { _ in 0 }
    linkFree = Array(repeating: .zero, count: 3 * cluster.nodes.count)
    self.trajectories = trajectories
    table = trajectories.map { Unmanaged.passUnretained($0) }
    trajectoryModel = trajectories.flatMap { table in
      stream.models.firstIndex(of: table.header.model).map { ModelID(rawValue: UInt16($0)) }
    }
    probes = requirements.probes
    probeTimes =
      probes?.readsLatent ?? false
      ? cluster.nodes.indices.flatMap { node in
        times.shapes.indices.map {
          times.probeTime(node: node, shape: ShapeID(rawValue: UInt16($0)))
        }
      } : []
    self.policy = policy
    self.observer = observer
    self.executor = executor
    isLive = executor != nil
    tracksWork = executor != nil || cluster.nodes.contains { $0.interference != nil }
    precondition(
      (policy.batching.maximumImages ?? 1) <= times.maximumBatch,
      "service times were made for smaller batches")
    batchLimit = policy.batching.maximumImages
    batchWait = policy.batching.maximumWait
    mayRefuse = policy.batching.mayRefuse
    joinsBetweenSteps = policy.batching.joinsBetweenSteps
    rechecksBeforeService = policy.admission.rechecksBeforeService
    isPreemptive = policy.discipline.isPreemptive
    readsRemaining = policy.discipline.readsRemaining
    wantsSpans = observer.wantsSpans
    wantsMembers = observer.wantsMembers
    wantsJourneys = observer.wantsJourneys
    firstModel = requirements.firstModel.flatMap { name in
      stream.models.firstIndex(of: name).map { ModelID(rawValue: UInt16($0)) }
    }
    abandons = policy.admission.abandonsAtDeadline
    decidesAfterDecode = requirements.decidesAfterDecode
    predictsSteps = requirements.predictsSteps
    maintainsViews =
      cluster.binding != .central || !policy.admission.admitsAll || policy.controller != nil
    admitsAll = policy.admission.admitsAll
    placement = policy.placement
    options = policy.options
    if case .cpuGPU(let buffer) = policy.pipelining { self.buffer = buffer } else { buffer = nil }
    switch cluster.binding {
    case .central: (central, stealing) = (true, false)
    case .perWorker(let stealing): (central, self.stealing) = (false, stealing)
    }
    pools = times.pools
    stagesOfPool = times.pools.stages.flatMap { stages in
      Stage.allCases.map { stages.contains($0) }
    }
    servedShapes =
      cluster.nodes.allSatisfy { $0.models == nil }
      ? []
      : cluster.nodes.flatMap { node in
        times.shapes.map { node.models?.contains($0.model) ?? true }
      }
    cpuPools = cluster.nodes.map { CPUPool(cores: $0.cores) }
    for (index, node) in cluster.nodes.enumerated() {
      let served = node.models.map { models in stream.models.map { models.contains($0) } }
      for _ in 0..<node.accelerators {
        let pool = pools.poolOfNode[index]
        var view = WorkerView(
          id: WorkerID(rawValue: Int32(workers.count)), node: NodeID(rawValue: Int32(index)))
        view.pool = pool
        view.servedModels = served
        var worker = Worker(node: Int32(index), pool: Int32(pool))
        worker.activeSince = .zero
        worker.resident = memories[index]?.preloaded ?? []
        // The first spell is not slow, and ends when it has been drawn.
        worker.isSlow = true
        view.residentModels = worker.resident
        workers.append(worker)
        views.append(view)
      }
    }
    parkedCount = workers.count
    if let window = requirements.loadWindow {
      loadMeter = LoadMeter(window: window, active: workers.count)
    }
    queues = Array(
      repeating: WorkQueue(shapes: times.shapes.count),
      count: central ? pools.stages.count : workers.count)
    progress = Window(filler: QueryProgress(query: Self.noQuery))
    let poolOfWorker = workers.map { Int($0.pool) }
    let orders = WakeOrders(
      nodes: workers.map { Int($0.node) }, pools: poolOfWorker, times: times,
      placement: policy.placement)
    // A central queue does not know which worker will take a query, nor does one that others steal from.
    // Not by the properties: an autoclosure over this value, half made, is miscompiled (Swift 6.3, -O).
    let ranksDifferByWorker = cluster.binding != .perWorker(stealing: false) && !orders.areAlike
    rankVaries =
      policy.discipline.timeVarying || (policy.discipline.readsRemaining && ranksDifferByWorker)
    wakeOrders = orders
    workersOfPool = pools.stages.indices.map { pool in poolOfWorker.count { $0 == pool } }
    if memories.contains(where: { $0 != nil }) {
      partLimits = times.shapes.indices.map { partLimit(shape: $0) }
      // A part may go on to another model, which may have less room.
      let own = partLimits
      let models = requirements.models
      for (index, shape) in times.shapes.enumerated() {
        for model in models {
          guard let other = times.id(of: Shape(model: model, size: shape.size)) else { continue }
          partLimits[index] = min(partLimits[index], own[Int(other.rawValue)])
        }
      }
    }
  }

  /// Entropies of a part's latent as it is now, in bits; nil where there is no table of its model.
  @inline(__always) func entropyBits(of part: Int) -> (latent: Double, predicted: Double)? {
    let row = Int(parts[part].trajectory)
    guard row >= 0, let table else { return nil }
    if isLive { return executor?.entropyBits(of: part) }
    let path = parts[part].path
    return table._withUnsafeGuaranteedRef { $0.entropyBits(row: row, path) }
  }

  /// Runs to the end and returns the observer, which has been told everything.
  public mutating func run() -> any Observer {
    scheduleFirst()
    while let event = loop.step(until: horizon) {
      handle(event)
      if mustSettle { settleOngoing() }
      releaseEnded()
    }
    close()
    return observer
  }

  /// Schedules what sets everything else going.
  mutating func scheduleFirst() {
    guard let first = upcoming else { return }
    prepareFailures()
    loop.schedule(.arrival, at: first.arrival)
    if let first = policy.controller?.nextReplan(after: nil) { loop.schedule(.replan, at: first) }
  }

  mutating func handle(_ event: ClusterEvent) {
    switch event {
    case .arrival: arrive()
    case .acceleratorDone(let worker): acceleratorDone(Int(worker))
    case .cpuTaskDone(let node, let batch, let part):
      cpuTaskDone(node: Int(node), batch: Int(batch), part: Int(part))
    case .transferDone(let batch): transferDone(Int(batch))
    case .workDone(let ticket): workDone(Int(ticket))
    case .waitOver(let since, let part): endWait(of: Int(part), since: since)
    case .wake(let queue): wake(queue: Int(queue))
    case .deadline(let query): abandon(Int(query))
    case .poolReached(let batch): enterPool(Int(batch))
    case .nodeFails(let node): fail(Int(node))
    case .nodeRepaired(let node): repaired(Int(node))
    case .workerStarted(let worker): started(Int(worker))
    case .replan: replan()
    }
  }

  /// A copy of what policies may know.
  func clusterView() -> ClusterView {
    ClusterView(
      now: loop.now, workers: views, arrived: usage.offered,
      centralParts: central ? queues.reduce(0) { $0 + $1.parts } : 0,
      centralImages: central ? queues.reduce(0) { $0 + $1.totalImages } : 0,
      centralWork: SimulationDuration(
        nanoseconds: central ? queues.reduce(0) { $0 + $1.work } : 0),
      models: models, times: times, options: options, speedup: bestSpeedup)
  }
}
