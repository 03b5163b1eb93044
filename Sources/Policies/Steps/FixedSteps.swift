package import Cluster

/// Every query gets the steps that it asks for.
package struct FixedSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "fixed", summary: "every query gets the steps that it asks for"
  ) { _ in .success(.steps(FixedSteps())) }

  /// The policy.
  package init() {}

  /// As many evaluations as steps were asked for.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: query.requestedSteps)
  }
}
