package import Cluster
import Workload

/// So many steps for every query, of the model asked for or of another: the naive knob, and with a distilled model
/// the rival that needs no serving policy.
package struct FewSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "few",
    summary: "the same number of steps for every query, of its own model or of a distilled one",
    reference: "Distilled models: Sauer et al. (SD-Turbo), arXiv 2311.17042; the knob: everybody",
    parameters: [
      PolicyParameter(
        "steps", .integer(1...1000), default: .integer(20),
        "denoising steps, whatever a query asks for"),
      PolicyParameter(
        "model", .name, default: .name("requested"),
        "the model that makes every image; its quality is not judged"),
    ]
  ) {
    let model = $0.name("model")
    return .success(
      .steps(FewSteps(steps: $0.integer("steps"), model: model == "requested" ? nil : model)))
  }

  let steps: Int
  let model: String?

  /// So many steps, of `model` or of the model asked for.
  package init(steps: Int, model: String? = nil) {
    self.steps = steps
    self.model = model
  }

  /// The model named, if one is.
  package var requirements: StepRequirements {
    StepRequirements(
      predictsSteps: true, firstModel: model, models: model.map { [$0] } ?? [],
      lightModel: model.map { ($0, steps) })
  }

  /// The steps chosen.
  package func predictedSteps(of query: QueryView) -> Int { steps }

  /// The steps chosen.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: steps)
  }
}
