package import Cluster
import EventEngine

/// The steps asked for, on the fewest accelerators that meet the deadline, chosen again every few steps.
///
/// Taken from TetriServe: rounds of several steps; degrees 1, 2, 4, ...; at each round the degree with the least
/// accelerator time that meets the deadline; what is late anyway gets one accelerator; with nobody waiting, idle
/// accelerators are taken on. Simplified: queries choose for themselves, in the order of the discipline, where
/// TetriServe packs a round's queries by a knapsack; hopeless queries are dropped by the preset, where TetriServe serves
/// them when nobody else waits. Its scheduling takes no time here, as
/// it overlaps with denoising there.
package struct RoundParallelSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "round-parallel",
    summary:
      "the fewest accelerators that meet the deadline share a query's steps, chosen anew every round",
    reference:
      "TetriServe: Efficiently Serving Mixed DiT Workloads, ASPLOS 2026, doi 10.1145/3779212.3790233",
    parameters: [
      PolicyParameter(
        "accelerators", .integer(1...1024), default: .integer(2),
        "most accelerators that share the steps of one query or batch"),
      PolicyParameter(
        "round", .integer(1...1000), default: .integer(5),
        "steps of a round; published: 5 is most robust"),
      PolicyParameter(
        "elastic", .choice(["yes", "no"]), default: .choice("yes"),
        "whether idle accelerators are taken on where nobody waits"),
    ]
  ) { arguments in
    let accelerators = arguments.integer("accelerators")
    let isElastic = arguments.choice("elastic") == "yes"
    if !isElastic, accelerators.nonzeroBitCount > 1 {
      return .failure(
        .init(
          "accelerators",
          "queries choose among 1, 2, 4, ... accelerators, and without 'elastic' \(accelerators) are never used"
        ))
    }
    if accelerators == 1, let idle = ["round", "elastic"].first(where: arguments.isGiven) {
      return .failure(
        .init(idle, "one accelerator leaves nothing to choose: '\(idle)' has no effect"))
    }
    return .success(
      .steps(
        RoundParallelSteps(
          accelerators: accelerators, round: arguments.integer("round"), isElastic: isElastic)))
  }

  static let preset = PolicyPreset(
    "tetriserve",
    summary: "accelerators for each query by its deadline, in rounds; hopeless queries dropped",
    reference: entry.reference ?? "",
    parts: [.steps: "round-parallel", .discipline: "edf", .admission: "drop-hopeless"])

  let accelerators: Int
  let round: Int
  let isElastic: Bool
  private var parallelism = SpeedupCurve.published

  /// At most so many accelerators, chosen again after each `round` of steps.
  package init(accelerators: Int, round: Int, isElastic: Bool = true) {
    self.accelerators = accelerators
    self.round = round
    self.isElastic = isElastic
  }

  /// A probe every round, which only says how what is left is to be done.
  package var requirements: StepRequirements {
    StepRequirements(
      probes: ProbeCadence(first: round, every: round), endsEarly: false,
      maximumAccelerators: accelerators)
  }

  /// Keeps the curve.
  package mutating func prepare(_ setup: StepSetup) { parallelism = setup.parallelism }

  /// The steps asked for.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(
      evaluations: query.requestedSteps,
      parallelDegree: degree(query, context, left: query.requestedSteps))
  }

  /// The degree of the next round.
  package func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision {
    .share(among: degree(query, context, left: observation.evaluationsLeft))
  }

  private func degree(_ query: QueryView, _ context: StepContext, left: Int) -> Int {
    if isElastic, context.queuedImages == 0 { return accelerators }
    let budget = (query.deadline - context.now - context.otherTime).seconds
    let alone = (context.evaluationTime * left).seconds
    var degree = 1
    while degree <= accelerators {
      if alone / parallelism.speedup(devices: degree) <= budget { return degree }
      degree *= 2
    }
    return 1
  }
}
