import Experiments
import Cluster
package import Diagnostics
package import Scenarios

/// The fewest nodes of one kind with which a policy keeps an SLO attainment at given arrivals without a
/// doubt.
///
/// Attainment need not rise with every node (a dispatcher may spread batches thin): every number up to 32
/// is looked at in turn. Beyond, the nodes are doubled until the attainment is kept, and bisected. Then
/// some larger numbers are looked at.
package struct FleetSearch: Sendable {
  /// What one number of nodes showed.
  package struct Finding: Hashable, Sendable {
    /// Nodes of the kind.
    package let nodes: Int
    /// Accelerators of the whole cluster.
    package let accelerators: Int
    /// Whether the attainment is kept there.
    package let decision: AttainmentDecision
  }

  /// What a search found.
  package struct Answer: Sendable {
    /// Name of the policy.
    package let policy: String
    /// The fewest nodes that surely hold; nil where no number looked at does.
    package let smallest: Finding?
    /// Every number looked at, ascending.
    package let findings: [Finding]
    /// Numbers above the fewest at which the policy surely does not hold: attainment is not monotone.
    package let gaps: [Int]
  }

  /// Numbers up to this are looked at one after the other.
  private static let fewNodes = 32
  /// Larger numbers that are looked at, as multiples of the answer.
  private static let checks = [1.25, 1.5, 2, 3]

  private let scenario: @Sendable (Int) throws(InputError) -> Scenario
  /// Arrivals a second, whatever the number of nodes.
  package let queriesPerSecond: Double
  private let maximumNodes: Int
  private let test: AttainmentTest

  /// A search at `rate` arrivals a second (nil: those of `asWritten`), for an attainment in 0...1;
  /// `scenario` gives the scenario with so many nodes of the kind.
  package init(
    _ asWritten: Scenario, attainment: Double, rate: Double? = nil, maximumNodes: Int = 1024,
    maximumReplications: Int = 40, jobs: Int = 1,
    scenario: @escaping @Sendable (_ nodes: Int) throws(InputError) -> Scenario
  ) throws(InputError) {
    self.scenario = scenario
    self.maximumNodes = maximumNodes
    test = AttainmentTest(target: attainment, maximumReplications: maximumReplications, jobs: jobs)
    if let rate {
      queriesPerSecond = rate
    } else {
      queriesPerSecond = try Experiment(
        asWritten, policies: [asWritten.run.baseline], replications: 1
      ).arrivalRate
    }
  }

  /// Searches for one policy; `progress` is told each number before it is looked at.
  package func run(policy: String, progress: (Int) -> Void = { _ in }) async throws -> Answer {
    var findings: [Finding] = []
    func holds(_ nodes: Int) async throws -> Bool {
      progress(nodes)
      let finding = try await probe(at: nodes, policy)
      findings.append(finding)
      return finding.decision.isAccepted
    }
    let smallest = try await smallest(holds)
    if let smallest {
      for nodes in Set(Self.checks.map { Int((Double(smallest) * $0).rounded(.up)) }).sorted()
      where nodes <= maximumNodes && !findings.contains(where: { $0.nodes == nodes }) {
        _ = try await holds(nodes)
      }
    }
    findings.sort { $0.nodes < $1.nodes }
    return Answer(
      policy: policy, smallest: findings.first { $0.nodes == smallest }, findings: findings,
      gaps: findings.filter {
        $0.nodes > smallest ?? .max && $0.decision.isSure && !$0.decision.holds
      }.map(\.nodes))
  }

  private func smallest(_ holds: (Int) async throws -> Bool) async throws -> Int? {
    for nodes in 1...min(Self.fewNodes, maximumNodes) where try await holds(nodes) { return nodes }
    var low = min(Self.fewNodes, maximumNodes)
    var high = low
    repeat {
      if high == maximumNodes { return nil }
      low = high
      high = min(2 * high, maximumNodes)
    } while try await !holds(high)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try await holds(middle) { high = middle } else { low = middle }
    }
    return high
  }

  private func probe(at nodes: Int, _ policy: String) async throws -> Finding {
    var scenario = try scenario(nodes)
    // A load is a fraction of the capacity of just these nodes: the one that gives the same arrivals.
    scenario.workload.load = 1
    let full = try Experiment(scenario, policies: [policy], replications: 1)
    scenario.workload.load = queriesPerSecond / full.arrivalRate
    let experiment = try Experiment(scenario, policies: [policy], replications: 1)
    return Finding(
      nodes: nodes, accelerators: scenario.cluster.workerCount,
      decision: try await test.decide(experiment, policy: policy))
  }
}
