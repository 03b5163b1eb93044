@testable import Sweeps
@testable import Analysis
import Foundation
import Results
import Testing

@testable import Experiments

/// Ratios, and decisions that look several times, held against the truth. The number of experiments is that of
/// ``CoverageTableTests``.
@Suite struct DecisionCoverageTests {
  static let experiments = CoverageTableTests.experiments
  static let isPrinted = CoverageTableTests.isPrinted

  /// Latencies of a queue at a load of 0.9: violations at 40 s are few, and come together.
  private static let queue = Population(
    name: "M/M/1 0.9",
    statistics: [("40 s", .share), ("20 s", .share), ("mean", .positive), ("60 s", .share)]
  ) { random in
    let latencies = Queue(rates: (0.9, 0.9), queries: 20_000, warmup: 300).latencies(&random)
    let count = Double(latencies.count)
    return [
      Double(latencies.count { $0 > 40 }) / count, Double(latencies.count { $0 > 20 }) / count,
      latencies.reduce(0, +) / count, Double(latencies.count { $0 > 60 }) / count,
    ]
  }

  /// Two lognormal values that share a part of their noise.
  private static func pair(_ first: Double, _ second: Double, shared: Double) -> Population {
    Population(
      name: "lognormal \(first), \(second), correlated \(shared)",
      statistics: [("a", .positive), ("b", .positive)]
    ) { random in
      let (common, own) = (random.normal(), random.normal())
      return [
        exp(first * common),
        exp(second * (shared * common + (1 - shared * shared).squareRoot() * own)),
      ]
    }
  }

  private func say(_ what: String, _ share: Double, _ count: Int) {
    if Self.isPrinted {
      print(
        "decision: \(what.padding(toLength: 66, withPad: " ", startingAt: 0)) \(String(format: "%.3f", share)) of \(count)"
      )
    }
  }

  private func mean(_ pool: [[Double]], _ statistic: Int) -> Double {
    pool.reduce(0) { $0 + $1[statistic] } / Double(pool.count)
  }

  /// Four standard deviations of a share of so many experiments.
  private func error(_ share: Double, _ count: Int) -> Double {
    4 * (share * (1 - share) / Double(count)).squareRoot()
  }

  @Test(arguments: 0..<4) func ratiosHoldTheTruth(index: Int) async {
    let population = [
      Self.pair(0.6, 0.6, shared: 0.8), Self.pair(0.6, 0.6, shared: 0),
      Self.pair(0.6, 0.1, shared: 0.5), Self.queue,
    ][index]
    for n in Self.isPrinted ? [3, 5, 10, 30] : [10] {
      let pool = await CoverageTable.pool(
        of: population, count: Self.experiments * n, seed: UInt64(100 + index) << 40)
      let truth = mean(pool, 0) / mean(pool, 1)
      let difference = mean(pool, 0) - mean(pool, 1)
      var (held, heldDifference, claimed) = (0, 0, 0)
      for experiment in 0..<Self.experiments {
        let rows = pool[experiment * n..<(experiment + 1) * n]
        let (x, y) = (rows.map { $0[0] }, rows.map { $0[1] })
        if Intervals.ratio(x, to: y)?.interval?.contains(truth) ?? true { held += 1 }
        let differences = Intervals.mean(zip(x, y).map { $0 - $1 }, within: .real)
        if differences?.interval?.contains(difference) ?? true { heldDifference += 1 }
        if Intervals.exceedance(of: truth, by: x, to: y) ?? 1 <= ClaimJudge.level { claimed += 1 }
      }
      let share = Double(held) / Double(Self.experiments)
      say("ratio, \(population.name), n = \(n)", share, Self.experiments)
      #expect(share > (n < 10 ? 0.91 : 0.93) - error(0.95, Self.experiments))
      #expect(share < 0.97 + error(0.95, Self.experiments))
      let shareOfDifferences = Double(heldDifference) / Double(Self.experiments)
      say("difference, \(population.name), n = \(n)", shareOfDifferences, Self.experiments)
      #expect(shareOfDifferences > (n < 10 ? 0.9 : 0.92) - error(0.95, Self.experiments))
      // The threshold is the truth: to call it exceeded is wrong.
      let wrong = Double(claimed) / Double(Self.experiments)
      say("claim, \(population.name), n = \(n)", wrong, Self.experiments)
      #expect(wrong < 0.06 + error(0.05, Self.experiments))
    }
  }

  /// The target is the truth itself: to be sure that it is kept is wrong, and so is the opposite.
  @Test(arguments: [0, 1]) func capacityIsSeldomSureOfWhatIsNotSo(statistic: Int) async {
    let most = 40
    let pool = await CoverageTable.pool(
      of: Self.queue, count: Self.experiments * most, seed: UInt64(200 + statistic) << 40)
    let test = AttainmentTest(target: 1 - mean(pool, statistic), maximumReplications: most, jobs: 1)
    var sure = (holds: 0, fails: 0)
    for experiment in 0..<Self.experiments {
      let values = pool[experiment * most..<(experiment + 1) * most].map { 1 - $0[statistic] }
      for count in test.counts where test.isSure(Array(values.prefix(count))) {
        let attainment = values.prefix(count).reduce(0, +) / Double(count)
        if attainment >= test.target { sure.holds += 1 } else { sure.fails += 1 }
        break
      }
    }
    for (what, count) in [("holds", sure.holds), ("fails", sure.fails)] {
      let share = Double(count) / Double(Self.experiments)
      say(
        "capacity, attainment at \(Self.queue.statistics[statistic].name), surely \(what)", share,
        Self.experiments)
      #expect(share < 0.025 + error(0.025, Self.experiments))
    }
  }

  /// Replications are added until the interval is narrow enough: of the mean latency, for which about 40 are enough on
  /// average, as promised; and of violations of 0.2 %, which are held to an absolute width.
  @Test func precisionHoldsTheTruth() async {
    let most = 100
    let pool = await CoverageTable.pool(
      of: Self.queue, count: Self.experiments * most, seed: 300 << 40)
    let goals: [(statistic: Int, metric: Metric, relative: Double, least: Double)] = [
      (2, .latencyMean, 0.045, 0.93), (3, .violationRatio, 0.2, 0.93),
    ]
    for (statistic, metric, relative, least) in goals {
      let truth = mean(pool, statistic)
      let goal = PrecisionGoal(relative: relative, maximumReplications: most)
      var (held, total) = (0, 0)
      for experiment in 0..<Self.experiments {
        let runs = pool[experiment * most..<(experiment + 1) * most].map { row in
          var values = MetricValues()
          values[metric] = row[statistic]
          return values
        }
        var count = 1
        while let next = goal.next(after: [Array(runs.prefix(count))]) { count = next }
        total += count
        let values = runs.prefix(count).compactMap { $0[metric] }
        if Intervals.mean(values, within: metric.range)?.interval?.contains(truth) ?? false {
          held += 1
        }
      }
      let share = Double(held) / Double(Self.experiments)
      say(
        "precision, \(Self.queue.statistics[statistic].name), \(total / Self.experiments) replications on average",
        share, Self.experiments)
      #expect(share > least - error(0.95, Self.experiments))
    }
  }
}
