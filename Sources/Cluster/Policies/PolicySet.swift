public import LatentDynamics

/// A serving policy: one choice for each of its parts.
public struct PolicySet: Sendable {
  /// Its name in the scenario.
  public var name: String
  /// How many steps a query gets.
  public var steps: any StepPolicy
  /// How denoising ends that the step policy wants ended early.
  public var finish: FinishRule
  /// Which worker's queue it joins.
  public var dispatcher: any Dispatcher
  /// The order of queues.
  public var discipline: any QueueDiscipline
  /// Which queries are served at all.
  public var admission: any Admission
  /// How batches form.
  public var batching: any BatchFormation
  /// Overlap of CPU and accelerator.
  public var pipelining: Pipelining
  /// Where stages run.
  public var placement: Placement
  /// What becomes of work that a failure destroys.
  public var recovery: any Recovery
  /// Re-plans the cluster now and then.
  public var controller: (any Controller)?

  /// A policy from its parts.
  public init(
    name: String, steps: any StepPolicy, finish: FinishRule = .none, dispatcher: any Dispatcher,
    discipline: any QueueDiscipline, admission: any Admission, batching: any BatchFormation,
    pipelining: Pipelining = .none, placement: Placement = Placement(),
    recovery: any Recovery = RetryLost(), controller: (any Controller)? = nil
  ) {
    self.name = name
    self.steps = steps
    self.finish = finish
    self.dispatcher = dispatcher
    self.discipline = discipline
    self.admission = admission
    self.batching = batching
    self.pipelining = pipelining
    self.placement = placement
    self.recovery = recovery
    self.controller = controller
  }

  /// The parts that are settings.
  public var options: ServingOptions {
    ServingOptions(
      batchLimit: batching.maximumImages, pipelining: pipelining, placement: placement)
  }
}

/// What becomes of a query whose step policy says that its steps are enough.
public enum FinishRule: Hashable, Sendable {
  /// It ends as it stands.
  case none
  /// One more evaluation to the predicted clean latent.
  case jump
  /// One more evaluation at the schedule's last time.
  case reserved
  /// So many evaluations over what is left of the noise range.
  case respace(Int)

  /// Evaluations after the schedule is left.
  public var evaluations: Int {
    switch self {
    case .none: 0
    case .jump, .reserved: 1
    case .respace(let evaluations): evaluations
    }
  }

  /// What a trajectory table calls it.
  public var ending: Ending {
    switch self {
    case .none: .none
    case .jump: .cover(1)
    case .reserved: .reserved
    case .respace(let evaluations): .cover(evaluations)
    }
  }
}
