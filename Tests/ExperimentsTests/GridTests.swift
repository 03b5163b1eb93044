@testable import Sweeps
@testable import Analysis
import Cluster
import Foundation
import LatentDynamics
import Policies
import Results
import Scenarios
import Testing

@testable import Experiments

/// Grids of points, controls, and verdicts.
@Suite struct GridTests {
  /// A folder with a scenario of one GPU and a small table, and an experiment on it.
  private func scenario(_ experiment: String) throws -> Scenario {
    let folder = NSTemporaryDirectory() + "/grid-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try TableGenerator(prompts: 40, height: 128, width: 128).generate(version: "test")
      .save(path: folder + "/small.table")
    let text = """
      name: grid
      query: { size: 128x128, steps: 50 }
      latents: small.table
      workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 400 }
      cluster:
        nodes:
          - name: n
            accelerators: { count: 2, synthetic: { denoise: { deterministic: 10 ms } } }
      policies:
        base: { batching: { static: { images: 4, wait: 0 s } } }
        entropy: { extends: base, steps: entropy, finish: jump }
        finish: { extends: base, finish: jump }
        probe: { extends: base, steps: entropy-probe }
      run: { seed: 5, replications: 3 }
      experiment: \(experiment)
      """
    return try ScenarioReader().read(text: text, path: folder + "/s.yaml")
  }

  private func run(_ experiment: String) async throws -> GridOutcome {
    let grid = try #require(ExperimentGrid(try scenario(experiment)))
    let path = NSTemporaryDirectory() + "/grid-" + UUID().uuidString + ".sqlite"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try ResultStore(creatingAt: path)
    let outcome = try await GridRunner(grid).run(into: store)
    let stored = try store.experiments()
    #expect(stored.count == outcome.comparisons.count + outcome.controls.count)
    #expect(
      Set(try stored.flatMap { try store.claims(of: $0) }).isSubset(of: Set(outcome.claims)))
    return outcome
  }

  @Test func pointsAreTheProductOfTheirAxes() async throws {
    let outcome = try await run("{ loads: [0.3, 0.5], slo_scales: [2, 3] }")
    let points = outcome.comparisons.compactMap(\.experiment.point)
    #expect(points.map(\.load) == [0.3, 0.5, 0.3, 0.5])
    #expect(points.map(\.sloScale) == [2, 2, 3, 3])
    #expect(Set(outcome.comparisons.map(\.experiment.id)).count == 4)
    for comparison in outcome.comparisons {
      #expect(comparison.experiment.offeredLoad == comparison.experiment.point?.load)
      // A finish alone has nothing to finish.
      #expect(comparison.metrics[2] == comparison.metrics[0])
      #expect(QualityVerdict.mean(comparison.metrics[1], .latentError) ?? 0 > 0)
    }
  }

  @Test func controlsRunAtTheMeanOfTheirPolicy() async throws {
    let outcome = try await run("{ loads: [0.5], controls: [entropy, probe] }")
    #expect(
      outcome.controls.map(\.policies) == [
        ["base", "entropy", "entropy/fixed", "entropy/random"],
        ["base", "probe", "probe/fixed", "probe/random"],
      ])
    let evidence = outcome.controlEvidence
    #expect(evidence.map(\.control) == ["fixed", "random", "fixed", "random"])
    for e in evidence {
      #expect(e.evaluations < 49 && e.evaluations > 5)
      // 1200 draws of numbers that differ by tens: a standard error of a third.
      #expect(abs(e.evaluations - e.controlEvaluations) < 1.5, "\(e.subject) \(e.control)")
      #expect(e.difference != nil && e.tailDifference != nil)
    }
    // The two numbers around the mean: a standard error of a hundredth.
    #expect(abs(evidence[0].evaluations - evidence[0].controlEvaluations) < 0.1)
  }

  @Test func holmByHand() {
    // Sorted 0.01 x 3, 0.02 x 2, 0.04 x 1 -> 0.03, 0.04, 0.04.
    let corrected = Intervals.holm([0.04, 0.01, 0.02])
    for (value, expected) in zip(corrected, [0.04, 0.03, 0.04]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(Intervals.holm([0.9, 0.8]) == [1, 1])
  }

  @Test func exceedanceByHand() throws {
    // theta = ln 1.5 with the jackknife's error of IntervalTests; of t with two degrees of freedom
    // P(T > x) = 1/2 - x / (2 sqrt(2 + x^2)).
    let log = try #require(Intervals.logRatio([1, 3, 5], to: [1, 2, 3]))
    let error = try #require(log.standardError)
    let x = (log.theta - Foundation.log(1.2)) / error
    let p = try #require(Intervals.exceedance(of: 1.2, by: [1, 3, 5], to: [1, 2, 3]))
    #expect(abs(p - (0.5 - x / (2 * (2 + x * x).squareRoot()))) < 1e-9)
    #expect(Intervals.exceedance(of: 1.2, by: [1, 2], to: [1, 3]) == nil)
  }
}

/// Verdicts on made-up metrics.
@Suite struct ClaimTests {
  private static let table = TableGenerator(prompts: 40, height: 128, width: 128)
    .generate(version: "test")
  private let plan = QualityPlan(floor: nil, margin: 0.02, referenceSteps: 25)

  private func runs(error: Double, tail: Double) -> [MetricValues] {
    (0..<3).map { _ in
      var values = MetricValues()
      values[.latentError] = error
      values[.convergenceP5] = tail
      return values
    }
  }

  @Test func qualityIsKeptLostOrNotEstablished() throws {
    let judge = QualityVerdict(Self.table, plan)
    let range = try #require(QualityCalibration(Self.table)).range
    let reference = try #require(judge.reference)
    let good = range.lowerBound * 1.01
    let baseline = runs(error: good, tail: 2)
    #expect(judge.judge(runs(error: good, tail: reference), baseline: baseline) == .kept)
    #expect(
      judge.judge(runs(error: good, tail: reference - 0.01), baseline: baseline).text
        .hasPrefix("quality lost: 5th percentile of convergence"))
    #expect(
      judge.judge(runs(error: range.upperBound * 0.99, tail: 2), baseline: baseline).text
        .hasPrefix("quality lost: perceptual score"))
    let beyond = runs(error: range.lowerBound / 2, tail: 2)
    #expect(judge.judge(beyond, baseline: baseline) == .notEstablished("extrapolated"))
    #expect(
      judge.judge(runs(error: good, tail: 2), baseline: beyond) == .notEstablished("extrapolated"))
    // Worse than the best pair by more than the margin is worse than anything better still.
    #expect(
      judge.judge(runs(error: range.upperBound * 2, tail: 2), baseline: beyond).text
        .hasPrefix("quality lost: perceptual score"))
    #expect(
      QualityVerdict(nil, plan).judge(baseline, baseline: baseline)
        == .notEstablished("images are not judged"))
  }

  /// Three loads; violations and latencies of five replications that are all but equal; the baseline's
  /// queue grows at the load of index `unsteady`.
  private func verdicts(
    _ cuts: [(violations: (Double, Double), latency: (Double, Double))], unsteady: Int? = nil,
    replications: Int = 5
  ) throws -> [StoredClaim] {
    let scenario = try Support.scenario(
      text: """
        name: claims
        workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 10 }
        cluster:
          nodes: [{ name: n, accelerators: { synthetic: { denoise: { deterministic: 1 s } } } }]
        policies: { base: {}, new: {} }
        experiment: { loads: [0.5, 0.8, 0.95], claims: [new] }
        """)
    let grid = try #require(ExperimentGrid(scenario))
    let growth = grid.points.indices.map { $0 == unsteady ? 30.0 : 0 }
    let outcomes = zip(zip(grid.points, growth), cuts).map { place, cut in
      let (point, growth) = place
      func runs(_ violations: Double, _ latency: Double, growth: Double = 0) -> [MetricValues] {
        (0..<replications).map { i in
          var values = MetricValues()
          values[.violationRatio] = violations * (1 + 0.001 * Double(i))
          values[.latencyMean] = latency * (1 + 0.001 * Double(i * i))
          values[.dropRatio] = 0
          values[.offered] = 1000
          values[.queueGrowth] = growth
          values[.waitOfWorst] = latency
          values[.busiestIdle] = growth > 0 ? 0 : 1000
          return values
        }
      }
      return ExperimentOutcome(
        experiment: StoredExperiment(
          id: "\(point.load)", content: "c", name: "claims", scenario: "",
          seed: 1,
          replications: replications, baseline: "base", version: "0", loadFactor: nil,
          offeredLoad: nil,
          notes: [], profiles: [], point: point),
        metrics: [
          runs(cut.violations.0, cut.latency.0, growth: growth),
          runs(cut.violations.1, cut.latency.1),
        ],
        policies: ["base", "new"], analysis: StoredAnalysis(summaries: []), bottlenecks: [],
        extrapolatedBatches: 0,
        events: 0, knownRuns: 0, companion: nil)
    }
    return ClaimJudge(grid).verdicts(outcomes)
  }

  @Test func aClaimIsReachedWhereItsRatioIsSurelyAbove() throws {
    let claims = try verdicts([
      ((0, 0), (4, 2.5)), ((0.2, 0.1), (4, 1.9)), ((0.6, 0.1), (8, 2)),
    ])
    // No load of 1.5: nothing to say of throughput.
    #expect(claims.count == 2)
    let violations = try #require(claims.first { $0.claim.contains("violations") })
    #expect(violations.isReached && violations.point.load == 0.95)
    #expect(violations.verdict.hasPrefix("reached at load 0.95: 6 [6, 6], quality not established"))
    let latency = try #require(claims.first { $0.claim.contains("latency") })
    #expect(latency.isReached && latency.point.load == 0.95)
    #expect(abs(try #require(latency.ratio) - 4) < 0.02)
  }

  @Test func aRatioBelowTheClaimIsNotReached() throws {
    let claims = try verdicts([((0, 0), (4, 3)), ((0.2, 0.1), (4, 3)), ((0.4, 0.1), (4, 3))])
    #expect(claims.allSatisfy { !$0.isReached })
    #expect(claims[0].verdict.hasPrefix("not reached: 4 [4, 4] at load 0.95, "))
  }

  @Test func anUnsteadyLatencyEarnsNoClaim() throws {
    let cuts = [((0.0, 0.0), (4.0, 3.0)), ((0.2, 0.1), (4, 3)), ((0.4, 0.1), (40, 3))]
    #expect(try verdicts(cuts)[1].verdict.hasPrefix("reached at load 0.95: 13.3 "))
    let claim = try verdicts(cuts, unsteady: 2)[1]
    #expect(!claim.isReached && claim.verdict.hasPrefix("not reached: 1.33 ["))
  }

  @Test func noViolationsBoundNoRatioAndAreTestedBySign() throws {
    func claim(_ replications: Int) throws -> StoredClaim {
      let cuts = [((0.0, 0.0), (1.0, 1.0)), ((0, 0), (1, 1)), ((0.3, 0), (1, 1))]
      return try verdicts(cuts, replications: replications)[0]
    }
    // All of five replications by chance: 1/32, times three for the points of the claim. Of ten: 1/1024.
    let (few, enough) = (try claim(5), try claim(10))
    #expect(!few.isReached && few.ratio == nil)
    #expect(abs(try #require(few.pValue) - 3.0 / 32) < 1e-12)
    #expect(
      few.verdict.hasPrefix(
        "cannot tell at load 0.95 (no violation in 5 of 5 replications, the baseline's in 5: no ratio of means; cut in the typical replication, sign test p = 0.031), "
      ))
    // Violations of one bad replication in ten would have been missed in a third of such experiments.
    #expect(!enough.isReached && enough.ratio == nil)
    #expect(abs(try #require(enough.pValue) - 3.0 / 1024) < 1e-12)
    #expect(
      enough.verdict.hasPrefix("cannot tell at load 0.95 (no violation in 10 of 10 replications"))
    let none = try verdicts([((0, 0), (1, 1)), ((0, 0), (1, 1)), ((0, 0), (1, 1))])
    #expect(
      none[0].verdict.hasPrefix(
        "not reached (the baseline has no violations: nothing to cut), "))
    // What could not be tested is no 'cannot tell'.
    #expect(none[0].pValue == nil && none[0].state == .notReached && few.state == .unknown)
  }
}

/// Whether entropy helps, on a small table.
@Suite struct SignalControlsTests {
  @Test func everySignalAndFinishIsHeldAgainstBothControls() {
    let table = TableGenerator(prompts: 60, height: 128, width: 128).generate(version: "test")
    let evidence = SignalControls(table).evidence(evaluations: 25)
    #expect(evidence.count == (4 * 4 + 2) * 2)
    for e in evidence where !e.subject.contains("probe") {
      #expect(abs(e.evaluations - 25) < 1.5, "\(e.subject)")
      if e.control == "fixed" {
        #expect(abs(e.evaluations - e.controlEvaluations) < 0.5, "\(e.subject)")
      }
    }
    for e in evidence {
      #expect(e.tail <= e.convergence)
      #expect(e.difference?.contains(e.convergence - e.controlConvergence) ?? false)
    }
  }

  @Test func aDifferenceIsPutInWords() {
    #expect(ControlEvidence.word(0.1...0.2) == "helps")
    #expect(ControlEvidence.word(-0.2 ... -0.1) == "hurts")
    #expect(ControlEvidence.word(-0.1...0.1) == "no difference shown")
    #expect(ControlEvidence.word(nil) == "no interval")
  }
}
