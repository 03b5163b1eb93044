package import Cluster
import EventEngine

/// Images that fail a check are made again: Bernoulli feedback.
package struct RegenerateSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "regenerate",
    summary: "the steps asked for; images that fail a check are made again from the start",
    reference: "Feedback: Jackson, Oper. Res. 5 (1957)",
    parameters: [
      PolicyParameter(
        "probability", .number(0...0.99), default: .number(0.1),
        "that a query's images fail, each time anew (Assumed)")
    ]
  ) { .success(.steps(RegenerateSteps(probability: $0.number("probability")))) }

  let probability: Double

  /// Fails with this probability, below 1.
  package init(probability: Double) { self.probability = probability }

  /// Checks images.
  package var requirements: StepRequirements { StepRequirements(decidesAfterDecode: true) }

  /// As many evaluations as steps were asked for.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: query.requestedSteps)
  }

  /// Draws by prompt and round.
  package func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
    var random = RandomStream(
      seed: query.promptSeed, stream: .cascade, entity: 1 + UInt64(query.resubmissions))
    return random.uniform() < probability ? .resubmit(query.model) : .complete
  }
}
