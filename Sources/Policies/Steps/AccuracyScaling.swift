package import Cluster
import LatentDynamics

/// Proteus's accuracy scaling: as many queries as the load allows get the most accurate variant, whichever they are.
///
/// Variants are numbers of steps. Taken: a plan by optimisation that maximises the mean accuracy at the demand; queries are
/// sent to variants by the planned shares, whatever their prompts. Simplified: variants share their weights, so that a
/// worker serves all of them; batches form as the policy set says.
package struct AccuracyScaling: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "accuracy-scaling",
    summary: "numbers of steps by shares that are planned by optimisation for the demand",
    reference:
      "Ahmad et al., Proteus: A High-Throughput Inference-Serving System with Accuracy Scaling, ASPLOS 2024",
    parameters: VariantPlanner.parameters
  ) { arguments in
    Solver.chosen(by: arguments).map { .steps(AccuracyScaling(VariantPlanner(arguments, $0))) }
  }

  static let preset = PolicyPreset(
    "proteus", summary: "steps by planned shares; queries that would be late are dropped",
    reference: entry.reference ?? "",
    parts: [.steps: "accuracy-scaling", .discipline: "edf", .admission: "drop-hopeless"])

  private var made: VariantPlanner
  private var shares: VariantShares

  init(_ planner: VariantPlanner) {
    made = planner
    shares = VariantShares(levels: planner.levels, classes: 1)
  }

  /// Steps by the table.
  package var requirements: StepRequirements {
    StepRequirements(predictsSteps: true, needsTable: true)
  }

  /// The program's solutions.
  package var planner: (any Controller)? { made }

  /// Plans for these queries: one class of prompts, of the table's mean accuracy at each level.
  package mutating func prepare(_ setup: StepSetup) {
    if let typical = setup.typical { made.bind(typical) }
    guard let trajectories = setup.trajectories else { return }
    let rows = Array(0..<trajectories.prompts)
    made.bind([
      VariantPlanner.PromptClass(
        share: 1,
        accuracies: made.levels.indices.map {
          VariantPlanner.accuracy(trajectories, rows: rows, steps: made.steps($0))
        })
    ])
  }

  /// By the planned shares, drawn by query.
  package func predictedSteps(of query: QueryView) -> Int {
    min(shares.level(of: query, class: 0), query.requestedSteps)
  }

  /// The same.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: predictedSteps(of: query))
  }

  /// Takes a planned share.
  package mutating func tune(_ parameter: String, to value: Double) {
    shares.tune(parameter, to: value)
  }
}
