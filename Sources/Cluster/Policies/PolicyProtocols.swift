public import EventEngine
public import Workload

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
  var maximumAccelerators: Int { get }
  /// When it looks next, after a look at `last`, or for the first time; nil = never again. Later than `last`.
  func nextReplan(after last: SimulationTime?) -> SimulationTime?
  /// The changes to make now.
  mutating func replan(_ cluster: ClusterView) -> [Action]
}

extension Controller {
  /// None.
  public var maximumAccelerators: Int { 0 }
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
