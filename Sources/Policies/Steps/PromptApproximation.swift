private import Foundation
package import Cluster
import EventEngine
import LatentDynamics

/// Argus's approximation by prompt: each prompt gets the level that it is predicted to need, or under load the level to
/// which its class is redirected at the least loss.
///
/// Levels are numbers of steps; the need of a prompt is the lowest level at which its error in the trajectory table is
/// within the floor, and accuracy beyond the floor counts for nothing. Taken: a classifier of prompts, shares of each
/// class redirected from level to level by optimisation under the demand. Simplified: one strategy of approximation (steps),
/// the same on all workers. The classifier's accuracy is not published: Assumed; where it errs, it names a neighbour.
package struct PromptApproximation: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "prompt-approximation",
    summary: "the level of steps that a prompt needs, redirected under load at the least loss",
    reference: "Argus, Middleware 2025, arXiv 2511.06724; redirection: arXiv 2502.06798",
    parameters: VariantPlanner.parameters + [
      PolicyParameter(
        "floor", .number(0...10), default: .number(0.8),
        "convergence score beyond which accuracy counts for nothing (Assumed)"),
      PolicyParameter(
        "classifier", .number(0...1), default: .number(0.8),
        "share of the prompts whose level is predicted right (Assumed)"),
    ]
  ) { arguments in
    Solver.chosen(by: arguments).map {
      .steps(
        PromptApproximation(
          VariantPlanner(arguments, $0), floor: arguments.number("floor"),
          classifier: arguments.number("classifier")))
    }
  }

  static let preset = PolicyPreset(
    "argus", summary: "steps by the prompt, redirected under load by a plan",
    reference: entry.reference ?? "",
    parts: [.steps: "prompt-approximation", .dispatcher: "join-shortest-queue"])

  private var made: VariantPlanner
  private var shares: VariantShares
  private let floor: Double
  private let classifier: Double
  private var table: TrajectoryTable?
  /// Index of the level that a row of the table needs.
  private var needs: [Int] = []

  init(_ planner: VariantPlanner, floor: Double, classifier: Double) {
    made = planner
    shares = VariantShares(levels: planner.levels, classes: planner.levels.count)
    self.floor = floor
    self.classifier = classifier
  }

  /// Steps by the table.
  package var requirements: StepRequirements {
    StepRequirements(predictsSteps: true, needsTable: true)
  }

  /// The program's solutions.
  package var planner: (any Controller)? { made }

  /// Finds the prompts' needs, and what each class loses at each level.
  package mutating func prepare(_ setup: StepSetup) {
    if let typical = setup.typical { made.bind(typical) }
    guard let trajectories = setup.trajectories else { return }
    table = trajectories
    let levels = made.levels
    let limit = pow(10, -floor)
    needs = (0..<trajectories.prompts).map { row in
      let steps = trajectories.fewestSteps(row: row, error: limit)
      return steps.flatMap { need in levels.firstIndex { $0 >= need } } ?? levels.count - 1
    }
    let classes = levels.indices.map { level in
      let rows = needs.indices.filter { needs[$0] == level }
      return VariantPlanner.PromptClass(
        share: Double(rows.count) / Double(needs.count),
        accuracies: levels.indices.map {
          VariantPlanner.accuracy(trajectories, rows: rows, steps: made.steps($0), cap: floor)
        })
    }
    made.bind(classes)
    for level in levels.indices { shares.keep(level, class: level) }
  }

  /// By the predicted class and the planned shares.
  package func predictedSteps(of query: QueryView) -> Int {
    min(shares.level(of: query, class: predictedClass(of: query)), query.requestedSteps)
  }

  /// The same.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: predictedSteps(of: query))
  }

  /// Takes a planned share.
  package mutating func tune(_ parameter: String, to value: Double) {
    shares.tune(parameter, to: value)
  }

  private func predictedClass(of query: QueryView) -> Int {
    guard let table, needs.count == table.prompts else { return made.levels.count - 1 }
    let need = needs[table.row(promptSeed: query.promptSeed)]
    var random = RandomStream(seed: query.promptSeed, stream: .stepPrediction, entity: 1)
    guard random.uniform() >= classifier, made.levels.count > 1 else { return need }
    if need == 0 { return 1 }
    if need == made.levels.count - 1 { return need - 1 }
    return random.uniform() < 0.5 ? need - 1 : need + 1
  }
}
