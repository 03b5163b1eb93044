import EventEngine
import Results
import Testing
import Workload

@testable import Cluster
@testable import Experiments

/// Figures of simulated and live runs, and how they are held against each other.
@Suite struct LiveFiguresTests {
  /// A run of queries with these latencies, in seconds; one that is nil is dropped.
  private func run(_ latencies: [Double?], slo: Double = 2.5, end: Double = 10) -> LiveFigures {
    var recorder = RunRecorder()
    for (index, latency) in latencies.enumerated() {
      let query = Query(
        id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: Double(index)),
        slo: SimulationDuration(seconds: slo), model: ModelID(rawValue: 0),
        size: ImageSize(height: 64, width: 64), images: 1, steps: 4)
      recorder.queryEnded(
        QueryRecord(
          query: query, outcome: latency == nil ? .dropped(.abandoned) : .completed,
          start: query.arrival,
          end: query.arrival + SimulationDuration(seconds: latency ?? 0), evaluations: 4, parts: 1,
          firstStep: 0, finish: .none, latentError: nil, worker: nil))
    }
    var usage = RunUsage()
    usage.end = SimulationTime(seconds: end)
    usage.workers = [
      WorkerUsage(
        worker: WorkerID(rawValue: 0), node: "n",
        busy: [.zero, SimulationDuration(seconds: 5), .zero, .zero], waitingForCPU: .zero,
        blocked: .zero, evaluations: 0, imageEvaluations: 0)
    ]
    recorder.runEnded(usage)
    return LiveFigures(recorder)
  }

  @Test func figuresOfAKnownRun() {
    let figures = run([1, 2, 3, 4, nil])
    #expect(figures.latencies == [1, 2, 3, 4])
    #expect(figures.offered == 5 && figures.dropped == 1 && figures.inFlight == 0)
    #expect(figures[.latencyMean] == 2.5 && figures[.latencyP50] == 2.5)
    // Linear between order statistics: 0.95 x 3 = 2.85.
    #expect(abs((figures[.latencyP95] ?? 0) - 3.85) < 1e-12)
    #expect(figures[.throughputQueries] == 0.4 && figures[.stepsMean] == 4)
    #expect(figures[.violationRatio] == 0.6 && figures[.acceleratorUtilisation] == 0.5)
  }

  @Test func distancesOfKnownDistributions() {
    #expect(LiveFigures.distance([1, 2, 3], [1, 2, 3]) == 0)
    #expect(LiveFigures.distance([1, 2], [3, 4]) == 1)
    #expect(LiveFigures.distance([1, 2, 3, 4], [2.5, 3.5, 4.5, 5.5]) == 0.5)
    // Steps at equal values are taken together.
    #expect(LiveFigures.distance([1, 1, 1, 2], [1, 2, 2, 2]) == 0.5)
    #expect(LiveFigures.distance([], []) == 0 && LiveFigures.distance([], [1]) == 1)
  }

  @Test func anAimIsMetWithinItOrWithinTheNoise() throws {
    func row(_ simulated: Double, _ live: [Double]) throws -> LiveComparison.Row {
      let comparison = LiveComparison(
        point: "", policy: "p", queries: 1, simulated: run([simulated], slo: 9),
        live: live.map { run([$0], slo: 9) })
      return try #require(comparison.rows.first { $0.metric == .latencyMean })
    }
    let near = try row(1.04, [1, 1])
    #expect(near.holds == true && !near.holdsByNoise && abs(near.error - 0.04) < 1e-12)
    let far = try row(1.2, [1, 1])
    #expect(far.holds == false)
    let noisy = try row(1.2, [0.8, 1.2])
    #expect(noisy.holds == true && noisy.holdsByNoise && abs((noisy.noise ?? 0) - 0.4) < 1e-12)
  }

  @Test func nothingIsJudgedByOneRunOrWithoutQueries() throws {
    let one = LiveComparison(
      point: "", policy: "p", queries: 2, simulated: run([1, 2]), live: [run([1, 2])])
    #expect(one.holds == nil && one.noiseDistance == nil)
    let none = LiveComparison(
      point: "", policy: "p", queries: 1, simulated: run([nil]), live: [run([nil]), run([nil])])
    #expect(none.holds == nil && none.rows.allSatisfy { $0.holds == nil })
    // A percentile of few queries is shown and not judged.
    let few = LiveComparison(
      point: "", policy: "p", queries: 99, simulated: run([1]), live: [run([1]), run([1])])
    let percentiles = Dictionary(uniqueKeysWithValues: few.rows.map { ($0.metric, $0.holds) })
    #expect(percentiles[.latencyP95] == true && percentiles[.latencyP99] == Bool?.none)
  }

  @Test func noiseIsTheMeanDifferenceOfTwoRuns() throws {
    let three = LiveComparison(
      point: "", policy: "p", queries: 1, simulated: run([1], slo: 9),
      live: [run([1], slo: 9), run([2], slo: 9), run([3], slo: 9)])
    let row = try #require(three.rows.first { $0.metric == .latencyMean })
    // (1 + 2 + 1) / 3 over 2.
    #expect(abs((row.noise ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test func aComparisonHoldsWhereAllItsAimsAreMet() {
    let good = LiveComparison(
      point: "", policy: "p", queries: 2, simulated: run([1, 2]),
      live: [run([1, 2]), run([1, 2])])
    #expect(good.holds == true && good.distance == 0 && good.noiseDistance == 0)
    let bad = LiveComparison(
      point: "", policy: "p", queries: 2, simulated: run([1, 2]),
      live: [run([2, 4]), run([2, 4])])
    #expect(bad.holds == false && bad.distance == 0.5)
  }
}
