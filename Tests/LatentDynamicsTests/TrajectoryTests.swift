import Diagnostics
import EventEngine
import Testing

@testable import LatentDynamics

/// A small table: 24 prompts, latents of 24 x 24.
private let table = TableGenerator(prompts: 24, height: 192, width: 192).generate(
  version: "test", threads: 2)

@Suite struct TrajectoryTests {
  @Test func whatIsWrittenReadsBack() throws {
    let read = try TrajectoryTable(bytes: table.bytes, file: "t")
    #expect(read.header == table.header)
    #expect(read.bytes == table.bytes)
  }

  @Test func rowsDoNotDependOnThreads() {
    let small = TableGenerator(prompts: 5, height: 64, width: 64)
    let one = small.generate(version: "test", threads: 1)
    #expect(one.bytes == small.generate(version: "test", threads: 3).bytes)
    let fewer = TableGenerator(prompts: 2, height: 64, width: 64).generate(version: "test")
    #expect(one.value(1, 40) == fewer.value(1, 40))
  }

  @Test func aBrokenFileIsToldWhereAndHow() {
    let text = String(decoding: table.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    let body = table.bytes.drop { $0 != 0x0A }
    func fault(_ bytes: [UInt8]) -> String {
      do {
        _ = try TrajectoryTable(bytes: bytes, file: "t")
        return "read"
      } catch { return error.description }
    }
    #expect(
      fault(table.bytes.dropLast(3)).hasPrefix(
        "t:2:1: error: the header promises 24 rows, the file holds 23 and a part of one; "))
    #expect(fault(table.bytes + [0, 0, 0, 0]).contains("holds 24 and a part of one"))
    #expect(fault(Array("a,b\n1,2\n".utf8)).hasPrefix("t:1:1: error: not a trajectory table; "))
    let later = text.replacing("\"schema\":1", with: "\"schema\":9")
    #expect(
      fault(Array(later.utf8) + body)
        == "t:1:1: error: schema version 9 is not known; this program reads version 1")
    let bare = text.replacing("\"model\":", with: "\"mdoel\":")
    #expect(
      fault(Array(bare.utf8) + body)
        == "t:1:1: error: the header is not complete: 'model' is missing")
    let negative = text.replacing("\"remaining\":[1,", with: "\"remaining\":[0,")
    #expect(fault(Array(negative.utf8) + body).contains("remaining must rise from 1"))
    var bad = table
    bad = TrajectoryTable(header: bad.header, values: bad.values.map { $0 < 6 ? $0 : .infinity })
    #expect(fault(bad.bytes).hasPrefix("t:2:1: error: row 1 has the value inf"))
  }

  @Test func lookupsOnTheTablesOwnScheduleAreItsValues() {
    for row in [0, 7, 23] {
      for k in 1...50 {
        let path = DenoisingPath(scheduled: 50, done: k)
        #expect(
          table.entropyBits(row: row, path).latent
            == table.entropyBits(.latent, row: row, steps: k))
        #expect(
          table.entropyBits(row: row, path).predicted
            == table.entropyBits(.predictedX0, row: row, steps: k))
      }
      for stop in table.grid.stops where stop > 0 {
        let path = DenoisingPath(scheduled: 50, done: stop)
        #expect(table.error(row: row, path, .none) == table.error(row: row, stop: stop, .none))
        #expect(
          table.error(row: row, path, .cover(3)) == table.error(row: row, stop: stop, .cover(3)))
        let covered = DenoisingPath(scheduled: 50, done: stop, covering: 3, covered: 3)
        #expect(
          table.error(row: row, covered, .none) == table.error(row: row, stop: stop, .cover(3)))
      }
      let whole = DenoisingPath(scheduled: 50, done: 50)
      #expect(table.error(row: row, whole, .none) == table.wholeError(row: row))
      let twenty = DenoisingPath(scheduled: 20, done: 20)
      #expect(table.error(row: row, twenty, .none) == table.error(row: row, stop: 0, .cover(20)))
    }
  }

  /// Between the table's stops an error lies between its neighbours', on other schedules never under
  /// what the whole schedule has.
  @Test func lookupsBetweenStopsLieBetweenTheirNeighbours() {
    for row in 0..<table.prompts {
      let low = table.error(row: row, stop: 20, .cover(1))
      let high = table.error(row: row, stop: 15, .cover(1))
      let middle = table.error(row: row, DenoisingPath(scheduled: 50, done: 17), .cover(1))
      #expect(middle >= min(low, high) && middle <= max(low, high))
      let ten = table.error(row: row, stop: 0, .cover(12))
      let early = table.error(row: row, DenoisingPath(scheduled: 12, done: 9), .cover(1))
      #expect(early >= ten)
    }
  }

  /// The table is sampled on 50 steps; a run of 20 is sampled here, and its signals looked up there.
  @Test func signalsOfAnotherScheduleAreNearWhatARunOfItShows() throws {
    let shape = LatentShape(height: 24, width: 24)
    let schedule = NoiseSchedule()
    let levels = schedule.path(schedule.times(from: 999, evaluations: 20))
    let transform = CosineTransform(shape)
    var latentGaps: [Double] = []
    var predictedGaps: [Double] = []
    for row in 0..<table.prompts {
      let prompt = Prompt(seed: UInt64(1 + row))
      var denoiser = Denoiser(LatentPrior(prompt, shape: shape))
      var run = SamplingRun(.ddim, from: prompt.noise(shape), at: levels[0])
      for k in 1...20 {
        run.step(to: levels[k], &denoiser)
        let path = DenoisingPath(scheduled: 20, done: k)
        let latent = ValueHistogram().entropyBits(transform.pixels(of: run.latent))
        let predicted = ValueHistogram().entropyBits(transform.pixels(of: run.predicted))
        latentGaps.append(abs(latent - table.entropyBits(row: row, path).latent))
        predictedGaps.append(abs(predicted - table.entropyBits(row: row, path).predicted))
      }
    }
    // Entropies lie around 6 bits and differ by half a bit between prompts.
    #expect(latentGaps.reduce(0, +) / Double(latentGaps.count) < 0.03)
    #expect(predictedGaps.reduce(0, +) / Double(predictedGaps.count) < 0.05)
  }

  @Test func moreEvaluationsNeverHurtOnAverage() {
    func mean(_ value: (Int) -> Double) -> Double {
      (0..<table.prompts).map(value).reduce(0, +) / Double(table.prompts)
    }
    let schedules = table.grid.remaining.map { m in
      mean { table.error(row: $0, stop: 0, .cover(m)) }
    }
    #expect(zip(schedules, schedules.dropFirst()).allSatisfy { $0 > $1 })
    let jumps = table.grid.stops.map { k in mean { table.error(row: $0, stop: k, .cover(1)) } }
    #expect(zip(jumps, jumps.dropFirst()).allSatisfy { $0 > $1 })
    let solver = table.grid.solverSteps.map { n in mean { table.solverError(row: $0, steps: n) } }
    #expect(zip(solver, solver.dropFirst()).allSatisfy { $0 > $1 })
    // Second order: at equal steps the solver is nearer than DDIM.
    for steps in [8, 12, 20] {
      let ddim = mean { table.error(row: $0, stop: 0, .cover(steps)) }
      #expect(mean { table.solverError(row: $0, steps: steps) } < ddim)
    }
  }

  /// What stands for the converged sample is ten times nearer to it than the best run that is judged by it.
  @Test func theReferenceIsConverged() {
    let shape = LatentShape(height: 24, width: 24)
    for seed in UInt64(1)...8 {
      let prompt = Prompt(seed: seed)
      var denoiser = Denoiser(LatentPrior(prompt, shape: shape))
      func sample(_ steps: Int) -> [Double] {
        let path = TrajectoryMeasurement.convergedPath(steps: steps)
        return SamplingRun.sample(.dpmSolverPP2M, from: prompt.noise(shape), along: path, &denoiser)
      }
      let gap = TrajectoryMeasurement.relativeError(
        sample(TrajectoryMeasurement.convergedSteps), from: sample(2000))
      #expect(gap < 0.003, "seed \(seed)")
    }
  }

  @Test func rankCorrelationOfKnownPairs() throws {
    // Ranks 1...5 against 2 1 4 3 5: 1 - 6 x 4 / (5 x 24) = 0.8.
    let rho = try #require(SignalEvidence.spearman([1, 2, 3, 4, 9], [20, 10, 40, 30, 50]))
    #expect(abs(rho - 0.8) < 1e-12)
    #expect(SignalEvidence.spearman([1, 1, 1], [1, 2, 3]) == nil)
  }

  /// The design's prototype had 0.94 at step 20 and -0.87 for the entropy itself at step 5.
  @Test func theChangeOfThePredictedEntropyTellsTheErrorToCome() throws {
    let evidence = SignalEvidence(table)
    let row = try #require(evidence.rows.first { $0.step == 20 })
    #expect(try #require(row.correlations[.predictedX0Change]) > 0.7)
    let early = try #require(evidence.rows.first { $0.step == 5 })
    #expect(try #require(early.correlations[.predictedX0]) < -0.5)
  }

  @Test func quartilesSplitThePrompts() {
    let quartiles = table.complexityQuartiles()
    #expect(quartiles.map(\.count) == [6, 6, 6, 6])
    #expect(Set(quartiles.joined()).count == 24)
    let tops = quartiles.map { $0.map(table.complexity).max() ?? 0 }
    #expect(tops == tops.sorted())
  }

  /// The shipped table is what this program makes of the same seeds (other C libraries may round otherwise).
  @Test func theShippedTableIsWhatTheGeneratorMakes() throws {
    let path = "\(RecorderTests.root)/Scenarios/Latents/sd15-512.table"
    let shipped = try TrajectoryTable.load(path: path)
    #expect(shipped.prompts == 1000 && shipped.header.source == .synthetic)
    let made = TableGenerator(prompts: 2).generate(version: "test", threads: 2)
    #expect(made.grid == shipped.grid)
    for (a, b) in zip(made.values, shipped.values) where !(a.isNaN && b.isNaN) {
      #expect(abs(a - b) <= 1e-4 * max(abs(b), 1e-3))
    }
  }
}
