import Experiments
import Results
public import Scenarios

/// The points at which a scenario is served for real.
public struct LivePoints: Sendable {
  /// In words, and the scenario there.
  public let list: [(name: String, scenario: Scenario)]

  /// The first workload of the scenario's experiment at each load, and each other one at its own load, where it has
  /// one, or else at each; a scenario without an experiment is one point.
  public init(_ scenario: Scenario) {
    guard let grid = ExperimentGrid(scenario), let scale = grid.plan.sloScales.first else {
      list = [("", scenario)]
      return
    }
    let several = grid.plan.workloads.count > 1
    list = grid.plan.workloads.enumerated().flatMap { index, workload in
      let own = index > 0 ? workload.plan.load.map { [$0] } : nil
      return (own ?? grid.plan.loads).map { load in
        let point = ExperimentPoint(workload: workload.name, load: load, sloScale: scale)
        let name = several ? "\(workload.name), load \(load)" : "load \(load)"
        return (name, grid.scenario(at: point))
      }
    }
  }
}
