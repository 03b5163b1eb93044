public import EventEngine
public import Workload

/// What a policy may know of a query (of the part of it that shares a batch).
public struct QueryView: Hashable, Sendable {
  /// Its index.
  public var id: QueryID
  /// When it arrived.
  public var arrival: SimulationTime
  /// When it must be complete.
  public var deadline: SimulationTime
  /// The model that serves it now.
  public var model: ModelID
  /// The model that was asked for.
  public var requestedModel: ModelID
  /// Model and size as an index.
  public var shape: ShapeID
  /// Images of this part.
  public var images: Int
  /// Steps asked for.
  public var requestedSteps: Int
  /// Evaluations that its step policy expects it to get.
  public var expectedSteps: Int
  /// Identifies the prompt.
  public var promptSeed: UInt64
  /// Index of its class.
  public var serviceClass: UInt16?
  /// Its service time on the cluster's fastest device, from medians, at its expected steps.
  public var predictedService: SimulationDuration
  /// Time that it still takes if it is served alone on the worker in question from now on, from medians; without a
  /// worker in question, on the fastest for it. Told to disciplines that read it.
  public var predictedRemaining: SimulationDuration
  /// How often it has been re-submitted to another model.
  public var resubmissions: Int
  /// Its class's rank: the smallest goes first.
  public var priority: Int32
  /// The pool that it is to enter, where stages are disaggregated; 0 = the first.
  public var pool: Int

  /// A view from its parts.
  public init(
    id: QueryID, arrival: SimulationTime, deadline: SimulationTime, model: ModelID,
    shape: ShapeID, images: Int, requestedSteps: Int, promptSeed: UInt64, serviceClass: UInt16?,
    predictedService: SimulationDuration, resubmissions: Int, priority: Int32 = 0, pool: Int = 0
  ) {
    requestedModel = model
    expectedSteps = requestedSteps
    self.priority = priority
    self.pool = pool
    self.id = id
    self.arrival = arrival
    self.deadline = deadline
    self.model = model
    self.shape = shape
    self.images = images
    self.requestedSteps = requestedSteps
    self.promptSeed = promptSeed
    self.serviceClass = serviceClass
    self.predictedService = predictedService
    predictedRemaining = predictedService
    self.resubmissions = resubmissions
  }
}

/// How a query's denoising ends.
public enum Finish: UInt8, Hashable, BitwiseCopyable, Sendable {
  /// As it stands.
  case none
  /// One more evaluation to the predicted clean latent.
  case jump
  /// One more evaluation at the schedule's last time.
  case reserved
  /// What is left of the noise range in a number of evaluations.
  case respace

  /// The word in databases and reports.
  public var name: String {
    switch self {
    case .none: "none"
    case .jump: "jump"
    case .reserved: "reserved"
    case .respace: "respace"
    }
  }
}

/// The plan of one query's denoising.
public struct StepPlan: Hashable, Sendable {
  /// The model to run; nil = the one asked for.
  public var model: ModelID?
  /// Steps of the schedule that are skipped, for a start from a cached latent.
  public var firstStep: Int
  /// Network evaluations to run, at least 1.
  public var evaluations: Int
  /// How it ends.
  public var finish: Finish
  /// Accelerators of one node that share the evaluations, at least 1.
  public var parallelDegree: Int
  /// Time for which the accelerator is held up before the first evaluation, by what the policy does meanwhile.
  public var overhead: SimulationDuration

  /// A plan from its parts.
  public init(
    evaluations: Int, model: ModelID? = nil, firstStep: Int = 0, finish: Finish = .none,
    parallelDegree: Int = 1, overhead: SimulationDuration = .zero
  ) {
    self.overhead = overhead
    self.model = model
    self.firstStep = firstStep
    self.evaluations = evaluations
    self.finish = finish
    self.parallelDegree = parallelDegree
  }
}

/// What is seen of a query after an evaluation.
public struct StepObservation: Hashable, Sendable {
  /// Evaluations run so far.
  public var evaluationsDone: Int
  /// Evaluations still planned.
  public var evaluationsLeft: Int
  /// Entropy of the latent in bits, from a trajectory table; nil without one.
  public var latentEntropyBits: Double?
  /// Entropy of the clean latent that the evaluation predicted, in bits; nil without a table.
  public var predictedEntropyBits: Double?

  /// An observation from its parts.
  public init(
    evaluationsDone: Int, evaluationsLeft: Int, latentEntropyBits: Double? = nil,
    predictedEntropyBits: Double? = nil
  ) {
    self.evaluationsDone = evaluationsDone
    self.evaluationsLeft = evaluationsLeft
    self.latentEntropyBits = latentEntropyBits
    self.predictedEntropyBits = predictedEntropyBits
  }
}

/// What a step policy remembers of one query: a fixed number of values, owned by the engine.
public struct StepState: Hashable, BitwiseCopyable, Sendable {
  /// Zero at the start; what they mean is the policy's business.
  public var values: SIMD4<Double> = .zero
  /// All zero.
  public init() {}
}

/// What a step policy wants after an evaluation.
public enum StepDecision: Hashable, Sendable {
  /// Go on as planned.
  case proceed
  /// The steps are enough: end as the policy set's finish says.
  case finish
  /// One more evaluation to the predicted clean latent, whatever the finish.
  case lastStep
  /// Go on with so many evaluations instead of the ones left, at least 1.
  case respace(remaining: Int)
  /// Go on as planned, on so many accelerators of the node, at least 1, as far as they are idle.
  case share(among: Int)
}

/// What a step policy wants after decoding.
public enum DecodeDecision: Hashable, Sendable {
  /// The images go on to post-processing.
  case complete
  /// The query goes back to a queue, for another model.
  case resubmit(ModelID)
}

/// What a batch looks like to a policy, to a query that may join it.
public struct BatchView: Hashable, Sendable {
  /// Its model and size.
  public var shape: ShapeID
  /// Images in it.
  public var images: Int
  /// When it is predicted to be complete with the query in it.
  public var finish: SimulationTime
  /// The earliest deadline among its members' and the query's.
  public var deadline: SimulationTime
}

/// The surroundings of a step decision.
public struct StepContext: Hashable, Sendable {
  /// The present.
  public var now: SimulationTime
  /// The worker that serves the query.
  public var worker: WorkerID
  /// Predicted time of one evaluation in the present batch.
  public var evaluationTime: SimulationDuration
  /// Predicted time before the first evaluation and after the last one: encode (where still to
  /// come), decode, CPU stages.
  public var otherTime: SimulationDuration
  /// Images waiting in the queue that feeds this worker, without those that are expected to join the query's batch.
  public var queuedImages: Int
  /// Workers that this queue feeds.
  public var workersOfQueue: Int
  /// Most images in a batch; the query's own where there is no batching.
  public var batchLimit: Int
  /// The cluster's load; nil unless ``StepRequirements/loadWindow`` asks for it.
  public var load: ClusterLoad?

  /// A context from its parts.
  public init(
    now: SimulationTime, worker: WorkerID, evaluationTime: SimulationDuration,
    otherTime: SimulationDuration, queuedImages: Int, workersOfQueue: Int, batchLimit: Int,
    load: ClusterLoad? = nil
  ) {
    self.now = now
    self.worker = worker
    self.evaluationTime = evaluationTime
    self.otherTime = otherTime
    self.queuedImages = queuedImages
    self.workersOfQueue = workersOfQueue
    self.batchLimit = batchLimit
    self.load = load
  }

  /// Full batches waiting for each worker of the queue.
  public var queuedBatchesPerWorker: Double {
    Double(queuedImages) / Double(max(batchLimit, 1) * max(workersOfQueue, 1))
  }

  /// Deadline - now - predicted remaining time at `evaluations` evaluations to come.
  public func slack(of query: QueryView, evaluations: Int) -> SimulationDuration {
    query.deadline - now - otherTime - evaluationTime * evaluations
  }
}

/// What a policy may know of a worker.
public struct WorkerView: Hashable, Sendable {
  /// Its index.
  public var id: WorkerID
  /// The node it is in.
  public var node: NodeID
  /// Whether it takes queries.
  public var isActive = true
  /// Whether its node is there.
  public var isUp = true
  /// Whether it was activated and is not there yet.
  public var isStarting = false
  /// The only model it takes, if it is restricted.
  public var model: ModelID?
  /// Whether its node serves a model, by `ModelID`; nil = it serves all.
  public var servedModels: [Bool]?
  /// Models in its accelerator's memory, the one used last at the end; empty where memory is not modelled.
  public var residentModels: [ModelID] = []
  /// Its pool, where stages are disaggregated.
  public var pool = 0
  /// Parts of queries in its own queue.
  public var queuedParts = 0
  /// Images in its own queue.
  public var queuedImages = 0
  /// Images in service.
  public var runningImages = 0
  /// Predicted time of what is in its queue, and of what the CPU encodes ahead for it.
  public var queuedWork: SimulationDuration = .zero
  /// When it is predicted to be done with the piece of work in hand: one stage, or one step, of what is in service.
  public var predictedFree: SimulationTime = .zero
  /// Predicted time of what is in service after that piece.
  public var workAfter: SimulationDuration = .zero

  /// Predicted time until it has done all that it holds.
  @inlinable public func workLeft(at now: SimulationTime) -> SimulationDuration {
    max(predictedFree - now, .zero) + workAfter + queuedWork
  }

  /// Another step begins of what it has in service.
  mutating func foreseeStep(of time: SimulationDuration, from now: SimulationTime) {
    predictedFree = now + time
    workAfter = workAfter - time
  }

  /// Whether it holds nothing.
  public var isIdle: Bool { queuedParts == 0 && runningImages == 0 }

  /// Whether it takes queries of this model now.
  @inlinable public func takes(_ query: QueryView) -> Bool {
    isActive && isUp && pool == query.pool && serves(query.model)
  }

  /// Whether it serves this model.
  @inlinable public func serves(_ model: ModelID) -> Bool {
    if let only = self.model, only != model { return false }
    return servedModels?[Int(model.rawValue)] ?? true
  }
}

/// What a policy may know of the cluster: a copy, made of values.
public struct ClusterView: Sendable {
  /// The present.
  public let now: SimulationTime
  /// All workers, by id.
  public let workers: [WorkerView]
  /// Queries that have arrived so far.
  public let arrived: Int
  /// Parts of queries waiting in the central queue; 0 with per-worker queues.
  public let centralParts: Int
  /// Images waiting in the central queue; 0 with per-worker queues.
  public let centralImages: Int
  /// Predicted time of what is in the central queue, on the fastest device.
  public let centralWork: SimulationDuration
  /// Whether the query that is to be admitted would take the place of a running one at the next step boundary.
  public internal(set) var isPreempting = false
  /// Names of models, by `ModelID`.
  let models: [String]
  let times: ServiceTimes
  let options: ServingOptions
  /// What the accelerators that the step policy may take on for one query are worth to it.
  let speedup: Double

  /// Most images in a batch, by the batching; nil where there is none.
  public var batchLimit: Int? { options.batchLimit }

  /// Predicted time that this query costs a worker (its share of a full batch).
  public func predictedWork(of query: QueryView, on worker: WorkerID) -> SimulationDuration {
    times.amortisedTime(
      node: workers[Int(worker.rawValue)].node, shape: query.shape, images: query.images,
      evaluations: query.expectedSteps, options: options)
  }

  /// Predicted time from the start of this query's service on a worker to its completion, with all accelerators that
  /// its step policy may take on, and in later pools too, where they are fastest and nothing waits.
  public func predictedService(of query: QueryView, on worker: WorkerID) -> SimulationDuration {
    times.standalone(
      node: workers[Int(worker.rawValue)].node, shape: query.shape, images: query.images,
      evaluations: query.expectedSteps, placement: options.placement, speedup: speedup)
      + times.fastestStandalone(
        shape: query.shape, images: query.images, evaluations: query.expectedSteps,
        placement: options.placement, from: query.pool + 1)
  }

  /// Predicted time of a batch of a model's images on a worker that has nothing else to do, at the first size that
  /// queries ask for; nil where the worker does not serve the model.
  public func predictedBatch(
    of model: ModelID, images: Int, evaluations: Int, on worker: WorkerID
  ) -> SimulationDuration? {
    let view = workers[Int(worker.rawValue)]
    guard view.servedModels?[Int(model.rawValue)] ?? true,
      let shape = times.shapes.firstIndex(where: { $0.model == models[Int(model.rawValue)] })
    else { return nil }
    return times.standalone(
      node: view.node, shape: ShapeID(rawValue: UInt16(shape)), images: images,
      evaluations: evaluations, placement: options.placement)
  }

  /// Predicted completion if the query joined this worker's queue now.
  public func predictedFinish(of query: QueryView, on worker: WorkerID) -> SimulationTime {
    now + workers[Int(worker.rawValue)].workLeft(at: now)
      + predictedService(of: query, on: worker)
  }

  /// Earliest predicted completion over the workers that take the query; with a central queue the
  /// work waiting there is shared by all of them. `distantFuture` if no worker takes it.
  public func earliestFinish(of query: QueryView) -> SimulationTime {
    let takers = workers.filter { $0.takes(query) }
    let share = SimulationDuration(
      nanoseconds: centralWork.nanoseconds / Int64(max(takers.count, 1)))
    return takers.map { predictedFinish(of: query, on: $0.id) + share }.min() ?? .distantFuture
  }
}
