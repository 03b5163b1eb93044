package import Cluster

/// The steps asked for, each evaluated on several accelerators of a node at once, as many of them as are idle
/// when the query begins.
package struct ParallelSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "parallel",
    summary: "the steps asked for, each shared by several idle accelerators of the node",
    reference: "Li et al. (DistriFusion), CVPR 2024",
    parameters: [
      PolicyParameter(
        "accelerators", .integer(1...1024), default: .integer(2),
        "most accelerators that share the steps of one query or batch")
    ]
  ) { .success(.steps(ParallelSteps(accelerators: $0.integer("accelerators")))) }

  let accelerators: Int

  /// So many accelerators at most.
  package init(accelerators: Int) { self.accelerators = accelerators }

  /// Several accelerators.
  package var requirements: StepRequirements {
    StepRequirements(maximumAccelerators: accelerators)
  }

  /// As many evaluations as steps were asked for.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: query.requestedSteps, parallelDegree: accelerators)
  }
}
