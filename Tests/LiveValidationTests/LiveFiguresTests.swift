import EventEngine
import Results
import Testing
import Workload

@testable import Cluster
@testable import LiveValidation

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
    #expect(figures[.violationRatio] == 0.6 && figures[.utilisationOfInstalled] == 0.5)
  }

  @Test func distancesOfKnownDistributions() {
    #expect(LiveFigures.distance([1, 2, 3], [1, 2, 3]) == 0)
    #expect(LiveFigures.distance([1, 2], [3, 4]) == 1)
    #expect(LiveFigures.distance([1, 2, 3, 4], [2.5, 3.5, 4.5, 5.5]) == 0.5)
    // Steps at equal values are taken together.
    #expect(LiveFigures.distance([1, 1, 1, 2], [1, 2, 2, 2]) == 0.5)
    #expect(LiveFigures.distance([], []) == 0 && LiveFigures.distance([], [1]) == 1)
  }

  @Test func figuresAreOfCompletedQueriesAlone() {
    let nothing = run([nil])
    #expect(nothing[.throughputQueries] == nil && nothing[.latencyP99] == nil)
    #expect(nothing[.violationRatio] == 1 && nothing.dropped == 1)
    // Linear between order statistics: 0.99 x 2 = 1.98.
    #expect(abs((run([1, 2, 4])[.latencyP99] ?? 0) - 3.96) < 1e-9)
  }

  /// Live runs, each with the same simulated ones.
  private func comparison(
    _ simulated: [[Double?]], live: [[Double?]], early: [[Double?]]? = nil,
    stretched: [[Double?]]? = nil, replayed: [Double?]? = nil
  ) -> LiveComparison {
    LiveComparison(
      point: "", policy: "p",
      runs: live.map { latencies in
        .init(
          live: run(latencies, slo: 9), simulated: simulated.map { run($0, slo: 9) },
          early: (early ?? simulated).map { run($0, slo: 9) },
          stretched: (stretched ?? simulated).map { run($0, slo: 9) },
          replayed: run(replayed ?? latencies, slo: 9))
      })
  }

  private func mean(_ comparison: LiveComparison) throws -> LiveComparison.Row {
    try #require(comparison.rows.first { $0.metric == .latencyMean })
  }

  @Test func anAimIsMetWithinItOrWithinTheNoise() throws {
    // Of opposite signs: the mean of the errors is none.
    let apart = comparison([[1]], live: [[0.8], [4.0 / 3]])
    let opposite = try mean(apart)
    #expect(abs(opposite.error) < 1e-8 && abs(opposite.size - 0.25) < 1e-8)
    let near = try mean(comparison([[1.04]], live: [[1], [1]]))
    #expect(near.holds == true && !near.holdsByNoise && abs(near.error - 0.04) < 1e-12)
    let far = try mean(comparison([[1.2]], live: [[1], [1]]))
    #expect(far.holds == false)
    let noisy = try mean(comparison([[1.2]], live: [[0.8], [1.2]]))
    #expect(noisy.holds == true && noisy.holdsByNoise && abs((noisy.noise ?? 0) - 0.4) < 1e-12)
  }

  @Test func aPredictionIsTheMeanOverItsDraws() throws {
    let row = try mean(
      comparison([[1], [2], [6]], live: [[2], [2]], early: [[1], [4]], replayed: [2.1]))
    #expect(row.simulated == 3 && row.size == 0.5 && row.earlySize == 0.25)
    #expect(abs(row.replayedSize - 0.05) < 1e-12)
  }

  @Test func nothingIsJudgedByOneRunOrWithoutQueries() throws {
    let one = comparison([[1, 2]], live: [[1, 2]])
    #expect(one.rows.allSatisfy { $0.holds == nil } && one.noiseDistance == nil)
    let none = comparison([[nil]], live: [[nil], [nil]])
    #expect(none.rows.map(\.metric) == [.violationRatio] && none.rows[0].holds == nil)
    // A percentile of few queries is shown and not judged.
    let few = comparison(
      [[Double](repeating: 1, count: 99)],
      live: .init(repeating: .init(repeating: 1, count: 99), count: 2))
    let percentiles = Dictionary(uniqueKeysWithValues: few.rows.map { ($0.metric, $0.holds) })
    #expect(few.queries == 99)
    #expect(percentiles[.latencyP95] == true && percentiles[.latencyP99] == Bool?.none)
  }

  @Test func noiseIsTheMeanDifferenceOfTwoRuns() throws {
    let row = try mean(comparison([[1]], live: [[1], [2], [3]]))
    // (1 + 2 + 1) / 3 over 2.
    #expect(abs((row.noise ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test func noiseIsPooledOverThePoliciesOfAPoint() throws {
    let quiet = comparison([[1]], live: [[1], [1]])
    let noisy = comparison([[1]], live: [[1], [3]])
    let pooled = LiveComparison.pooled([quiet, noisy])
    #expect(try pooled.map { try mean($0).noise } == [0.5, 0.5])
    // A simulation that is off by a tenth holds by the noise of its point, and not by its own.
    let off = comparison([[1.1]], live: [[1], [1]])
    #expect(
      try mean(off).holds == false && mean(LiveComparison.pooled([off, noisy])[0]).holds == true)
    #expect(try mean(off).earlyHolds == false)
  }

  @Test func distancesAreOfOneRunFromOne() {
    let good = comparison([[1, 2]], live: [[1, 2], [1, 2]])
    #expect(good.distance == 0 && good.noiseDistance == 0 && good.replayedDistance == 0)
    // Two draws, at 0.5 and 0 from both live runs; pooled, they would be at 0.25.
    let bad = comparison([[1, 2], [2, 4]], live: [[2, 4], [2, 4]], early: [[8, 9]])
    #expect(bad.distance == 0.25 && bad.replayedDistance == 0 && bad.earlyDistance == 1)
    // A prediction whose draws are the live runs is as far from them as they are from each other, or nearer.
    let noisy = comparison([[1, 2], [3, 4]], live: [[1, 2], [3, 4]])
    #expect(noisy.noiseDistance == 1 && noisy.distance == 0.5)
  }

  @Test func theGainIsWhatLongerTimesDo() throws {
    let comparison = comparison(
      [[1], [3]], live: [[2], [2]], stretched: [[1.02], [3.1]])
    // 4.12 / 4 for 1 %: 3 %.
    #expect(abs(try #require(comparison.gain) - 3) < 1e-9)
    #expect(self.comparison([[nil]], live: [[2]]).gain == nil)
  }
}
