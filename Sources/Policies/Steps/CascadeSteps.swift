package import Cluster
import EventEngine
import Workload

/// A cascade: a light model makes every image first, and a share of the prompts goes on to the model that
/// was asked for.
///
/// Which prompts do is drawn by prompt, whatever the images look like (Assumed): what a cascade costs, not
/// how well it chooses.
package struct CascadeSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "cascade",
    summary: "a light model first; a share of the prompts goes on to the model asked for",
    reference: "Cascades: Ahmad et al. (DiffServe), MLSys 2025; the split is a Bernoulli draw here",
    parameters: [
      PolicyParameter(
        "light", .name, default: .name("sd-turbo"), "the model that every query meets first"),
      PolicyParameter(
        "light-steps", .integer(1...1000), default: .integer(1), "its denoising steps"),
      PolicyParameter(
        "deferred", .number(0...1), default: .number(0.3),
        "share of the prompts that the model asked for makes again (Assumed)"),
    ]
  ) {
    .success(
      .steps(
        CascadeSteps(
          light: $0.name("light"), lightSteps: $0.integer("light-steps"),
          deferred: $0.number("deferred"))))
  }

  let light: String
  let lightSteps: Int
  let deferred: Double

  /// A cascade from its parts; `deferred` in 0...1.
  package init(light: String, lightSteps: Int, deferred: Double) {
    self.light = light
    self.lightSteps = lightSteps
    self.deferred = deferred
  }

  /// The light model first.
  package var requirements: StepRequirements {
    StepRequirements(
      decidesAfterDecode: true, predictsSteps: true, firstModel: light, models: [light],
      lightModel: (light, lightSteps))
  }

  /// The light model's steps at first, then those asked for.
  package func predictedSteps(of query: QueryView) -> Int {
    query.resubmissions == 0 ? lightSteps : query.requestedSteps
  }

  /// The same.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: predictedSteps(of: query))
  }

  /// Sends the drawn prompts on.
  package func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
    guard query.resubmissions == 0 else { return .complete }
    return draw(query) < deferred ? .resubmit(query.requestedModel) : .complete
  }

  private func draw(_ query: QueryView) -> Double {
    var random = RandomStream(seed: query.promptSeed, stream: .cascade, entity: 0)
    return random.uniform()
  }
}

extension RandomStreamID {
  /// Which prompts a cascade sends on, or must be made again.
  static let cascade = RandomStreamID(rawValue: 401)
}
