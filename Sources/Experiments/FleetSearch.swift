import Cluster
public import Diagnostics
public import Scenarios

/// The fewest nodes of one kind with which a policy keeps an SLO attainment at given arrivals.
///
/// Doubles the nodes until the attainment is kept, then bisects; then looks at numbers above the answer,
/// since attainment need not rise with every node (a dispatcher may spread batches thin).
public struct FleetSearch: Sendable {
  /// What one number of nodes showed.
  public struct Finding: Hashable, Sendable {
    /// Nodes of the kind.
    public let nodes: Int
    /// Accelerators of the whole cluster.
    public let accelerators: Int
    /// Whether the attainment is kept there.
    public let decision: AttainmentDecision
  }

  /// What a search found.
  public struct Answer: Sendable {
    /// Name of the policy.
    public let policy: String
    /// The fewest nodes that hold; nil where the most allowed do not.
    public let fewest: Finding?
    /// Every number looked at, ascending.
    public let findings: [Finding]
    /// Numbers above the fewest at which the policy does not hold: attainment is not monotone.
    public let gaps: [Int]
  }

  /// Numbers above the answer that are looked at, at most.
  private static let checks = 4

  private let scenario: @Sendable (Int) throws(InputError) -> Scenario
  /// Arrivals a second, whatever the number of nodes.
  public let queriesPerSecond: Double
  private let mostNodes: Int
  private let test: AttainmentTest

  /// A search at `rate` arrivals a second (nil: those of `asWritten`), for an attainment in 0...1;
  /// `scenario` gives the scenario with so many nodes of the kind.
  public init(
    _ asWritten: Scenario, attainment: Double, rate: Double? = nil, mostNodes: Int = 1024,
    most: Int = 40, jobs: Int = 1,
    scenario: @escaping @Sendable (_ nodes: Int) throws(InputError) -> Scenario
  ) throws(InputError) {
    self.scenario = scenario
    self.mostNodes = mostNodes
    test = AttainmentTest(target: attainment, most: most, jobs: jobs)
    if let rate {
      queriesPerSecond = rate
    } else {
      queriesPerSecond = try Experiment(
        asWritten, policies: [asWritten.run.baseline], replications: 1
      ).arrivalRate
    }
  }

  /// Searches for one policy; `progress` is told each number before it is looked at.
  public func run(policy: String, progress: (Int) -> Void = { _ in }) async throws -> Answer {
    var findings: [Finding] = []
    func holds(_ nodes: Int) async throws -> Bool {
      progress(nodes)
      let finding = try await look(at: nodes, policy)
      findings.append(finding)
      return finding.decision.holds
    }
    var (low, high) = (0, 1)
    while try await !holds(high) {
      low = high
      if high == mostNodes {
        return Answer(policy: policy, fewest: nil, findings: findings, gaps: [])
      }
      high = min(2 * high, mostNodes)
    }
    let first = high
    while high - low > 1 {
      let middle = (low + high) / 2
      if try await holds(middle) { high = middle } else { low = middle }
    }
    let between = high + 1..<max(first, high + 1)
    let stride = max(1, (between.count + Self.checks - 1) / Self.checks)
    for nodes in Swift.stride(from: between.lowerBound, to: between.upperBound, by: stride)
    where !findings.contains(where: { $0.nodes == nodes }) {
      _ = try await holds(nodes)
    }
    findings.sort { $0.nodes < $1.nodes }
    return Answer(
      policy: policy, fewest: findings.first { $0.nodes == high }, findings: findings,
      gaps: findings.filter { $0.nodes > high && !$0.decision.holds }.map(\.nodes))
  }

  private func look(at nodes: Int, _ policy: String) async throws -> Finding {
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
