package import Experiments
import Cluster
package import Results
package import Scenarios

/// The points of a scenario's experiment: every workload at every SLO scale and load.
package struct ExperimentGrid: Sendable {
  /// The scenario.
  package let scenario: Scenario
  /// Its experiment.
  package let plan: ExperimentPlan
  /// The points, by workload, SLO scale and load.
  package let points: [ExperimentPoint]

  /// The grid of a scenario; nil where it is one point.
  package init?(_ scenario: Scenario) {
    guard let plan = scenario.experiment else { return nil }
    self.scenario = scenario
    self.plan = plan
    points = plan.workloads.flatMap { workload in
      plan.sloScales.flatMap { scale in
        plan.loads.map {
          ExperimentPoint(workload: workload.name, load: $0, sloScale: scale)
        }
      }
    }
  }

  /// The scenario at a point: one comparison of its own.
  package func scenario(at point: ExperimentPoint) -> Scenario {
    var scenario = scenario
    if let workload = plan.workloads.first(where: { $0.name == point.workload }) {
      scenario.workload = workload.plan
      let own = "experiment.workloads.\(point.workload)"
      if scenario.isGiven(own) { scenario.workloadPath = own }
    }
    scenario.workload.load = point.load
    scenario.query.slo = .scale(point.sloScale)
    scenario.experiment = nil
    return scenario
  }
}

/// What a grid's points gave.
package struct GridOutcome: Sendable {
  /// One comparison with the baseline a point.
  package var comparisons: [ExperimentOutcome] = []
  /// One comparison of a policy with its controls for each of the points that have them.
  package var controls: [ExperimentOutcome] = []
  /// Verdicts on the claims, in the order of workloads and policies.
  package var claims: [StoredClaim] = []
  /// Events handled.
  package var events = 0
  /// What the database held instead, and does no more.
  package var replaced: [Replacement] { (comparisons + controls).flatMap(\.replaced) }

  /// Nothing yet.
  package init() {}
}

/// Runs the points of a grid one after the other, and judges the claims.
package struct GridRunner: Sendable {
  let grid: ExperimentGrid
  let policies: [String]?
  let baseline: String?
  let replications: Int?
  let jobs: Int
  let isInterrupted: @Sendable () -> Bool

  /// A runner; nil = the scenario's own policies, baseline and replications.
  package init(
    _ grid: ExperimentGrid, policies: [String]? = nil, baseline: String? = nil,
    replications: Int? = nil, jobs: Int = 1,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.grid = grid
    self.isInterrupted = isInterrupted
    self.policies = policies
    self.baseline = baseline
    self.replications = replications
    self.jobs = jobs
  }

  /// Runs all points into `store`; `progress` is told the point and how many of how many are done.
  package func run(
    into store: ResultStore, provenance: [(key: String, value: String)] = [],
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) async throws -> GridOutcome {
    var outcome = GridOutcome()
    let mainScale = ExperimentPoint.mainScale(of: grid.plan.sloScales)
    for (index, point) in grid.points.enumerated() {
      progress(Self.name(point), index, grid.points.count)
      let experiment = try Experiment(
        grid.scenario(at: point), at: point, policies: policies, baseline: baseline,
        replications: replications)
      // Curves of other SLO scales would differ in deadlines alone, and a grid has many points.
      let result = try await ExperimentRunner(
        experiment, jobs: jobs, keepsQueries: false,
        keepsCurves: point.sloScale == mainScale, isInterrupted: isInterrupted
      ).run(into: store, provenance: provenance)
      outcome.events += result.events
      outcome.comparisons.append(result)
      guard ClaimJudge.isPrimary(point, in: grid.plan) else { continue }
      for name in grid.plan.controls where experiment.policies.contains(where: { $0.name == name })
      {
        let controls = try ControlPolicies(experiment, of: name).experiment(at: point)
        let result = try await ExperimentRunner(
          controls, jobs: jobs, keepsQueries: false, keepsCurves: false,
          isInterrupted: isInterrupted
        ).run(into: store, provenance: provenance)
        outcome.events += result.events
        outcome.controls.append(result)
      }
    }
    progress("", grid.points.count, grid.points.count)
    outcome.claims = ClaimJudge(grid).verdicts(outcome.comparisons)
    try store.store(outcome.claims)
    return outcome
  }

  static func name(_ point: ExperimentPoint) -> String {
    "\(point.workload), load \(point.load), SLO scale \(point.sloScale)"
  }
}
