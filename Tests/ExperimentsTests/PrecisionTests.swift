import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// Replications that are added until intervals are narrow.
@Suite struct PrecisionTests {
  /// Five runs whose latency has a relative half-width of `relative`.
  private func runs(_ relative: Double, metric: Metric = .latencyMean, mean: Double = 10)
    -> [MetricValues]
  {
    // s = sqrt(2.5) d, half-width = t(0.975; 4) s / sqrt(5) = 2.776445105 x 0.70710678 d.
    let d = relative * mean / (2.776445105198 * 0.5.squareRoot())
    return [-2.0, -1, 0, 1, 2].map { step in
      var values = MetricValues()
      values[metric] = mean + step * d
      return values
    }
  }

  @Test func theNumberGrowsWithTheSquareOfWhatIsLacking() throws {
    let goal = PrecisionGoal(relative: 0.02, most: 100)
    #expect(goal.next(after: [runs(0.0199)]) == nil)
    // 5 x 1.2^2 = 7.2; 5 x 1.01^2 = 5.1; 5 x 3^2 would be over twice as many.
    #expect(goal.next(after: [runs(0.024)]) == 8)
    #expect(goal.next(after: [runs(0.001), runs(0.0202)]) == 6)
    #expect(goal.next(after: [runs(0.06)]) == 10)
    #expect(PrecisionGoal(relative: 0.02, most: 7).next(after: [runs(0.06)]) == 7)
    #expect(PrecisionGoal(relative: 0.02, most: 5).next(after: [runs(0.06)]) == nil)
    #expect(goal.next(after: [Array(runs(0.06).prefix(1))]) == nil)
  }

  @Test func theWidestHeadlineMetricDecides() throws {
    let goal = PrecisionGoal(relative: 0.02, most: 100)
    let widest = try #require(goal.widest([runs(0.01), runs(0.03)]))
    #expect(widest.policy == 1 && widest.metric == .latencyMean)
    #expect(abs(widest.relative - 0.03) < 1e-9)
    #expect(goal.widest([runs(0.5, metric: .cpuUtilisation)]) == nil)
    // A rare violation is held to a share of 0.01, not of itself.
    let rare = try #require(goal.widest([runs(0.5, metric: .violationRatio, mean: 0.0002)]))
    #expect(abs(rare.relative - 0.01) < 1e-9)
    var unsteady = runs(0.5)
    for i in unsteady.indices {
      unsteady[i][.waitGrowth] = 20
      unsteady[i][.busiestUtilisation] = 1
    }
    #expect(goal.widest([unsteady]) == nil)
  }

  @Test func replicationsAreAddedAndTheResultIsThatOfAsMany() async throws {
    func run(_ overrides: [String], jobs: Int) async throws -> ExperimentOutcome {
      let text = QueueScenario.text(rate: 30, queries: 2000, run: "seed: 4, replications: 3")
      let experiment = try Experiment(Support.scenario(text: text, overrides))
      return try await ExperimentRunner(experiment, jobs: jobs).run(into: nil)
    }
    let grown = try await run(["run.precision=10 %"], jobs: 2)
    let count = grown.experiment.replications
    #expect(count > 3 && count < 100)
    #expect(
      grown.experiment.notes.contains { $0.hasPrefix("precision 10 %: reached with \(count)") })
    for summary in grown.summaries where [.latencyMean, .goodputImages].contains(summary.metric) {
      let interval = try #require(summary.interval)
      #expect((interval.upperBound - interval.lowerBound) / 2 <= 0.1 * (summary.mean ?? 0))
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
        $0.hasPrefix("precision 0.1 %: not reached with 6 replications, the most allowed: ")
      })
  }
}
