public import EventEngine
public import LatentDynamics
public import Workload

/// Decides how many denoising steps a query gets and how it finishes.
///
/// One value serves all queries of a run; what it must remember of one lives in that query's ``StepState``.
public protocol StepPolicy: Sendable {
  /// After which evaluations ``afterStep(_:_:_:_:)`` is asked; nil = never. Read once, before a run.
  var looks: LookCadence? { get }
  /// Most accelerators that a plan of its may ask for.
  var mostAccelerators: Int { get }
  /// Whether ``afterStep(_:_:_:_:)`` may end a query's steps, so that the policy set's finish follows.
  var endsEarly: Bool { get }
  /// Whether ``afterDecode(_:_:)`` has anything to say.
  var decidesAfterDecode: Bool { get }
  /// The model that every query meets first; nil = the one that it asks for. Read once, after
  /// ``bind(_:)``.
  var firstModel: ModelID? { get }
  /// Whether it cannot do without a trajectory table.
  var needsTable: Bool { get }
  /// Whether ``predictedSteps(of:)`` differs from what queries ask for. Read once, before a run.
  var predictsSteps: Bool { get }
  /// Evaluations that the policy expects a query to get: what service times are predicted by, before its plan is made.
  func predictedSteps(of query: QueryView) -> Int
  /// Names of models that plans and re-submissions may name beside the queries' own.
  var models: [String] { get }
  /// The light model whose images some or all queries get, in so many evaluations; nil = all get those of the model
  /// asked for.
  var lightModel: (name: String, evaluations: Int)? { get }
  /// The one model that its plans count on queries to ask for; nil = any.
  var heavyModel: String? { get }
  /// Prompts that it remembers at most; a workload with fewer cannot fill that.
  var cachedPrompts: Int { get }
  /// What re-plans the cluster for it now and then; nil = nothing. Asked for once it is bound; a policy set's own
  /// controller would come before it.
  var planner: (any Controller)? { get }
  /// Tells what several accelerators are worth to one query, before a run.
  mutating func bind(_ parallelism: SpeedupCurve)
  /// Tells the ids of ``models``, before a run.
  mutating func bind(_ models: [String: ModelID])
  /// Tells what queries ask for on the whole, before a run.
  mutating func bind(_ typical: TypicalQuery)
  /// Shows the trajectory table and how the policy's queries end early, before a run.
  mutating func bind(_ trajectories: TrajectoryTable, finish: FinishRule)
  /// The plan of a query, asked for when its service starts.
  mutating func plan(_ query: QueryView, _ context: StepContext) -> StepPlan
  /// What to do after an evaluation, for a query that is still on its schedule: once it has left it,
  /// what it was given is kept.
  mutating func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision
  /// What to do with decoded images: hand them on, or have another model make them again.
  mutating func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision
  /// Takes a parameter from a ``Controller``; unknown names are ignored.
  mutating func tune(_ parameter: String, to value: Double)
}

extension StepPolicy {
  /// None.
  public var models: [String] { [] }
  /// Nil.
  public var firstModel: ModelID? { nil }
  /// Where it looks at latents.
  public var needsTable: Bool { looks?.readsLatent ?? false }
  /// False.
  public var predictsSteps: Bool { false }
  /// The steps asked for.
  public func predictedSteps(of query: QueryView) -> Int { query.requestedSteps }
  /// One.
  public var mostAccelerators: Int { 1 }
  /// Nil.
  public var lightModel: (name: String, evaluations: Int)? { nil }
  /// Nil.
  public var heavyModel: String? { nil }
  /// None.
  public var cachedPrompts: Int { 0 }
  /// Nil.
  public var planner: (any Controller)? { nil }
  /// Shares no steps.
  public mutating func bind(_ parallelism: SpeedupCurve) {}
  /// Plans nothing.
  public mutating func bind(_ typical: TypicalQuery) {}
  /// Needs none.
  public mutating func bind(_ models: [String: ModelID]) {}
  /// Needs nothing of it.
  public mutating func bind(_ trajectories: TrajectoryTable, finish: FinishRule) {}
  /// Never: the plan is kept.
  public var looks: LookCadence? { nil }
  /// Where it looks at queries at all.
  public var endsEarly: Bool { looks != nil }
  /// False: what is decoded is done.
  public var decidesAfterDecode: Bool { false }
  /// Keeps the plan.
  public func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision { .proceed }
  /// Hands the images on.
  public func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
    .complete
  }
  /// Has no parameters.
  public mutating func tune(_ parameter: String, to value: Double) {}
}

/// After which evaluations of a query a step policy looks at it.
public struct LookCadence: Hashable, Sendable {
  /// The first, from 1.
  public var first: Int
  /// Evaluations between two looks; nil = one look alone.
  public var every: Int?
  /// Whether a look computes the entropy of a latent, which takes time.
  public var readsLatent: Bool

  /// A cadence; both numbers above zero.
  public init(first: Int = 1, every: Int? = 1, readsLatent: Bool = false) {
    precondition(first > 0 && (every ?? 1) > 0, "no such evaluation")
    self.first = first
    self.every = every
    self.readsLatent = readsLatent
  }

  /// Whether there is a look after so many evaluations.
  @inlinable public func contains(_ evaluations: Int) -> Bool {
    if every == 1 { return evaluations >= first }
    guard let every else { return evaluations == first }
    return evaluations >= first && (evaluations - first) % every == 0
  }
}

/// Picks the worker whose queue a query joins (early binding).
public protocol Dispatcher: Sendable {
  /// The worker for this query; must be an active one of `cluster.workers`.
  mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID
}

/// Orders a queue.
public protocol QueueDiscipline: Sendable {
  /// Whether priorities change while queries wait; if so they are asked for again before each take.
  var timeVarying: Bool { get }
  /// Whether ranks depend on the priorities of queries' classes.
  var readsPriority: Bool { get }
  /// Whether ranks depend on ``QueryView/predictedRemaining``. Read once, before a run.
  var readsRemaining: Bool { get }
  /// Whether ``preempts(_:_:at:)`` may ever be true.
  var isPreemptive: Bool { get }
  /// A query's priority; fixed when it is enqueued unless ``timeVarying``.
  func priority(of query: QueryView, at now: SimulationTime) -> Priority
  /// Whether `waiting` takes the place of `running` at the next step boundary.
  func preempts(_ waiting: QueryView, _ running: QueryView, at now: SimulationTime) -> Bool
}

extension QueueDiscipline {
  /// False.
  public var timeVarying: Bool { false }
  /// False.
  public var readsPriority: Bool { false }
  /// False.
  public var readsRemaining: Bool { false }
  /// False.
  public var isPreemptive: Bool { false }
  /// Never.
  public func preempts(
    _ waiting: QueryView, _ running: QueryView, at now: SimulationTime
  ) -> Bool { false }
}

/// Rank in a queue: the smallest goes first, ties in order of joining.
public struct Priority: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// The rank.
  public var rank: Int64
  /// A rank.
  public init(rank: Int64) { self.rank = rank }
  /// Goes first.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// Accepts or drops queries.
public protocol Admission: Sendable {
  /// Whether ``isWorthwhile(_:finish:)`` is asked before service starts.
  var rechecksBeforeService: Bool { get }
  /// Whether a query none of whose images is in service leaves at its deadline.
  var abandonsAtDeadline: Bool { get }
  /// Whether ``admit(_:_:)`` accepts whatever it is shown, and need not be asked. Read once, before a run.
  var admitsAll: Bool { get }
  /// Asked once, at arrival.
  func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision
  /// Asked of a query none of whose images is in service yet, when a worker would take it;
  /// `finish` is the earliest time at which it could be complete.
  func isWorthwhile(_ query: QueryView, finish: SimulationTime) -> Bool
}

extension Admission {
  /// False.
  public var rechecksBeforeService: Bool { false }
  /// False.
  public var abandonsAtDeadline: Bool { false }
  /// False.
  public var admitsAll: Bool { false }
  /// Always.
  public func isWorthwhile(_ query: QueryView, finish: SimulationTime) -> Bool { true }
}

/// What becomes of an arriving query.
public enum AdmissionDecision: Hashable, Sendable {
  /// It is served.
  case accept
  /// It is turned away.
  case drop(DropReason)
}

/// Why a query was dropped.
public enum DropReason: UInt8, Hashable, BitwiseCopyable, Sendable, CaseIterable {
  /// Predicted at arrival to miss its deadline.
  case hopelessAtArrival
  /// Found before its service to be unable to meet its deadline.
  case hopelessBeforeService
  /// No room to wait.
  case queueFull
  /// Its deadline passed while it waited.
  case abandoned
  /// Its node failed.
  case lostToFailure
  /// The policy's own reason.
  case refused

  /// The word in databases and reports.
  public var name: String {
    switch self {
    case .hopelessAtArrival: "hopeless-at-arrival"
    case .hopelessBeforeService: "hopeless-before-service"
    case .queueFull: "queue-full"
    case .abandoned: "abandoned"
    case .lostToFailure: "lost-to-failure"
    case .refused: "refused"
    }
  }
}

/// Decides what becomes of queries whose work a failure has destroyed.
public protocol Recovery: Sendable {
  /// Whether the query is served again from the start; `failures` counts how often it lost work, this time
  /// included. Otherwise it is dropped.
  func isRetried(_ query: QueryView, failures: Int, at now: SimulationTime) -> Bool
}

/// Forms batches: of one model and size, joining only between steps.
public protocol BatchFormation: Sendable {
  /// Most images in a batch; nil = every query is its own batch.
  var maximumImages: Int? { get }
  /// Longest time that a batch which is not full waits for more, from its oldest query's arrival
  /// at the queue.
  var maximumWait: SimulationDuration { get }
  /// Whether queries join and leave a running batch at step boundaries.
  var joinsBetweenSteps: Bool { get }
  /// Whether ``mayJoin(_:_:)`` may be false: predictions then count on a batch as it is, not on a full one.
  var mayRefuse: Bool { get }
  /// Whether this query may join this batch, given that there is room.
  func mayJoin(_ query: QueryView, _ batch: BatchView) -> Bool
}

extension BatchFormation {
  /// No waiting.
  public var maximumWait: SimulationDuration { .zero }
  /// False.
  public var joinsBetweenSteps: Bool { false }
  /// False.
  public var mayRefuse: Bool { false }
  /// Always.
  public func mayJoin(_ query: QueryView, _ batch: BatchView) -> Bool { true }
}

/// Looks at the whole cluster now and then and re-plans it.
public protocol Controller: Sendable {
  /// Most accelerators that it asks to be active, whatever happens.
  var mostAccelerators: Int { get }
  /// When it looks next, after a look at `last`, or for the first time; nil = never again. Later than `last`.
  func nextLook(after last: SimulationTime?) -> SimulationTime?
  /// The changes to make now.
  mutating func replan(_ cluster: ClusterView) -> [Action]
}

extension Controller {
  /// None.
  public var mostAccelerators: Int { 0 }
}

/// A change that a ``Controller`` makes.
public enum Action: Hashable, Sendable {
  /// An inactive worker finishes what it has in service and takes nothing more; its queue is
  /// dispatched again.
  case setActive(WorkerID, Bool)
  /// A worker takes only queries of this model; nil = of any.
  case assign(WorkerID, ModelID?)
  /// Sets a parameter of the step policy.
  case tune(String, Double)
  /// Batches of this model hold so many images at most, where the batching does not allow fewer.
  case limitBatch(ModelID, Int)
}
