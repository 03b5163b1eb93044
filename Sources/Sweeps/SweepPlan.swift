import Experiments
import Cluster
import Diagnostics
package import Results
package import Scenarios

/// A point of a sweep and what it gave.
package struct SweepPoint: Sendable {
  /// `PATH=VALUE` of each axis.
  package let overrides: [String]
  /// The experiment as stored.
  package let experiment: StoredExperiment
  /// Means, intervals and ratios.
  package let summaries: [StoredSummary]
  /// Whether it was in the database already.
  package let wasKnown: Bool
}

/// What a sweep runs: scenarios, and the policies compared at each.
package struct SweepPlan: Sendable {
  /// The scenarios, and `PATH=VALUE` of each axis there.
  package let points: [(overrides: [String], scenario: Scenario)]
  let policies: [String]?
  let baseline: String?
  let replications: Int?

  /// A plan of points; nil = the scenario's own policies, baseline, replications.
  package init(
    _ points: [(overrides: [String], scenario: Scenario)], policies: [String]? = nil,
    baseline: String? = nil, replications: Int? = nil
  ) {
    self.points = points.map { point in
      var scenario = point.scenario
      // A sweep's axes take the place of the scenario's own points.
      scenario.experiment = nil
      return (point.overrides, scenario)
    }
    self.policies = policies
    self.baseline = baseline
    self.replications = replications
  }

  /// The experiment at a point.
  func experiment(at index: Int) throws(InputError) -> Experiment {
    try Experiment(
      points[index].scenario, policies: policies, baseline: baseline, replications: replications)
  }
}

/// A point's runs, not yet stored.
struct CompletedPoint: Sendable {
  let outcome: ExperimentOutcome
  let runs: [CompletedRun]

  /// Runs every policy and replication, one after the other.
  init(running experiment: Experiment) async throws {
    var runs: [CompletedRun] = []
    outcome = try await ExperimentRunner(experiment, keepsQueries: false).collect {
      runs.append($0)
    }
    self.runs = runs
  }

  func store(
    into store: ResultStore, provenance: [(key: String, value: String)]
  ) throws(InputError) {
    try store.store(
      outcome.experiment, runs: runs, outcome.analysis, provenance: provenance)
  }
}
