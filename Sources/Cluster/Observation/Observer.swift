public import EventEngine
public import LatencyProfiles
public import Workload

/// Is told what happens in a run; the simulation never knows who listens.
public protocol Observer: Sendable {
  /// Whether ``spanEnded(_:)`` and ``queueChanged(waiting:at:)`` are wanted; false keeps them off the hot path.
  var wantsSpans: Bool { get }
  /// Whether a span must name all its queries.
  var wantsMembers: Bool { get }
  /// Whether ``journeyEnded(_:)`` is wanted; false keeps it off the hot path.
  var wantsJourneys: Bool { get }
  /// A query is complete, dropped, or still in flight at the horizon. Called once per offered query.
  mutating func queryEnded(_ record: QueryRecord)
  /// What it went through, told after its record.
  mutating func journeyEnded(_ journey: QueryJourney)
  /// A device has finished a piece of work.
  ///
  /// Told when it begins, since its end is known by then: in order of ``Span/start``.
  mutating func spanEnded(_ span: Span)
  /// So many queries now wait for service.
  mutating func queueChanged(waiting: Int, at time: SimulationTime)
  /// The run is over.
  mutating func runEnded(_ usage: RunUsage)
}

extension Observer {
  /// False.
  public var wantsSpans: Bool { false }
  /// False.
  public var wantsMembers: Bool { false }
  /// False.
  public var wantsJourneys: Bool { false }
  /// Ignores it.
  public mutating func journeyEnded(_ journey: QueryJourney) {}
  /// Ignores it.
  public mutating func spanEnded(_ span: Span) {}
  /// Ignores it.
  public mutating func queueChanged(waiting: Int, at time: SimulationTime) {}
}

/// How a query ended.
public enum Outcome: Hashable, BitwiseCopyable, Sendable {
  /// All its images were delivered.
  case completed
  /// It was turned away.
  case dropped(DropReason)
  /// The horizon came first.
  case inFlight

  /// The word in databases and reports.
  public var name: String {
    switch self {
    case .completed: "completed"
    case .dropped(let reason): "dropped: \(reason.name)"
    case .inFlight: "in-flight"
    }
  }
}

/// One query's story.
public struct QueryRecord: Hashable, BitwiseCopyable, Sendable {
  /// The query.
  public var query: Query
  /// How it ended.
  public var outcome: Outcome
  /// When the first of its images entered service; nil if none did.
  public var start: SimulationTime?
  /// When it was complete, dropped, or cut off by the horizon.
  public var end: SimulationTime
  /// Network evaluations of its images, in the mean over the parts it was split into.
  public var evaluations: Double
  /// Parts it was split into to fit the batch limit.
  public var parts: Int
  /// Steps of the schedule that were skipped at its start.
  public var firstStep: Int
  /// How its denoising ended.
  public var finish: Finish
  /// Relative distance of its latents to the converged ones, in the mean over its images; nil without a
  /// trajectory table of its model, and for queries that were not denoised.
  public var latentError: Double?
  /// The worker of its last part; nil if it never reached one.
  public var worker: WorkerID?

  /// From arrival to ``end``.
  public var latency: SimulationDuration { end - query.arrival }
  /// From arrival to ``start``, or to the end for a query that never started.
  public var wait: SimulationDuration { (start ?? end) - query.arrival }
  /// Completed within its SLO.
  public var isOnTime: Bool { outcome == .completed && end <= query.deadline }
}

/// What a piece of work occupies.
public enum SpanResource: Hashable, Sendable {
  /// The worker's accelerator.
  case accelerator
  /// A core of its node's CPU pool.
  case cpu
  /// The link between the two.
  case link
  /// The network between nodes, on the way to the next pool.
  case network
  /// A model's weights on their way into the accelerator's memory, which does nothing else meanwhile.
  case weights
}

/// A piece of work on a device, or a transfer.
public struct Span: Hashable, Sendable {
  /// The worker whose batch it is.
  public var worker: WorkerID
  /// What it occupies.
  public var resource: SpanResource
  /// The stage; of a transfer, the one that it leads to.
  public var stage: Stage
  /// Start of the work.
  public var start: SimulationTime
  /// End of the work.
  public var end: SimulationTime
  /// Images in the batch (1 on a CPU).
  public var images: Int
  /// The oldest query of the batch.
  public var query: QueryID
  /// The model that the batch is made with.
  public var model: ModelID
  /// Number of the batch on its worker, from 1: how often the worker had been empty before it.
  public var batch: Int32
  /// All queries of the batch, where the observer wants them; one that was split may appear twice.
  public var members: [QueryID] = []
}

/// What the devices did in a run.
public struct RunUsage: Hashable, Sendable {
  /// Time of the last event, or the horizon.
  public var end: SimulationTime = .zero
  /// Queries that arrived.
  public var offered = 0
  /// Queries that were completed.
  public var completed = 0
  /// Queries that were dropped.
  public var dropped = 0
  /// Queries in the system at the end.
  public var inFlight = 0
  /// Integral over time of the number of queries in the system, in query x nanoseconds.
  public var systemIntegral: Int128 = 0
  /// Sum of all queries' times in the system, clipped to the end, in nanoseconds.
  public var residenceSum: Int128 = 0
  /// Mean over time of the number of queries none of whose images is in service yet.
  public var meanWaiting = 0.0
  /// The largest such number.
  public var maximumWaiting = 0
  /// What each worker did.
  public var workers: [WorkerUsage] = []
  /// What each node's CPU pool did.
  public var cpuPools: [CPUPoolUsage] = []
  /// Batches whose time for a stage lay outside what its profile holds.
  public var extrapolatedBatches = 0
  /// Events handled.
  public var events = 0
  /// Failures of nodes; nil where none ever fails.
  public var failures: Int?
  /// Queries that lost work to a failure and were served again; one that did so twice counts twice.
  public var retried = 0
  /// Times that a model's weights were loaded; nil where memory is not modelled.
  public var modelLoads: Int?
  /// Whether accelerators came and went by policy.
  public var hasScaling = false
  /// Energy of accelerators and cores, in joules, over the time that counts; nil where no power is said.
  public var energy: Double?
  /// Price of accelerators over the time that counts; nil where no price is said.
  public var price: Double?
  /// Accelerators that came and went, by policy or with their nodes, in order.
  public var workerEvents: [WorkerEvent] = []

  /// Nothing has happened yet.
  public init() {}
}

/// A worker comes or goes.
public struct WorkerEvent: Hashable, Sendable {
  /// What happens to it.
  public enum Kind: String, Hashable, Sendable {
    /// It is activated, and there after its node's startup.
    case starting
    /// It takes queries from now on.
    case active
    /// It is deactivated: it takes no more queries, and finishes what it holds.
    case draining
    /// It holds nothing any more, and costs nothing.
    case off
    /// Its node fails.
    case failed
    /// Its node is back.
    case repaired
  }

  /// When.
  public var time: SimulationTime
  /// The worker.
  public var worker: WorkerID
  /// What happens.
  public var kind: Kind
}

/// What a worker did.
public struct WorkerUsage: Hashable, Sendable {
  /// The worker.
  public var worker: WorkerID
  /// Name of its node.
  public var node: String
  /// Busy time by stage (`Stage.index`).
  public var busy: [SimulationDuration]
  /// The same time by what it rests on (`TimeBasis.index`).
  public var busyByBasis = [SimulationDuration](repeating: .zero, count: TimeBasis.allCases.count)
  /// Time for which it stood still for its CPU stages (pipelining none).
  public var waitingForCPU: SimulationDuration
  /// Time for which a full hand-off buffer blocked it.
  public var blocked: SimulationDuration
  /// Time for which it waited for weights.
  public var loading = SimulationDuration.zero
  /// Time for which it was active, starting up or still at work.
  public var active = SimulationDuration.zero
  /// Time for which its node had failed.
  public var down = SimulationDuration.zero
  /// Time for which it was lent to another worker's batch, at work or not.
  public var lent = SimulationDuration.zero
  /// Evaluations run, counted once a batch.
  public var evaluations: Int
  /// Image-evaluations run: evaluations x images of the batch.
  public var imageEvaluations: Int

  /// Time for which the accelerator worked.
  public var busyTotal: SimulationDuration { busy.reduce(.zero, +) }
}

/// What a node's CPU pool did.
public struct CPUPoolUsage: Hashable, Sendable {
  /// Name of the node.
  public var node: String
  /// Cores in the pool.
  public var cores: Int
  /// Core time by stage (`Stage.index`).
  public var busy: [SimulationDuration]
  /// The same time by what it rests on (`TimeBasis.index`).
  public var busyByBasis = [SimulationDuration](repeating: .zero, count: TimeBasis.allCases.count)

  /// Core time for which the pool worked.
  public var busyTotal: SimulationDuration { busy.reduce(.zero, +) }
}
