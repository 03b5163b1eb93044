@testable import Analysis
import EventEngine
import Results
import Scenarios
import Testing

@testable import Experiments

/// How often a 95 % interval holds the truth, over 200 experiments each with a seed of its own.
@Suite struct CoverageTests {
  static let experiments = 200

  /// M/M/1 at rho = 0.5: T = 1 / (mu - lambda) = 40 ms, P(T > 0.1 s) = exp(-0.1 (mu - lambda)). 3000
  /// queries a replication; the first 10 s, some 40 times as long as the queue remembers, are deleted.
  @Test func intervalsOfMM1HoldTheTrueMeanAsOftenAsTheySay() throws {
    let text = QueueScenario.text(rate: 25, queries: 3000, slo: "0.1 s", run: "warmup: 10 s")
    var held = (latency: 0, violations: 0)
    for seed in 1...Self.experiments {
      let experiment = try Experiment(
        Support.scenario(text: text, ["run.seed=\(seed)"]), policies: ["p"])
      let runs = (0..<5).map { replication in
        RunMetrics.values(
          of: experiment.simulate(policy: 0, replication: replication),
          warmup: experiment.warmup(of: replication).end)
      }
      let summaries = Summaries.make(policies: ["p"], metrics: [runs])
      func interval(_ metric: Metric) throws -> ClosedRange<Double> {
        try #require(summaries.first { $0.metric == metric }?.interval)
      }
      if try interval(.latencyMean).contains(0.04) { held.latency += 1 }
      if try interval(.violationRatio).contains(0.0820849986) { held.violations += 1 }
    }
    for count in [held.latency, held.violations] {
      #expect((180...198).contains(count), "\(count) of \(Self.experiments)")
    }
  }

  /// Pairs that share most of their noise, with a ratio of means of 0.5 and a difference of -1.
  @Test func intervalsOfRatiosAndDifferencesHoldTheTruthAsOftenAsTheySay() throws {
    var held = (ratio: 0, difference: 0)
    for seed in 0..<Self.experiments {
      var stream = RandomStream(
        seed: UInt64(seed), stream: RandomStreamID(rawValue: 902), entity: 0)
      // Sums of uniform variables are near enough to normal ones.
      func noise() -> Double { (0..<6).reduce(0.0) { sum, _ in sum + stream.uniform() } / 3 - 1 }
      let shared = (0..<10).map { _ in noise() }
      let baseline = shared.map { 2 + 0.5 * $0 + 0.1 * noise() }
      let values = shared.map { 1 + 0.25 * $0 + 0.1 * noise() }
      let ratio = try #require(Intervals.ratio(values, to: baseline)?.interval)
      let difference = try #require(
        Intervals.mean(
          zip(values, baseline).map { $0 - $1 }, within: .real)?.interval)
      if ratio.contains(0.5) { held.ratio += 1 }
      if difference.contains(-1) { held.difference += 1 }
    }
    for count in [held.ratio, held.difference] {
      #expect((180...198).contains(count), "\(count) of \(Self.experiments)")
    }
  }
}
