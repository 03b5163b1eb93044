@testable import Analysis
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// Replications that are added until intervals are narrow.
@Suite struct PrecisionTests {
  /// Twenty runs, half of them below and half above the mean, whose interval is so wide to its longer side.
  private func runs(_ relative: Double, metric: Metric = .latencyMean, mean: Double = 10)
    -> [MetricValues]
  {
    func runs(_ d: Double) -> [MetricValues] {
      (0..<20).map { index in
        var values = MetricValues()
        values[metric] = mean * (1 + (index.isMultiple(of: 2) ? d : -d))
        return values
      }
    }
    // By bisection: the ends lie on the logarithm or the logit.
    let goal = PrecisionGoal(relative: 1, maximumReplications: 1)
    var (low, high) = (0.0, 0.9)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if goal.widest([runs(middle)])?.relative ?? 0 < relative {
        low = middle
      } else {
        high = middle
      }
    }
    return runs(low)
  }

  @Test func theNumberGrowsWithTheSquareOfWhatIsLacking() throws {
    let goal = PrecisionGoal(relative: 0.02, maximumReplications: 100)
    #expect(goal.next(after: [runs(0.0199)]) == nil)
    // 20 x 1.2^2 = 28.8; 20 x 1.01^2 = 20.4; 20 x 3^2 would be over twice as many.
    #expect(goal.next(after: [runs(0.024)]) == 29)
    #expect(goal.next(after: [runs(0.001), runs(0.0202)]) == 21)
    #expect(goal.next(after: [runs(0.06)]) == 40)
    #expect(PrecisionGoal(relative: 0.02, maximumReplications: 27).next(after: [runs(0.06)]) == 27)
    #expect(PrecisionGoal(relative: 0.02, maximumReplications: 20).next(after: [runs(0.06)]) == nil)
    // Nobody looks at fewer than 20, where so many are allowed.
    #expect(goal.next(after: [Array(runs(0.001).prefix(5))]) == 20)
    #expect(
      PrecisionGoal(relative: 0.02, maximumReplications: 7).next(after: [
        Array(runs(0.001).prefix(5))
      ]) == 7)
  }

  /// Twenty values of 1 +- d: their t interval is 1 +- 2.093 d / sqrt(19); on the logarithm, nearly.
  @Test func theWidestHeadlineMetricDecides() throws {
    let goal = PrecisionGoal(relative: 0.02, maximumReplications: 100)
    let widest = try #require(goal.widest([runs(0.01), runs(0.03)]))
    #expect(widest.policy == 1 && widest.metric == .latencyMean)
    #expect(abs(widest.relative - 0.03) < 1e-9)
    let values = (0..<20).map { 1 + ($0.isMultiple(of: 2) ? 0.01 : -0.01) }
    let interval = try #require(Intervals.mean(values, within: .positive)?.interval)
    #expect(abs(interval.upperBound - (1 + 2.093024 * 0.01 / 19.0.squareRoot())) < 3e-5)
    #expect(goal.widest([runs(0.5, metric: .cpuUtilisation, mean: 0.5)]) == nil)
    // A rare violation is held to a share of 0.01, not of itself.
    var rare = (0..<20).map { _ in MetricValues() }
    for i in rare.indices { rare[i][.violationRatio] = i.isMultiple(of: 2) ? 0.0003 : 0.0001 }
    let shares = rare.compactMap { $0[.violationRatio] }
    let half = try #require(Intervals.mean(Array(shares.prefix(10)), within: .share)?.interval)
    let relative = (half.upperBound - 0.0002) / 0.01
    #expect(abs(try #require(goal.widest([rare])).relative - relative) < 1e-12)
    // Half of the replications must have reached it too, and that half must be a first look's.
    #expect(PrecisionGoal(relative: 0.5, maximumReplications: 100).next(after: [rare]) == 40)
    #expect(
      PrecisionGoal(relative: 0.5, maximumReplications: 100).next(after: [rare + rare]) == nil)
    #expect(
      PrecisionGoal(relative: relative * 0.9, maximumReplications: 100).next(after: [rare + rare])
        == nil)
    #expect(
      PrecisionGoal(relative: relative * 0.3, maximumReplications: 100).next(after: [rare + rare])
        != nil)
    var unsteady = runs(0.5)
    for i in unsteady.indices {
      unsteady[i][.queueGrowth] = 20
      unsteady[i][.waitOfWorst] = 20
      unsteady[i][.busiestIdle] = 0
    }
    #expect(goal.widest([unsteady]) == nil)
  }

  /// 20 values of 1 and 1.02 in turn are known to 0.475 % downwards and 0.477 % upwards.
  @Test func whatIsOutOfReachIsSaidAfterTheFirstLook() throws {
    func warning(_ relative: Double, most: Int, count: Int = 20) -> String? {
      let runs = (0..<count).map { i in
        var values = MetricValues()
        values[.latencyMean] = i.isMultiple(of: 2) ? 1 : 1.02
        return values
      }
      return PrecisionGoal(relative: relative, maximumReplications: most).warning(
        [runs], policies: ["p"])
    }
    let text = try #require(warning(0.001, most: 100))
    #expect(
      text.hasPrefix(
        "precision 0.1 % is likely to be out of reach: latency_mean_s of p is known to 0.477 % after 20 replications, and would by their spread take some 45"
      ), "\(text)")
    #expect(text.hasSuffix("; 100 are allowed (--most-replications)"))
    #expect(warning(0.001, most: 1000) == nil && warning(0.01, most: 100) == nil)
    // Once is enough.
    #expect(warning(0.001, most: 100, count: 40) == nil)
  }

  @Test func replicationsAreAddedAndTheResultIsThatOfAsMany() async throws {
    func run(_ overrides: [String], jobs: Int) async throws -> ExperimentOutcome {
      let text = QueueScenario.text(rate: 30, queries: 2000, run: "seed: 4, replications: 3")
      let experiment = try Experiment(Support.scenario(text: text, overrides))
      return try await ExperimentRunner(experiment, jobs: jobs).run(into: nil)
    }
    let grown = try await run(["run.precision=30 %"], jobs: 2)
    let count = grown.experiment.replications
    #expect(count >= 20 && count < 100)
    #expect(
      grown.experiment.notes.contains {
        "\(NoteText($0))".hasPrefix("precision 30 %: reached with \(count)")
      })
    for summary in grown.summaries where [.latencyMean, .goodputImages].contains(summary.metric) {
      let interval = try #require(summary.interval)
      #expect((interval.upperBound - interval.lowerBound) / 2 <= 0.3 * (summary.mean ?? 0))
    }
    let fixed = try await run(["run.replications=\(count)"], jobs: 1)
    #expect(fixed.summaries == grown.summaries)
    // The runs are the same, whatever asked for them; the experiments are not.
    #expect(fixed.experiment.content == grown.experiment.content)
    #expect(fixed.experiment.id != grown.experiment.id)
    let capped = try await run(["run.precision=0.1 %", "run.most_replications=6"], jobs: 2)
    #expect(capped.experiment.replications == 6)
    #expect(
      capped.experiment.notes.contains {
        "\(NoteText($0))".hasPrefix(
          "precision 0.1 %: not reached with 6 replications, the most allowed: ")
      })
  }
}
