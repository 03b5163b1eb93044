import Sweeps
package import Diagnostics
package import Experiments
import Results
package import Scenarios

/// The points at which a scenario is served for real.
package struct LivePoints: Sendable {
  /// All of them, in order.
  package let list: [Place]

  /// One of them.
  package struct Place: Sendable {
    /// In words.
    package let name: String
    /// The scenario there.
    package let scenario: Scenario
    /// The point of the experiment; nil for a scenario without one.
    let point: ExperimentPoint?

    /// The policies named there, all by default.
    ///
    /// - Throws: what preparing an experiment does.
    package func experiment(
      policies: [String]?, replications: Int? = nil
    ) throws(InputError) -> Experiment {
      try Experiment(scenario, at: point, policies: policies, replications: replications)
    }
  }

  /// The first workload of the scenario's experiment at each load, and each other one at its own load, where it has
  /// one, or else at each; a scenario without an experiment is one point.
  package init(_ scenario: Scenario) {
    guard let grid = ExperimentGrid(scenario), let scale = grid.plan.sloScales.first else {
      list = [Place(name: "", scenario: scenario, point: nil)]
      return
    }
    let several = grid.plan.workloads.count > 1
    list = grid.plan.workloads.enumerated().flatMap { index, workload in
      let own = index > 0 ? workload.plan.load.map { [$0] } : nil
      return (own ?? grid.plan.loads).map { load in
        let point = ExperimentPoint(workload: workload.name, load: load, sloScale: scale)
        let name = several ? "\(workload.name), load \(load)" : "load \(load)"
        return Place(name: name, scenario: grid.scenario(at: point), point: point)
      }
    }
  }
}
