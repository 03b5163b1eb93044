import EventEngine

/// A serving policy: one choice for each of its parts.
public struct PolicySet: Sendable {
  /// Its name in the scenario.
  public var name: String
  /// How many steps a query gets.
  public var steps: any StepPolicy
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
  /// Re-plans the cluster now and then.
  public var controller: (any Controller)?

  /// A policy from its parts.
  public init(
    name: String, steps: any StepPolicy, dispatcher: any Dispatcher,
    discipline: any QueueDiscipline, admission: any Admission, batching: any BatchFormation,
    pipelining: Pipelining = .none, placement: Placement = Placement(),
    controller: (any Controller)? = nil
  ) {
    self.name = name
    self.steps = steps
    self.dispatcher = dispatcher
    self.discipline = discipline
    self.admission = admission
    self.batching = batching
    self.pipelining = pipelining
    self.placement = placement
    self.controller = controller
  }

  /// The parts that are settings.
  public var options: ServingOptions {
    ServingOptions(
      batchLimit: batching.maximumImages, pipelining: pipelining, placement: placement)
  }
}

/// What a step policy may be told of a query's latent: the entropy tables of the trajectories.
public protocol LatentSignals: Sendable {
  /// Entropy in bits after `evaluationsDone` of `evaluationsPlanned` evaluations of a schedule whose
  /// first `firstStep` steps were skipped; nil if unknown.
  func entropyBits(
    promptSeed: UInt64, evaluationsDone: Int, evaluationsPlanned: Int, firstStep: Int
  ) -> Double?
}
