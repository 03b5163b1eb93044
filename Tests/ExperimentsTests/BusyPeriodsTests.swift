@testable import Analysis
import Cluster
import EventEngine
import Results
import Testing
import Workload

@testable import Experiments

/// Times between two moments at which a cluster is empty, and what may be said of them.
@Suite struct BusyPeriodsTests {
  private func experiment(_ changes: (String) -> String = { $0 }) throws -> Experiment {
    let text = QueueScenario.text(rate: 40, queries: 4000, slo: "10 s", run: "seed: 5, warmup: 5 s")
    return try Experiment(Support.scenario(text: changes(text)), policies: ["p"], replications: 3)
  }

  /// One server is empty whenever a query need not wait.
  @Test func oneBeginsWithEachQueryThatNeedNotWait() throws {
    let records = try experiment().simulate(policy: 0, replication: 0).records
    let warmup = SimulationTime(nanoseconds: 5_000_000_000)
    let free = records.count { $0.wait == .zero && $0.query.arrival >= warmup }
    #expect(BusyPeriods.count(records, from: warmup) == free - 1 && free > 500)
  }

  /// A fifth of the queries of M/M/1 at 0.8 begin one; without a violation in n of them the probability of one is at most
  /// 1 - 0.025^(1/n).
  @Test func theirNumberIsSaidWhereNoneHasAViolation() async throws {
    let outcome = try await ExperimentRunner(try experiment()).run(into: nil)
    let counts = outcome.metrics[0].compactMap { $0[.busyPeriods] }
    #expect(counts.count == 3 && counts.allSatisfy { abs($0 - 0.2 * 3800) < 120 })
    let summary = try #require(outcome.summaries.first { $0.metric == .violationRatio })
    let all = Int(counts.reduce(0, +))
    #expect(
      summary.note == .neverSeen(event: .violation, replications: 3, busyPeriods: all))
    #expect(
      "\(MetricNoteText(try #require(summary.note)))".contains(
        "and one of \(all) busy periods with one of at most 0.0016"))
    #expect(abs(NoneSeen.largestProbability(3) - 0.7075982) < 1e-7)
    #expect(abs(NoneSeen.largestProbability(2280) - 0.0016166) < 1e-7)
  }

  @Test(arguments: [
    ("{ poisson: { rate: 40.0 query/s } }", "{ gamma: { rate: 40 query/s, cv: 2 } }"),
    (
      "      accelerators:",
      "      failures: { every: 100 s, repair: 1 s }\n      accelerators:"
    ),
  ]) func nothingIsSaidWhereOneTellsOfTheNext(old: String, new: String) throws {
    let experiment = try experiment {
      #expect($0.contains(old))
      return $0.replacing(old, with: new)
    }
    #expect(!experiment.hasIndependentBusyPeriods(under: experiment.policies[0]))
  }
}
