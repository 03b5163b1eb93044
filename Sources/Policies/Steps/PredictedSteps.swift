private import CGSL
package import Cluster
private import Foundation
import EventEngine
import LatentDynamics

/// The fewest steps that a prompt is predicted to need for a quality floor.
///
/// The true need is the trajectory table's: the shortest schedule, kept to its end, whose error is within the floor. The
/// prediction is need x exp(error z), z standard normal by prompt, rounded. Taken: minimum-steps prediction, to be
/// combined with shortest-job-first. Simplified: the published predictor aims at a CLIP score asked for by the user; here
/// everybody asks for the floor. The predictor's error is not published: Assumed.
package struct PredictedSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "predicted",
    summary: "the fewest steps that the prompt is predicted to need for a quality floor",
    reference:
      "SDaaS: Inference Serving System for Stable Diffusion as a Service, IEEE Cloud Summit 2024",
    parameters: [
      PolicyParameter(
        "floor", .number(0...10), default: .number(0.8),
        "convergence score that is to be reached (Assumed)"),
      PolicyParameter(
        "error", .number(0...2), default: .number(0.1),
        "standard deviation of the logarithm of predicted over true steps (Assumed)"),
      PolicyParameter(
        "margin", .number(0...10), default: .number(0),
        "steps added to the prediction, as a share of it"),
    ]
  ) {
    .success(
      .steps(
        PredictedSteps(
          floor: $0.number("floor"), error: $0.number("error"), margin: $0.number("margin"))))
  }

  static let preset = PolicyPreset(
    "sdaas", summary: "the fewest steps that are predicted to do, shortest job first",
    reference: entry.reference ?? "",
    parts: [.steps: "predicted", .discipline: "sjf"])

  let floor: Double
  let error: Double
  let margin: Double
  /// By row of the table.
  private var needs: [Int] = []
  private var table: TrajectoryTable?

  /// The fewest steps for a convergence of `floor`, predicted with a relative `error`, and a `margin` on top.
  package init(floor: Double, error: Double, margin: Double = 0) {
    self.floor = floor
    self.error = error
    self.margin = margin
  }

  /// Steps by the table.
  package var requirements: StepRequirements {
    StepRequirements(predictsSteps: true, needsTable: true)
  }

  /// Looks the prompts' needs up; a prompt that never reaches the floor needs the whole schedule.
  package mutating func prepare(_ setup: StepSetup) {
    guard let trajectories = setup.trajectories else { return }
    table = trajectories
    let limit = pow(10, -floor)
    needs = (0..<trajectories.prompts).map {
      trajectories.fewestSteps(row: $0, error: limit) ?? trajectories.grid.steps
    }
  }

  /// The prediction, at most the steps asked for.
  package func predictedSteps(of query: QueryView) -> Int {
    guard let table else { return query.requestedSteps }
    var random = RandomStream(seed: query.promptSeed, stream: .stepPrediction, entity: 0)
    let z = gsl_cdf_ugaussian_Pinv(max(random.uniform(), 0x1p-53))
    let need = Double(needs[table.row(promptSeed: query.promptSeed)])
    let predicted = (need * exp(error * z) * (1 + margin)).rounded(.up)
    return Int(min(max(predicted, 1), Double(query.requestedSteps)))
  }

  /// The prediction.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: predictedSteps(of: query))
  }
}

extension RandomStreamID {
  /// Errors of predictors of steps and levels; entity 0 = steps, 1 = levels.
  static let stepPrediction = RandomStreamID(rawValue: 402)
}
