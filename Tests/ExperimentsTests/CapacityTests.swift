@testable import Sweeps
import Diagnostics
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// The search for the highest load, where theory knows the answer.
@Suite struct CapacityTests {
  /// M/M/1 with a service rate of 50 a second and an SLO of 0.4 s.
  private func scenario(slo: String = "0.4 s") throws -> Scenario {
    try Support.scenario(text: QueueScenario.text(rate: 1, queries: 20_000, slo: slo))
  }

  private let grid = (1...12).map { Double($0) / 10 }

  /// T is exponential with rate mu (1 - rho): attainment 1 - exp(-mu (1 - rho) s) is 0.9 at
  /// rho = 1 - ln 10 / (mu s) = 0.8849.
  @Test func theHighestLoadOfMM1() async throws {
    let search = CapacitySearch(
      try scenario(), attainment: 0.9, loads: grid, tolerance: 0.005, jobs: 2)
    let answer = try await search.run(policy: "p")
    let highest = try #require(answer.highest)
    let exact = 1 - Foundation.log(10.0) / 20
    #expect(abs(highest.load - exact) < 0.02)
    #expect(highest.decision.attainment >= 0.9 && highest.decision.holds)
    #expect(abs(try #require(answer.queriesPerSecond) - 50 * highest.load) < 1e-6)
    #expect(answer.gaps.isEmpty && !answer.isBound)
    #expect(answer.findings.map(\.load) == answer.findings.map(\.load).sorted())
    // Far from the target ten replications are enough, near it they are not.
    #expect(answer.findings.contains { $0.decision.replications == 10 && $0.decision.isSure })
    #expect(answer.findings.contains { $0.decision.replications > 10 })
    // Where no query is late, ten are taken, and nothing is sure.
    let lowest = answer.findings[0].decision
    #expect(lowest.replications == 10 && lowest.isWithoutViolation && !lowest.isSure)
  }

  @Test func theAnswerDoesNotDependOnJobs() async throws {
    var loads: [Double?] = []
    for jobs in [1, 3] {
      let search = CapacitySearch(
        try scenario(), attainment: 0.9, loads: grid, tolerance: 0.05, jobs: jobs)
      loads.append(try await search.run(policy: "p").highest?.load)
    }
    #expect(loads[0] == loads[1])
  }

  @Test func boundsAndNothing() async throws {
    let low = try await CapacitySearch(try scenario(), attainment: 0.5, loads: [0.1, 0.2])
      .run(policy: "p")
    #expect(low.isBound && low.highest?.load == 0.2)
    let none = try await CapacitySearch(try scenario(slo: "1 ms"), attainment: 0.9, loads: grid)
      .run(policy: "p")
    #expect(none.highest == nil && none.queriesPerSecond == nil && none.findings.count == 12)
  }

  /// A batch of 4 that does not fill in time makes low loads late; higher ones fill it.
  @Test func lowLoadsMayFailWhereHigherOnesHold() async throws {
    let scenario = try Support.scenario(
      text: """
        name: filling
        query: { steps: 1, slo: { time: 1 s } }
        workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 2000 }
        cluster:
          nodes: [{ name: n, accelerators: { synthetic: { denoise: { deterministic: 100 ms } } } }]
        policies: { p: { batching: { static: { images: 4, wait: 10 s } } } }
        """)
    let answer = try await CapacitySearch(scenario, attainment: 0.9, loads: grid, jobs: 2)
      .run(policy: "p")
    #expect(answer.gaps.contains(0.1))
    #expect(try #require(answer.highest).load > 0.4)
  }

  /// In 99 queries no queue is seen to grow, and none to settle.
  @Test func tooFewQueriesNearSaturationLeaveDoubt() async throws {
    let scenario = try Support.scenario(
      text: QueueScenario.text(rate: 1, queries: 99, slo: "100 s"))
    let answer = try await CapacitySearch(scenario, attainment: 0.5, loads: [0.5, 2], jobs: 2)
      .run(policy: "p")
    #expect(try #require(answer.highest).load < 1.2 && !answer.isBound)
    let beyond = try #require(answer.findings.last)
    #expect(beyond.decision.attainment == 1 && !beyond.decision.isSure)
  }

  /// Beyond capacity a short run may keep a long SLO; a longer one would not.
  @Test func aLoadThatCannotBeServedIsNoCapacity() async throws {
    let scenario = try Support.scenario(
      text: QueueScenario.text(rate: 1, queries: 3000, slo: "6 s"))
    let answer = try await CapacitySearch(scenario, attainment: 0.9, loads: grid, jobs: 2)
      .run(policy: "p")
    let highest = try #require(answer.highest)
    #expect(highest.load > 0.9 && highest.load < 1.03)
    let beyond = try #require(answer.findings.last)
    #expect(
      beyond.load == 1.2 && beyond.decision.queue == .growing && beyond.decision.attainment > 0.5)
  }
}
