package import Cluster
import EventEngine
import Workload

/// DiffServe: a cascade whose share of deferred prompts, workers and batches are planned anew every few seconds.
///
/// Taken: a light model first; a discriminator whose confidence decides by a threshold whether the heavy model makes the
/// images again; a mixed integer program that sets the workers and the batch of each model and the threshold. A prompt's
/// confidence is drawn uniformly by query (Assumed), so that the share deferred is the threshold itself: DiffServe
/// measures that function. A query that would be late with the heavy model keeps the light one's image, where DiffServe
/// drops it. What a discriminator takes is charged to the accelerator, and a plan comes into effect only
/// after the solver's time. ``DiffServePlanner`` has the program.
package struct DiffServeSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "diffserve",
    summary:
      "a cascade; the share deferred, the workers and the batches of each model are planned by optimisation",
    reference: "Ahmad et al., DiffServe, MLSys 2025, arXiv 2411.15381",
    parameters: [
      PolicyParameter(
        "light", .name, default: .name("sd-turbo"), "the model that every query meets first"),
      PolicyParameter(
        "light-steps", .integer(1...1000), default: .integer(1), "its denoising steps"),
      PolicyParameter(
        "heavy", .name, default: .ofQueries,
        "the model that queries ask for; default: the most frequent"),
      PolicyParameter(
        "heavy-steps", .integer(1...1000), default: .ofQueries,
        "most of its denoising steps, and what plans count on; default: those asked for, and their mean"
      ),
      PolicyParameter(
        "slo", .duration, default: .ofQueries,
        "objective that plans are made for; default: the queries' mean; published: 5 s"),
      PolicyParameter(
        "every", .duration, default: .duration(SimulationDuration(seconds: 5)),
        "time between two plans; published code: 5 s"),
      PolicyParameter(
        "headroom", .number(1...10), default: .number(1.05),
        "planned over estimated demand; published: 5 %, its code has 20 %"),
      PolicyParameter(
        "smoothing", .number(0.01...1), default: .number(0.32),
        "weight of the newest count in the estimated demand; published code: 0.32"),
      PolicyParameter(
        "most-deferred", .number(0...1), default: .number(1),
        "largest share that the heavy model makes again; published: 1"),
      PolicyParameter(
        "discriminator", .duration, default: .duration(SimulationDuration(seconds: 0.02)),
        "time of a batch in the discriminator; published code: 20 ms"),
      PolicyParameter(
        "planning", .duration, default: .duration(SimulationDuration(seconds: 0.01)),
        "time from a look to its plan's effect; published: 10 ms"),
      PolicyParameter(
        "solver", .name, default: .name(Solver.defaultLibrary), "the library of GLPK"),
    ]
  ) { arguments in
    Solver.chosen(by: arguments).map { .steps(DiffServeSteps(arguments, $0)) }
  }

  static let preset = PolicyPreset(
    "diffserve", summary: "a planned cascade; queries that would be late are dropped",
    reference: entry.reference ?? "",
    parts: [.steps: "diffserve", .dispatcher: "join-shortest-queue", .admission: "drop-hopeless"])

  let light: String
  /// Nil until the queries are known, where the scenario does not say.
  private var heavy: String?
  let lightSteps: Int
  /// Nil = as many as are asked for.
  let heavySteps: Int?
  let discriminator: SimulationDuration
  private var made: DiffServePlanner
  /// The share that goes on to the heavy model: all until there is a plan.
  private var deferred = 1.0
  /// What a query that goes on is expected to wait and to take.
  private var heavyTime = SimulationDuration.zero
  init(_ arguments: PolicyArguments, _ solver: Solver) {
    light = arguments.name("light")
    heavy = arguments.nameIfGiven("heavy")
    lightSteps = arguments.integer("light-steps")
    heavySteps = arguments.integerIfGiven("heavy-steps")
    discriminator = arguments.duration("discriminator")
    made = DiffServePlanner(arguments, solver)
  }

  /// Two models; the light one alone where the heavy one is what queries ask for.
  package var requirements: StepRequirements {
    StepRequirements(
      decidesAfterDecode: true, predictsSteps: true, firstModel: light,
      models: [light] + [heavy].compactMap { $0 }, lightModel: (light, lightSteps),
      heavyModel: heavy)
  }

  /// The program's solutions.
  package var planner: (any Controller)? { made }

  /// Plans for these queries where the scenario does not say what for.
  package mutating func prepare(_ setup: StepSetup) {
    made.bind(light: setup.models[light], heavy: heavy.flatMap { setup.models[$0] })
    guard let typical = setup.typical else { return }
    heavy = heavy ?? typical.modelName
    made.bind(typical)
  }

  /// The light model's steps at first, then the heavy one's.
  package func predictedSteps(of query: QueryView) -> Int {
    query.resubmissions == 0 ? lightSteps : min(query.requestedSteps, heavySteps ?? .max)
  }

  /// The same; the light model's images go through the discriminator.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(
      evaluations: predictedSteps(of: query),
      overhead: query.resubmissions == 0 ? discriminator : .zero)
  }

  /// Sends prompts on whose confidence lies under the threshold, unless they would be late.
  package func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
    guard query.resubmissions == 0, context.now + heavyTime <= query.deadline else {
      return .complete
    }
    var random = RandomStream(
      seed: query.promptSeed, stream: .cascade, entity: UInt64(query.id.rawValue))
    return random.uniform() < deferred ? .resubmit(query.requestedModel) : .complete
  }

  /// Takes the planned share, and the heavy model's time.
  package mutating func tune(_ parameter: String, to value: Double) {
    switch parameter {
    case DiffServePlanner.share: deferred = value
    case DiffServePlanner.heavyTime: heavyTime = SimulationDuration(seconds: value)
    default: break
    }
  }
}
