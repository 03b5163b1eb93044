@testable import Analysis
import EventEngine
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// Queues that settle, queues that grow, and the start of a run that is deleted.
@Suite struct SteadyStateTests {
  private func runs(rate: Double, queries: Int = 4000, replications: Int = 10) throws
    -> [MetricValues]
  {
    let text = QueueScenario.text(rate: rate, queries: queries)
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    return Self.metrics(of: experiment, replications: replications)
  }

  private static func metrics(of experiment: Experiment, replications: Int) -> [MetricValues] {
    (0..<replications).map { replication in
      RunMetrics.values(
        of: experiment.simulate(policy: 0, replication: replication), warmup: .zero)
    }
  }

  private func state(_ runs: [MetricValues]) -> QueueState? { SteadyState.verdict(runs)?.state }

  @Test(arguments: [10.0, 30, 40, 45]) func aStableQueueIsSteady(rate: Double) throws {
    let runs = try runs(rate: rate)
    #expect(SteadyState.verdict(runs) == QueueVerdict(state: .steady))
    for run in runs { #expect(state([run]) != .growing) }
  }

  /// Beyond capacity a query that arrives at t waits (rho - 1) t: the last fifth of the span (0.9 of it, in
  /// the mean) waits 0.6 (rho - 1) of the span longer than the second (0.3).
  @Test(arguments: [60.0, 100]) func anOverloadedQueueGrows(rate: Double) throws {
    let runs = try runs(rate: rate)
    #expect(SteadyState.verdict(runs) == QueueVerdict(state: .growing, unsettled: Array(0..<10)))
    for run in runs { #expect(state([run]) == .growing) }
    let values = runs.compactMap { $0[.waitGrowth] }
    let interval = try #require(Intervals.mean(values, within: .real, confidence: 0.999)?.interval)
    #expect(interval.contains(0.6 * (rate / 50 - 1) * 4000 / rate), "\(interval)")
  }

  /// Two runs have an interval that says little; where each shows it alone, it is shown.
  @Test func twoRunsShowWhatEachOfThemShows() throws {
    #expect(state(try runs(rate: 60, queries: 2000, replications: 2)) == .growing)
    #expect(state(try runs(rate: 30, queries: 2000, replications: 2)) == .steady)
  }

  /// At 98.5 % of capacity 10,000 queries are too few: the mean wait is 65 services, and the queue forgets its start
  /// after 4 / 0.015^2 of them.
  @Test func whatIsTooShortIsNotSteady() throws {
    for replications in [1, 3, 10] {
      let runs = try runs(rate: 49.25, queries: 10_000, replications: replications)
      #expect(state(runs) == .unknown, "\(replications)")
    }
  }

  /// One replication in ten is overloaded: it is named, and the others do not outvote it.
  @Test func oneOverloadedReplicationIsNamed() throws {
    var runs = try runs(rate: 40, queries: 10_000)
    runs[6] = try self.runs(rate: 55, queries: 10_000, replications: 1)[0]
    #expect(SteadyState.verdict(runs) == QueueVerdict(state: .unknown, unsettled: [6]))
  }

  /// Of a queue whose length is limited the waits do not grow, though its worker is never idle.
  @Test func aQueueOfLimitedLengthIsSteady() throws {
    let text = QueueScenario.text(rate: 100, queries: 10_000)
      .replacing("p: {", with: "p: { admission: { queue-limit: { waiting: 10 } },")
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    let runs = Self.metrics(of: experiment, replications: 5)
    #expect(runs.allSatisfy { $0[.busiestIdle] ?? 1 < 20 * ($0[.waitMean] ?? 0) })
    #expect(state(runs) == .steady)
  }

  /// Of 300 queries a second apart, each of half a second, the last tenth comes three times as fast: idle for half of the
  /// run, and yet its queue grows at the end.
  @Test func aQueueThatGrowsAtTheEndIsNotSteady() throws {
    var times: [Double] = []
    var now = 0.0
    for index in 0..<4000 {
      times.append(now)
      now += index < 3000 ? 1 : 1.0 / 3
    }
    let runs = try Self.replayed(
      times, service: "{ exponential: { mean: 500 ms } }", replications: 5)
    #expect(runs.allSatisfy { ($0[.busiestIdle] ?? 0) > 20 * ($0[.waitOfWorst] ?? 0) })
    #expect(state(runs) == .unknown)
  }

  /// Equal replications of a fixed trace are one, and one is sure of nothing at a load of 1.
  @Test func equalReplicationsAreNoEvidence() throws {
    var random = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 900), entity: 0)
    var now = 0.0
    let times = (0..<10_000).map { _ in
      now -= log(1 - random.uniform())
      return now
    }
    let runs = try Self.replayed(times, service: "{ deterministic: 1 s }", replications: 5)
    #expect(Set(runs.map { $0[.latencyMean] }).count == 1 && state(runs) != .steady)
  }

  /// Low priority starves at a load of 1.065: it waits to the end, and is served when nothing more comes.
  @Test func whatStarvesIsNotSteady() throws {
    let text = """
      name: starving
      query: { steps: 1, slo: { time: 50 s } }
      workload:
        arrivals: { poisson: { rate: 1.065 query/s } }
        queries: 20000
        mix: { classes: { gold: 0.865, bronze: 0.2 } }
      classes: { gold: { priority: 0 }, bronze: { priority: 1 } }
      cluster:
        queue: central
        nodes: [{ name: n, accelerators: { synthetic: { denoise: { exponential: { mean: 1 s } } } } }]
      policies: { p: { batching: none, discipline: priority } }
      """
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    let runs = Self.metrics(of: experiment, replications: 5)
    #expect(state(runs) == .growing)
  }

  /// A small pool beyond its capacity, beside a large one that serves a hundred times as many queries.
  @Test func aSmallPoolThatGrowsIsNotHidden() throws {
    let text = """
      name: pools
      query: { steps: 1, slo: { time: 50 s } }
      workload:
        arrivals: { poisson: { rate: 40 query/s } }
        queries: 20000
        mix: { models: { sd15: 38.7, sdxl: 1.3 } }
      model: sd15
      cluster:
        queue: per-worker
        nodes:
          - name: many
            models: [sd15]
            accelerators: { count: 80, synthetic: { denoise: { exponential: { mean: 1 s } } } }
          - name: one
            models: [sdxl]
            accelerators: { synthetic: { denoise: { exponential: { mean: 1 s } } } }
      policies: { p: { batching: none, dispatcher: least-work-left } }
      """
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    let runs = Self.metrics(of: experiment, replications: 5)
    #expect(state(runs) == .growing)
  }

  /// Metrics of a trace with these arrivals in seconds, on one server.
  private static func replayed(
    _ times: [Double], service: String, replications: Int
  ) throws -> [MetricValues] {
    let experiment = try Support.experiment(
      tracing: ["arrival_s"] + times.map { "\($0)" }, policies: ["p"]
    ) {
      """
      name: replayed
      query: { steps: 1, slo: { time: 5 s } }
      workload: { trace: \($0) }
      cluster:
        queue: central
        nodes: [{ name: n, accelerators: { synthetic: { denoise: \(service) } } }]
      policies: { p: { batching: none } }
      """
    }
    return metrics(of: experiment, replications: replications)
  }

  /// 4 % beyond capacity, in 20,000 queries: far less than any of them shows at a glance.
  @Test func aQueueThatGrowsSlowlyIsSeen() throws {
    #expect(state(try runs(rate: 52, queries: 20_000)) == .growing)
  }

  /// What grows only because more queries arrive, on devices with time to spare, is no overload, and not steady: the rate
  /// rises from nothing to 40 a second, under a capacity of 50 a second at a mean load of 0.4.
  @Test func aRisingRateBelowCapacityIsNoOverload() throws {
    let text = QueueScenario.text(rate: 20, queries: 4000).replacing(
      "{ poisson: { rate: 20.0 query/s } }",
      with:
        "{ diurnal: { process: { poisson: { rate: 20 query/s } }, amplitude: 1, peak: 200 s, period: 400 s } }"
    )
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    let runs = Self.metrics(of: experiment, replications: 10)
    let growth = try #require(
      Intervals.mean(runs.compactMap { $0[.waitGrowth] }, within: .real)?.interval)
    #expect(growth.lowerBound > 0, "waits do grow: \(growth)")
    #expect(state(runs) == .unknown)
  }

  @Test func tooFewQueriesSayNothing() throws {
    let runs = try runs(rate: 500, queries: 90, replications: 1)
    #expect(runs[0][.waitGrowth] == nil && state(runs) == .unknown)
  }

  /// Utilisation of the busiest of two unequal workers: round-robin gives both the same work.
  @Test func theBusiestWorkerCounts() throws {
    let text = """
      name: unequal
      query: { steps: 1, slo: { time: 1 s } }
      workload: { arrivals: { poisson: { rate: 50 query/s } }, queries: 4000 }
      cluster:
        nodes:
          - name: fast
            accelerators: { synthetic: { denoise: { deterministic: 10 ms } } }
          - name: slow
            accelerators: { synthetic: { denoise: { deterministic: 50 ms } } }
      policies: { p: { batching: none, dispatcher: round-robin } }
      """
    let experiment = try Experiment(Support.scenario(text: text))
    let runs = Self.metrics(of: experiment, replications: 5)
    for run in runs {
      let utilisation = (run[.utilisationOfInstalled] ?? 0, run[.busiestUtilisation] ?? 0)
      #expect(utilisation.0 < 0.7 && utilisation.1 > 0.97 && utilisation.1 <= 1)
    }
    #expect(state(runs) == .growing)
  }

  /// The statistic as it is defined, for every number of deletions.
  private func deletionsByDefinition(_ values: [Double]) -> Int {
    let means = (0..<values.count / 5).map { b in values[5 * b..<5 * b + 5].reduce(0, +) / 5 }
    var best = (Double.infinity, 0)
    for d in 0...means.count / 2 {
      let rest = means[d...]
      let mean = rest.reduce(0, +) / Double(rest.count)
      let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let statistic = squares / Double(rest.count * rest.count)
      if statistic < best.0 * (1 - 1e-12) { best = (statistic, d) }
    }
    return 5 * best.1
  }

  @Test func mser5IsItsDefinition() {
    var stream = RandomStream(seed: 8, stream: RandomStreamID(rawValue: 901), entity: 0)
    for length in [10, 37, 100, 501] {
      for start in [0, 3, 12] {
        let values = (0..<length).map { i in
          stream.uniform() + (i < start ? Double(start - i) : 0)
        }
        #expect(
          MSER5.deletions(values).count == deletionsByDefinition(values), "\(length) \(start)")
      }
    }
  }

  @Test func mser5DeletesAStepAndKeepsWhatHasNone() {
    let noise = (0..<200).map { Double($0 % 3) }
    let step = noise.enumerated().map { $1 + ($0 < 40 ? 50 : 0) }
    #expect(MSER5.deletions(step).count == 40 && MSER5.deletions(step).isInside)
    #expect(MSER5.deletions(Array(repeating: 1, count: 100)).count == 0)
    // It never stops falling: no end of the warm-up can be told.
    #expect(!MSER5.deletions((0..<200).map { Double(200 - $0) }).isInside)
    #expect(MSER5.deletions([1, 2, 3]).count == 0)
  }

  @Test func mser5CountsTheSameQueriesForEveryPolicy() async throws {
    let text = QueueScenario.text(
      rate: 48, queries: 3000, run: "seed: 11, replications: 8, warmup: mser-5")
    let experiment = try Experiment(Support.scenario(text: text))
    let outcome = try await ExperimentRunner(experiment, jobs: 2).run(into: nil)
    var deleted = 0.0
    for replication in 0..<8 {
      let metrics = outcome.metrics.map { $0[replication] }
      #expect(metrics[0][.offered] == metrics[1][.offered])
      // As if the scenario had said it.
      let warmup = experiment.warmup(of: replication)
      let recorder = experiment.simulate(
        policy: 0, replication: replication, warmup: warmup.end)
      let plain = experiment.completed(
        recorder, policy: 0, replication: replication, warmup: warmup.end
      ).metrics
      #expect(metrics[0] == plain)
      deleted += metrics[0][.warmup] ?? 0
    }
    #expect(deleted > 0, "a queue that starts empty is not steady from the start")
  }
}
