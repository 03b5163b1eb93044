import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Policies
import Testing
import Workload

/// What busy time rests on, in schedules computed by hand.
@Suite struct TimeBasisTests {
  /// Seconds of a stage for a batch, guided or not, and where they come from.
  struct Figure {
    var stage: Stage
    var guidance: Bool?
    var batch: Int
    var seconds: Double
    var provenance: Provenance
  }

  private static func model(_ figures: [Figure]) throws -> StageLatencyModel {
    StageLatencyModel(
      profile: try LatencyProfile(
        name: "p", device: "d", source: "s", mode: "m", harness: "qosdiff bench",
        entries: figures.map {
          .init(
            model: "m", stage: $0.stage, height: 512, width: 512, guidance: $0.guidance,
            batch: $0.batch, medianSeconds: $0.seconds, provenance: $0.provenance)
        }))
  }

  /// Steps measured at batches of 1 and 2, decoding published up to 4; each image is post-processed in half a second
  /// that the scenario states.
  private static let figures = [
    Figure(stage: .denoise, guidance: false, batch: 1, seconds: 2, provenance: .measured),
    Figure(stage: .denoise, guidance: false, batch: 2, seconds: 3, provenance: .measured),
    Figure(stage: .decode, guidance: nil, batch: 1, seconds: 1, provenance: .published),
    Figure(stage: .decode, guidance: nil, batch: 4, seconds: 4, provenance: .published),
  ]

  /// A bench whose accelerators have a profile for the stages it has figures of.
  private func bench(_ figures: [Figure] = TimeBasisTests.figures) throws -> Bench {
    let model = try Self.model(figures)
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, 0.5)
    bench.conditions = { Self.use(model, for: figures, on: &$1) }
    return bench
  }

  private static func use(
    _ model: StageLatencyModel, for figures: [Figure], on node: inout NodeConfiguration
  ) {
    for stage in Set(figures.map(\.stage)) {
      node.accelerator.stages[stage.index] = .profile(model)
    }
  }

  /// In seconds: measured, published, derived, assumed.
  private func seconds(_ busy: [SimulationDuration]) -> [Double] { busy.map(\.seconds) }

  @Test func aScheduleByHand() throws {
    var bench = try bench()
    bench.policy.batching = StaticBatching(images: 4, wait: .zero)
    let arrivals = [0, 1, 1, 6, 6, 6, 6].map { Bench.Arrival(at: $0) }
    let result = try bench.run(arrivals)
    // A batch of 1 until 5.5, of 2 until 14.5, of 4, which is extrapolated to 5 s a step, until 30.5.
    #expect(result.ends == [5.5, 14, 14.5, 29, 29.5, 30, 30.5])
    // Two steps of 2 and of 3 s; decoding in 1, 2 and 4 s; two steps of 5 s.
    #expect(seconds(result.usage.workers[0].busyByBasis) == [10, 7, 10, 0])
    #expect(seconds(result.usage.cpuPools[0].busyByBasis) == [0, 0, 0, 3.5])
    #expect(result.usage.extrapolatedBatches == 2)
  }

  @Test func theWarmUpDoesNotCount() throws {
    var bench = try bench()
    bench.countingFrom = SimulationTime(seconds: 3)
    let result = try bench.run([.init(at: 0)])
    #expect(seconds(result.usage.workers[0].busyByBasis) == [1, 1, 0, 0])
  }

  /// Assumed: a time stays what it rests on, however much longer it takes.
  @Test func whatLengthensATimeDoesNotChangeWhatItRestsOn() throws {
    var bench = try bench()
    let plain = bench.conditions
    bench.probe = LatentProbe(secondsPerValue: 1e-4, isOnHost: false)
    bench.policy.steps = EntropySteps(signal: .predictedX0, threshold: 0, minimum: 2)
    bench.conditions = {
      plain($0, &$1)
      $1.slowFactor = 1.5
      $1.stragglers = Stragglers(
        meanTimeBetween: SimulationDuration(nanoseconds: 1),
        meanLength: SimulationDuration(seconds: 1e6), factor: 3)
      $1.coldCaches = ColdCaches(.init(idleSeconds: 5, extraSeconds: 0.5, repetitions: 1))
      $1.interference = Interference(
        accelerator: [.init(stage: .denoise, other: .postProcess, factor: 2, repetitions: 1)],
        core: [])
    }
    let usage = try bench.run([.init(at: 0), .init(at: 1)]).usage.workers[0]
    #expect(usage.busyByBasis[0] == usage.busy[Stage.denoise.index])
    #expect(usage.busyByBasis[1] == usage.busy[Stage.decode.index])
    // Four steps of 2 s, each in a slow spell or not.
    #expect(usage.busyByBasis[0].seconds > 2 * 8)
  }

  @Test(arguments: [
    // Two are on the curve, three are not.
    (SpeedupCurve.published, 2, TimeBasis.published), (.published, 5, .derived),
    (SpeedupCurve(efficiency: 1), 2, .assumed), (SpeedupCurve([], basis: .measured), 2, .derived),
  ])
  func aSharedStepRestsOnTheSpeedupCurveToo(
    curve: SpeedupCurve, devices: Int, basis: TimeBasis
  ) throws {
    var bench = try bench(Array(Self.figures.prefix(2)))
    (bench.workers, bench.parallelism, bench.postProcess) = (devices, curve, nil)
    bench.policy.steps = ParallelSteps(accelerators: devices)
    let shared = try bench.run([.init(at: 0)])
    for worker in shared.usage.workers {
      #expect(worker.busyByBasis[basis.index] == worker.busyTotal)
      #expect(worker.busyTotal > .zero)
    }
    // Alone it does not.
    bench.workers = 1
    let alone = try bench.run([.init(at: 0)])
    #expect(alone.usage.workers[0].busyByBasis[0].seconds == 4)
  }

  /// Two steps of four guided; the second query joins at 4 s, when the first's are not any more.
  @Test(arguments: [
    (Provenance.measured, Provenance.published, [4.0, 7, 0, 0]),
    (.published, .measured, [2, 9, 0, 0]), (.derived, .measured, [2, 0, 9, 0]),
  ])
  func aStepOfGuidedAndUnguidedImagesRestsOnBoth(
    with: Provenance, without: Provenance, expected: [Double]
  ) throws {
    var bench = try bench([
      Figure(stage: .denoise, guidance: true, batch: 1, seconds: 2, provenance: with),
      Figure(stage: .denoise, guidance: true, batch: 2, seconds: 3, provenance: with),
      Figure(stage: .denoise, guidance: false, batch: 1, seconds: 1, provenance: without),
      Figure(stage: .denoise, guidance: false, batch: 2, seconds: 2, provenance: without),
    ])
    (bench.guidedSteps, bench.postProcess) = (0.5, nil)
    bench.policy.batching = ContinuousBatching(images: 2)
    let result = try bench.run([.init(at: 0, steps: 4), .init(at: 3, steps: 4)])
    // 2 s twice, guided; 2.5 s twice, one of each; 1 s twice, unguided.
    #expect(result.ends == [9, 11])
    #expect(seconds(result.usage.workers[0].busyByBasis) == expected)
  }

  /// Work on a core rests on what its cores are worth, too.
  @Test(arguments: [
    (CPUTask(), TimeBasis.measured), (CPUTask(cores: 2, speedup: 2, basis: .measured), .measured),
    (CPUTask(cores: 2, speedup: 2, basis: .derived), .derived),
    (CPUTask(cores: 2, speedup: 2), .assumed), (CPUTask(cores: 2, speedup: 1), .measured),
  ])
  func aTaskOfSeveralCoresRestsOnWhatTheyAreWorth(task: CPUTask, basis: TimeBasis) throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.cores) = (nil, nil, 2)
    let model = try Self.model([
      Figure(stage: .postProcess, guidance: nil, batch: 1, seconds: 4, provenance: .measured)
    ])
    bench.conditions = {
      $1.cpu.stages[Stage.postProcess.index] = .profile(model)
      $1.cpuTasks[Stage.postProcess.index] = task
    }
    let pool = try bench.run([.init(at: 0)]).usage.cpuPools[0]
    #expect(pool.busyByBasis[basis.index] == pool.busyTotal && pool.busyTotal > .zero)
  }

  /// Whatever is served, of several bases, with failures and while devices slow each other down.
  @Test(arguments: LiveTests.benches.indices) func noTimeIsLostOrCountedTwice(_ index: Int) throws {
    let model = try Self.model(Self.figures)
    for isTracked in [false, true] {
      var bench = LiveTests.benches[index]
      bench.policy.steps = ParallelSteps(accelerators: 2)
      bench.parallelism = .published
      bench.conditions = {
        Self.use(model, for: Self.figures, on: &$1)
        $1.failures = .listed([
          .init(start: SimulationTime(seconds: 33.3), repair: SimulationDuration(seconds: 5))
        ])
        if isTracked {
          $1.interference = Interference(
            accelerator: [.init(stage: .denoise, other: .postProcess, factor: 2, repetitions: 1)],
            core: [.init(stage: .postProcess, other: .denoise, factor: 1.5, repetitions: 1)])
        }
      }
      bench.horizon = SimulationTime(seconds: 150)
      let usage = try bench.run(LiveTests.arrivals(7)).usage
      for worker in usage.workers {
        #expect(worker.busyByBasis.reduce(SimulationDuration.zero, +) == worker.busyTotal)
        // By decoding; steps of three images are extrapolated, whatever the speedup curve.
        let isThere = worker.busyByBasis[TimeBasis.published.index] > .zero
        #expect(isThere || bench.policy.placement.decodeOnCPU)
      }
      for pool in usage.cpuPools {
        #expect(pool.busyByBasis.reduce(SimulationDuration.zero, +) == pool.busyTotal)
        #expect(pool.busyByBasis[TimeBasis.assumed.index] > .zero)
      }
    }
  }
}
