package import Cluster
import EventEngine

/// Fewer steps for a query that would be late, or that others wait behind.
///
/// n = min(requested, floor(slack budget / evaluation time), requested - weight x batches waiting per
/// worker), at least `min` (or the requested steps, if those are fewer). The budget is deadline - now -
/// time of the other stages. Assumed: ours, for the adaptive side of a comparison until entropy is
/// observed; it does not look at the latent, and so knows nothing of quality.
package struct SlackSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "slack",
    summary: "steps chosen per query from its slack and the queue behind it, within bounds",
    parameters: [
      PolicyParameter(
        "min", .integer(1...1000), default: .integer(20),
        "fewest steps a query is cut to; Assumed: published FID is flat from 20 steps on"),
      PolicyParameter(
        "max", .integer(1...1000), default: .integer(1000),
        "most steps a query gets, whatever it asks for"),
      PolicyParameter(
        "queue-weight", .number(0...1000), default: .number(5),
        "steps given up for each full batch that waits per worker; Assumed"),
    ]
  ) { arguments in
    let minimum = arguments.integer("min")
    let maximum = arguments.integer("max")
    guard minimum <= maximum else {
      return .failure(.init("min", "min \(minimum) is above max \(maximum)"))
    }
    return .success(
      .steps(
        SlackSteps(
          minimum: minimum, maximum: maximum, queueWeight: arguments.number("queue-weight"))))
  }

  let minimum: Int
  let maximum: Int
  let queueWeight: Double

  /// Bounds in steps, and the steps given up per waiting batch and worker.
  package init(minimum: Int, maximum: Int, queueWeight: Double) {
    self.minimum = minimum
    self.maximum = maximum
    self.queueWeight = queueWeight
  }

  /// Predicts steps.
  package var requirements: StepRequirements { StepRequirements(predictsSteps: true) }

  /// The requested steps, at most the maximum: what it may cut off beyond that is not known before the plan.
  package func predictedSteps(of query: QueryView) -> Int { min(query.requestedSteps, maximum) }

  /// The formula of the type's description.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    let requested = predictedSteps(of: query)
    let budget = context.slack(of: query, evaluations: 0).nanoseconds
    let inTime =
      context.evaluationTime > .zero
      ? budget / context.evaluationTime.nanoseconds : Int64(requested)
    let relief = (queueWeight * context.queuedBatchesPerWorker).rounded()
    let unhurried = requested - Int(min(relief, Double(requested)))
    let steps = min(Int64(requested), inTime, Int64(unhurried))
    return StepPlan(evaluations: max(Int(steps), min(minimum, requested)))
  }
}
