@testable import Sweeps
import Diagnostics
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// The search for the fewest nodes, where theory knows the answer.
@Suite struct FleetTests {
  private let rate = 180.0

  @Sendable private static func scenario(_ nodes: Int) throws(InputError) -> Scenario {
    try ScenarioReader().read(
      text: QueueScenario.text(rate: 180, queries: 10_000, slo: "0.06 s"), path: "queue.yaml",
      overrides: ["cluster.nodes.n.count=\(nodes)"])
  }

  /// P(T <= t) of M/M/c by Erlang's C, with service rate 50: P(T > t) = e^(-mu t)
  /// (1 + C (1 - e^(-mu t (c - 1 - a))) / (c - 1 - a)), a = lambda / mu.
  private func attainment(servers c: Int, rate: Double, time t: Double) -> Double {
    let (mu, a) = (50.0, rate / 50)
    guard Double(c) > a else { return 0 }
    var term = 1.0
    var sum = 1.0
    for k in 1..<c {
      term *= a / Double(k)
      sum += term
    }
    let last = term * a / Double(c) / (1 - a / Double(c))
    let wait = last / (sum + last)
    let spare = Double(c) - 1 - a
    return 1 - exp(-mu * t) * (1 + wait * (1 - exp(-mu * t * spare)) / spare)
  }

  @Test func theFewestServersOfMMc() async throws {
    let target = 0.93
    let exact = try #require(
      (1...20).first { attainment(servers: $0, rate: rate, time: 0.06) >= target })
    // Far enough from the target on either side for the search to be sure.
    #expect(attainment(servers: exact, rate: rate, time: 0.06) > target + 0.002)
    #expect(attainment(servers: exact - 1, rate: rate, time: 0.06) < target - 0.002)
    let search = try FleetSearch(
      try Self.scenario(2), attainment: target, jobs: 2, scenario: Self.scenario)
    #expect(abs(search.queriesPerSecond - rate) < 1e-9)
    let answer = try await search.run(policy: "p")
    let fewest = try #require(answer.smallest)
    #expect(fewest.nodes == exact && fewest.accelerators == exact)
    #expect(answer.gaps.isEmpty)
    // Every number up to the answer, and some above it.
    #expect(answer.findings.map(\.nodes).starts(with: 1...exact))
    #expect(answer.findings.contains { $0.nodes == 2 * exact })
    // Nearer to saturation 10,000 queries are too few to compare.
    for finding in answer.findings where rate / 50 < 0.8 * Double(finding.nodes) {
      let theory = attainment(servers: finding.nodes, rate: rate, time: 0.06)
      #expect(abs(finding.decision.attainment - theory) < 0.01, "\(finding)")
    }
  }

  @Test func anotherRateTakesOtherServers() async throws {
    let search = try FleetSearch(
      try Self.scenario(1), attainment: 0.93, rate: 20, jobs: 2, scenario: Self.scenario)
    let exact = try #require(
      (1...20).first { attainment(servers: $0, rate: 20, time: 0.06) >= 0.93 })
    #expect(try await search.run(policy: "p").smallest?.nodes == exact)
  }

  @Test func whatIsNotEnoughIsSaid() async throws {
    let search = try FleetSearch(
      try Self.scenario(1), attainment: 0.93, maximumNodes: 2, jobs: 2, scenario: Self.scenario)
    let answer = try await search.run(policy: "p")
    #expect(answer.smallest == nil && answer.findings.map(\.nodes) == [1, 2])
  }

  /// Round-robin spreads queries thin: a batch of 4 fills within the SLO of 1 s on few nodes, on many it
  /// waits too long.
  @Test func moreNodesMayKeepLess() async throws {
    @Sendable func scenario(_ nodes: Int) throws(InputError) -> Scenario {
      try ScenarioReader().read(
        text: """
          name: thin
          query: { steps: 1, slo: { time: 1 s } }
          workload: { arrivals: { poisson: { rate: 8 query/s } }, queries: 2000 }
          cluster:
            nodes:
              - name: n
                count: \(nodes)
                accelerators: { synthetic: { denoise: { deterministic: 100 ms } } }
          policies: { p: { dispatcher: round-robin, batching: { static: { images: 4, wait: 10 s } } } }
          """, path: "thin.yaml")
    }
    let search = try FleetSearch(try scenario(1), attainment: 0.9, jobs: 2, scenario: scenario)
    let answer = try await search.run(policy: "p")
    let fewest = try #require(answer.smallest?.nodes)
    #expect(answer.gaps.contains(3 * fewest), "\(answer.findings.map(\.decision.attainment))")
  }

  /// 12 queries a second cannot be served at one a second each by 11 nodes, however long the SLO.
  @Test func aQueueThatGrowsIsNoAnswer() async throws {
    @Sendable func scenario(_ nodes: Int) throws(InputError) -> Scenario {
      try ScenarioReader().read(
        text: QueueScenario.text(rate: 600, queries: 3000, slo: "1 s"), path: "queue.yaml",
        overrides: ["cluster.nodes.n.count=\(nodes)"])
    }
    let search = try FleetSearch(try scenario(1), attainment: 0.9, jobs: 2, scenario: scenario)
    let answer = try await search.run(policy: "p")
    #expect(answer.smallest?.nodes ?? 0 >= 12)
    let eleven = try #require(answer.findings.first { $0.nodes == 11 })
    #expect(eleven.decision.queue == .growing && !eleven.decision.holds)
  }

  @Test func withoutAViolationNothingIsSureHoweverManyQueries() async throws {
    for queries in [100, 1000] {
      let scenario = try Support.scenario(
        text: QueueScenario.text(rate: 1, queries: queries, slo: "100 s"))
      let decision = try await AttainmentTest(target: 0.999, maximumReplications: 40, jobs: 2)
        .decide(Experiment(scenario, replications: 1), policy: "p")
      #expect(decision.replications == 10 && !decision.isSure && decision.interval == nil)
      #expect(decision.holds && decision.isWithoutViolation && decision.isAccepted)
    }
  }
}
