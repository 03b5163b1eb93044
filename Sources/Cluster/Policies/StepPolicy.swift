public import EventEngine
public import LatentDynamics
public import Workload

/// Decides how many denoising steps a query gets and how it finishes.
///
/// One value serves all queries of a run; what it must remember of one lives in that query's ``StepState``.
public protocol StepPolicy: Sendable {
  /// What it needs, and what it may do. Read before ``prepare(_:)`` and after it.
  var requirements: StepRequirements { get }
  /// What re-plans the cluster for it now and then; nil = nothing. Asked for once it is prepared; a policy set's own
  /// controller comes before it.
  var planner: (any Controller)? { get }
  /// Shows what is known before a run.
  mutating func prepare(_ setup: StepSetup)
  /// Evaluations that the policy expects a query to get: what service times are predicted by, before its plan is made.
  /// Asked only where ``StepRequirements/predictsSteps``.
  func predictedSteps(of query: QueryView) -> Int
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
  /// None: plans are kept.
  public var requirements: StepRequirements { StepRequirements() }
  /// Nil.
  public var planner: (any Controller)? { nil }
  /// Needs to know nothing.
  public mutating func prepare(_ setup: StepSetup) {}
  /// The steps asked for.
  public func predictedSteps(of query: QueryView) -> Int { query.requestedSteps }
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

/// What a step policy needs of a run, and what it may do in it.
public struct StepRequirements: Sendable {
  /// After which evaluations ``StepPolicy/afterStep(_:_:_:_:)`` is asked; nil = never: plans are kept.
  public var probes: ProbeCadence?
  /// Whether ``StepPolicy/afterStep(_:_:_:_:)`` may end a query's steps, so that the policy set's finish follows.
  public var endsEarly: Bool
  /// The largest number of accelerators that a plan may ask for.
  public var maximumAccelerators: Int
  /// Whether ``StepPolicy/afterDecode(_:_:)`` must be asked.
  public var decidesAfterDecode: Bool
  /// Whether ``StepPolicy/predictedSteps(of:)`` differs from what queries ask for.
  public var predictsSteps: Bool
  /// The model that every query meets first; nil = the one that it asks for.
  public var firstModel: String?
  /// Models that plans and re-submissions may name besides the queries' own.
  public var models: [String]
  /// The light model whose images some or all queries get, in so many evaluations; nil = all get those of the model
  /// asked for.
  public var lightModel: (name: String, evaluations: Int)?
  /// The one model that its plans count on queries to ask for; nil = any.
  public var heavyModel: String?
  /// Whether it cannot do without a trajectory table.
  public var needsTable: Bool
  /// The largest number of prompts that it remembers; a workload with fewer cannot fill that.
  public var cachedPrompts: Int
  /// The window over which ``StepContext/load`` is taken; nil = the load is not needed, and not measured.
  public var loadWindow: SimulationDuration?

  /// Needs and does nothing but what is said; where it probes, its probes may end steps, and those of latents need a table.
  public init(
    probes: ProbeCadence? = nil, endsEarly: Bool? = nil, maximumAccelerators: Int = 1,
    decidesAfterDecode: Bool = false, predictsSteps: Bool = false, firstModel: String? = nil,
    models: [String] = [], lightModel: (name: String, evaluations: Int)? = nil,
    heavyModel: String? = nil, needsTable: Bool? = nil, cachedPrompts: Int = 0,
    loadWindow: SimulationDuration? = nil
  ) {
    self.probes = probes
    self.endsEarly = endsEarly ?? (probes != nil)
    self.maximumAccelerators = maximumAccelerators
    self.decidesAfterDecode = decidesAfterDecode
    self.predictsSteps = predictsSteps
    self.firstModel = firstModel
    self.models = models
    self.lightModel = lightModel
    self.heavyModel = heavyModel
    self.needsTable = needsTable ?? (probes?.readsLatent ?? false)
    self.cachedPrompts = cachedPrompts
    self.loadWindow = loadWindow
  }
}

/// After which evaluations of a query a step policy probes it.
public struct ProbeCadence: Hashable, Sendable {
  /// The first, from 1.
  public var first: Int
  /// Evaluations between two probes; nil = one probe alone.
  public var every: Int?
  /// Whether a probe computes the entropy of a latent, which takes time.
  public var readsLatent: Bool

  /// A cadence; both numbers above zero.
  public init(first: Int = 1, every: Int? = 1, readsLatent: Bool = false) {
    precondition(first > 0 && (every ?? 1) > 0, "no such evaluation")
    self.first = first
    self.every = every
    self.readsLatent = readsLatent
  }

  /// Whether there is a probe after so many evaluations.
  @inlinable public func contains(_ evaluations: Int) -> Bool {
    if every == 1 { return evaluations >= first }
    guard let every else { return evaluations == first }
    return evaluations >= first && (evaluations - first) % every == 0
  }
}

/// What a step policy may know before a run.
public struct StepSetup: Sendable {
  /// The ids of models, by name.
  public var models: [String: ModelID]
  /// What several accelerators are worth to one query.
  public var parallelism: SpeedupCurve
  /// What queries ask for in the mean; nil where no policy plans by it.
  public var typical: TypicalQuery?
  /// The trajectory table; nil without one.
  public var trajectories: TrajectoryTable?
  /// How the policy's queries end early.
  public var finish: FinishRule

  /// A setup from its parts.
  public init(
    models: [String: ModelID] = [:], parallelism: SpeedupCurve = .published,
    typical: TypicalQuery? = nil, trajectories: TrajectoryTable? = nil, finish: FinishRule = .none
  ) {
    self.models = models
    self.parallelism = parallelism
    self.typical = typical
    self.trajectories = trajectories
    self.finish = finish
  }
}
