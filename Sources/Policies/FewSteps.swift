package import Cluster
package import Workload

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
  /// The model's id, once it is known; nil = the one asked for.
  package private(set) var firstModel: ModelID?

  /// So many steps, of `model` or of the model asked for.
  package init(steps: Int, model: String? = nil) {
    self.steps = steps
    self.model = model
  }

  /// The one named.
  package var models: [String] { model.map { [$0] } ?? [] }

  /// The one named, if one is.
  package var lightModel: (name: String, evaluations: Int)? { model.map { ($0, steps) } }

  /// True.
  package var predictsSteps: Bool { true }

  /// The steps chosen.
  package func predictedSteps(of query: QueryView) -> Int { steps }

  /// Keeps the model's id.
  package mutating func bind(_ models: [String: ModelID]) {
    firstModel = model.flatMap { models[$0] }
  }

  /// The steps chosen.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: steps)
  }
}
