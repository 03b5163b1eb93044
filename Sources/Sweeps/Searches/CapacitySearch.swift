package import Experiments
import Cluster
package import Scenarios

/// The highest load at which a policy keeps an SLO attainment without a doubt.
///
/// A grid of loads first, since attainment need not fall as load rises (a policy may shed steps under
/// pressure); then bisection between the highest load that holds and the next that does not.
package struct CapacitySearch: Sendable {
  /// What one load showed.
  package struct Finding: Hashable, Sendable {
    /// The load, as a fraction of the baseline's capacity.
    package let load: Double
    /// Whether the attainment is kept there.
    package let decision: AttainmentDecision
  }

  /// What a search found.
  package struct Answer: Sendable {
    /// Name of the policy.
    package let policy: String
    /// The highest load that surely holds; nil where none of the grid does.
    package let highest: Finding?
    /// Arrivals a second at that load.
    package let queriesPerSecond: Double?
    /// Every load looked at, ascending.
    package let findings: [Finding]
    /// Loads below the highest at which the policy surely does not hold: attainment is not monotone.
    package let gaps: [Double]
    /// Whether even the grid's last load holds: the answer is only a bound.
    package let isBound: Bool
  }

  let scenario: Scenario
  let loads: [Double]
  let tolerance: Double
  let test: AttainmentTest

  /// Fewest replications that it may be allowed.
  package static let minimumReplications = AttainmentTest.minimumReplications

  /// A search for an attainment in 0...1 on a grid of ascending loads, down to a tolerance in load, with
  /// ``fewestReplications`` to `most` replications a load.
  package init(
    _ scenario: Scenario, attainment: Double, loads: [Double], tolerance: Double = 0.01,
    maximumReplications: Int = 40, jobs: Int = 1
  ) {
    self.scenario = scenario
    self.loads = loads
    self.tolerance = tolerance
    test = AttainmentTest(target: attainment, maximumReplications: maximumReplications, jobs: jobs)
  }

  /// Searches for one policy; `progress` is told each load before it is looked at.
  package func run(
    policy: String, progress: (Double) -> Void = { _ in }
  ) async throws -> Answer {
    var findings: [Finding] = []
    func probe(at load: Double) async throws -> Finding {
      progress(load)
      let decision = try await test.decide(try experiment(at: load, policy), policy: policy)
      return Finding(load: load, decision: decision)
    }
    for load in loads { findings.append(try await probe(at: load)) }
    var highest = findings.last { $0.decision.isAccepted }
    let above = findings.first { $0.load > highest?.load ?? .infinity }
    var limit = above?.load
    while let low = highest?.load, let high = limit, high - low > tolerance {
      let finding = try await probe(at: (low + high) / 2)
      findings.append(finding)
      if finding.decision.isAccepted { highest = finding } else { limit = finding.load }
    }
    findings.sort { $0.load < $1.load }
    var rate: Double?
    if let highest { rate = try experiment(at: highest.load, policy).arrivalRate }
    return Answer(
      policy: policy, highest: highest, queriesPerSecond: rate, findings: findings,
      gaps: findings.filter {
        $0.load < highest?.load ?? 0 && $0.decision.isSure && !$0.decision.holds
      }.map(\.load),
      isBound: highest != nil && above == nil)
  }

  /// What of the scenario has no effect on the answers for these policies.
  package func idleSettings(policies: [String]) throws -> [IdleSetting] {
    var scenario = scenario
    scenario.workload.load = loads.first
    return try Experiment(scenario, policies: policies, replications: 1).idleSettings
  }

  func experiment(at load: Double, _ policy: String) throws -> Experiment {
    var scenario = scenario
    scenario.workload.load = load
    return try Experiment(scenario, policies: [policy], replications: 1)
  }
}
