@testable import Analysis
import EventEngine
import Foundation
import Results
import Testing

/// Differences, p-values and their correction.
@Suite struct ComparisonStatisticsTests {
  @Test func theTStatisticByHand() throws {
    // Mean 3, s = sqrt(2.5), n = 5: t = 4.2426 on 4 degrees of freedom, p = 0.0132356 (two-sided).
    let p = try #require(Intervals.pValue(ofDifferences: [1, 2, 3, 4, 5]))
    #expect(abs(p - 0.01323559956) < 1e-9)
    #expect(Intervals.pValue(ofDifferences: [5, 4, 3, 2, 1].map { -$0 }) == p)
    #expect(Intervals.pValue(ofDifferences: [0, 0, 0]) == 1)
    #expect(Intervals.pValue(ofDifferences: [2, 2, 2]) == 0)
    #expect(Intervals.pValue(ofDifferences: [2]) == nil)
  }

  /// A policy may lie below the bound: the interval is that of differences, on both sides of the mean.
  @Test func aDifferenceToTheBoundMayBeNegative() throws {
    let runs = [-0.121, -0.120, -0.118].map { difference in
      var values = MetricValues()
      values[.violationAboveBound] = difference
      return values
    }
    let summaries = Summaries.make(policies: ["p"], metrics: [runs])
    let summary = try #require(summaries.first { $0.metric == .violationAboveBound })
    let (mean, interval) = try (#require(summary.mean), #require(summary.interval))
    #expect(mean < 0 && interval.lowerBound < mean - 0.003 && interval.upperBound > mean + 0.003)
  }

  @Test func holmByHand() {
    // Sorted 0.005 x 4, 0.01 x 3, 0.03 x 2, 0.04 x 1, each at least its predecessor.
    let corrected = Intervals.holm([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(corrected, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(Intervals.holm([0.7, 0.9]) == [1, 1])
    #expect(Intervals.holm([]) == [])
  }

  @Test func aRatiosPValueAgreesWithItsInterval() throws {
    var stream = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 900), entity: 0)
    var outside = 0
    for _ in 0..<200 {
      let baseline = (0..<6).map { _ in 1 + stream.uniform() }
      let values = baseline.map { $0 * 1.1 + 0.4 * stream.uniform() - 0.2 }
      let interval = try #require(Intervals.ratio(values, to: baseline)?.interval)
      let p = try #require(Intervals.pValue(ofRatio: values, to: baseline))
      #expect((p < 0.05) == !interval.contains(1))
      if p < 0.05 { outside += 1 }
    }
    #expect(outside > 10 && outside < 190, "both cases were seen")
  }

  /// Three policies of known violations and latencies over four replications.
  private func runs(_ violations: [Double], growth: Double = 0) -> [MetricValues] {
    violations.map { violation in
      var values = MetricValues()
      values[.violationRatio] = violation
      values[.latencyMean] = 10 * violation
      values[.queueGrowth] = growth
      values[.waitOfWorst] = 10 * violation
      values[.busiestIdle] = growth > 0 ? 0 : 1000
      return values
    }
  }

  @Test func differencesArePairedAndCorrectedOverThePolicies() throws {
    let base = runs([0.40, 0.50, 0.60, 0.70])
    let better = runs([0.30, 0.40, 0.51, 0.60])
    let same = runs([0.41, 0.49, 0.61, 0.70])
    let summaries = Summaries.make(
      policies: ["base", "better", "same"], metrics: [base, better, same])
    func summary(_ policy: String) throws -> StoredSummary {
      try #require(summaries.first { $0.policy == policy && $0.metric == .violationRatio })
    }
    let difference = try #require(try summary("better").difference)
    #expect(abs(difference + 0.0975) < 1e-12)
    // Differences -0.1, -0.1, -0.09, -0.1: s = 0.005, t(0.975; 3) = 3.182446305.
    let interval = try #require(try summary("better").differenceInterval)
    #expect(abs(interval.lowerBound - (-0.0975 - 3.182446305 * 0.0025)) < 1e-9)
    let alone = try #require(
      Intervals.pValue(
        ofRatio: better.compactMap { $0[.violationRatio] },
        to: base.compactMap { $0[.violationRatio] }))
    #expect(abs(try #require(try summary("better").pValue) - 2 * alone) < 1e-15)
    #expect(try #require(try summary("same").pValue) > 0.05)
    #expect(try summary("base").difference == nil && summary("base").pValue == nil)
  }

  @Test func whatIsUnsteadyIsSaidAndNotCompared() throws {
    let summaries = Summaries.make(
      policies: ["base", "new"],
      metrics: [runs([0.4, 0.5, 0.6], growth: 3), runs([0.3, 0.4, 0.5])])
    func summary(_ policy: String, _ metric: Metric) throws -> StoredSummary {
      try #require(summaries.first { $0.policy == policy && $0.metric == metric })
    }
    #expect(try summary("base", .latencyMean).isUnsteady)
    #expect(try summary("new", .latencyMean).ratio == nil)
    #expect(try summary("new", .latencyMean).note == .baselineUnsteady)
    // Violations are counted all the same.
    #expect(try summary("new", .violationRatio).ratio != nil)
  }

  /// No violation in any replication bounds no ratio: the queries of a busy period are late together.
  @Test func whatDidNotOccurHasNoInterval() throws {
    let none = [5.0, 6, 7].map { latency in
      var values = MetricValues()
      values[.violationRatio] = 0
      values[.attainment] = 1
      values[.dropped] = 0
      values[.latencyMean] = latency
      values[.offered] = 100
      return values
    }
    // Where every query is late, equal values are no certainty either.
    let all = none.map { values in
      var values = values
      (values[.violationRatio], values[.attainment]) = (1, 0)
      return values
    }
    for summary in Summaries.make(policies: ["p"], metrics: [all])
    where [.violationRatio, .attainment].contains(summary.metric) {
      #expect(summary.mean != nil && summary.interval == nil)
      #expect(summary.note == .alwaysSeen(event: .violation, replications: 3))
    }
    let summaries = Summaries.make(policies: ["p"], metrics: [none])
    for metric in [Metric.violationRatio, .attainment] {
      let summary = try #require(summaries.first { $0.metric == metric })
      #expect(summary.mean == (metric == .attainment ? 1 : 0) && summary.interval == nil)
      // 1 - 0.025^(1/3) = 0.708: R's binom.test(0, 3).
      #expect(
        summary.note
          == .neverSeen(event: .violation, replications: 3, busyPeriods: nil))
      #expect(
        summary.note.map { "\(MetricNoteText($0))" }
          == "none here: no violation in 3 of 3 replications; a replication has one with a probability of at most 0.71 (exact 95 % interval), which bounds no ratio"
      )
    }
    let dropped = try #require(summaries.first { $0.metric == .dropped })
    #expect(dropped.mean == 0 && dropped.interval == nil && dropped.note == nil)
    // Where nothing is random, nothing is uncertain.
    let fixed = Summaries.make(policies: ["p"], metrics: [[none[0], none[0], none[0]]])
    #expect(fixed.first { $0.metric == .violationRatio }?.interval == 0...0)
  }

  @Test func aDistributionIsTheMeanOfItsReplications() throws {
    let first = StoredCDF.probabilities.map { 1e9 * $0 }
    let second = StoredCDF.probabilities.map { 2e9 * $0 }
    let third = StoredCDF.probabilities.map { 4e9 * $0 }
    let cdf = try #require(Summaries.distribution("p", [first, [], second, third]))
    #expect(cdf.replications == 3)
    #expect(cdf.latencies.count == 201)
    // At 1: 1, 2 and 4 s, as in IntervalTests.
    let last = cdf.latencies[200]
    #expect(abs(last.mean - 7.0 / 3) < 1e-12)
    #expect(last.interval == Intervals.mean([1, 2, 4], within: .positive)?.interval)
    #expect(Summaries.distribution("p", [[], []]) == nil)
  }

  @Test func anEffectIsTheRatioToTheParentNotToTheBaseline() throws {
    let origins = [
      StoredOrigin(policy: "base", parent: nil, change: ""),
      StoredOrigin(policy: "full", parent: "base", change: "steps: entropy"),
      StoredOrigin(policy: "less", parent: "full", change: "without steps"),
    ]
    let metrics = [
      runs([0.4, 0.5, 0.6]), runs([0.1, 0.2, 0.3]), runs([0.2, 0.4, 0.6]),
    ]
    let effects = Summaries.effects(
      policies: ["base", "full", "less"], metrics: metrics, origins: origins)
    func effect(_ policy: String) -> StoredEffect? {
      effects.first { $0.policy == policy && $0.metric == .violationRatio }
    }
    #expect(effect("base") == nil)
    #expect(effect("full")?.parent == "base")
    #expect(abs((effect("full")?.ratio ?? 0) - 0.4) < 1e-12)
    #expect(effect("less")?.parent == "full")
    #expect(abs((effect("less")?.ratio ?? 0) - 2) < 1e-12)
    // Twice in every pair: nothing is uncertain.
    let interval = try #require(effect("less")?.interval)
    #expect(abs(interval.upperBound - interval.lowerBound) < 1e-12)
  }
}
