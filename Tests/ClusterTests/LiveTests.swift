import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Policies
import Testing
import Workload

/// Takes for each stage the seconds that a ``Bench`` says, by a clock of its own.
final class PunctualExecutor: Executor {
  private(set) var now = SimulationTime.zero
  private var pending: [(end: SimulationTime, ticket: Int)] = []
  private(set) var begun: [LiveWork] = []
  private(set) var forgotten: [Int] = []
  private let seconds: [Stage: Double]
  /// When it stops; nil = never.
  var stop: SimulationTime?

  init(_ bench: Bench) {
    seconds = [
      .encode: bench.encode, .denoise: bench.step, .decode: bench.decode,
      .postProcess: bench.postProcess,
    ].compactMapValues { $0 }
  }

  func start() {}

  func begin(_ work: LiveWork) {
    begun.append(work)
    pending.append((now + SimulationDuration(seconds: seconds[work.stage] ?? 0), work.ticket))
  }

  func wait(until time: SimulationTime) -> LiveEvent {
    let next = pending.indices.min { pending[$0].end < pending[$1].end }
    let end = next.map { pending[$0].end } ?? .distantFuture
    if let stop, min(end, time) >= stop {
      now = stop
      return .stopped
    }
    if let next, end <= time {
      now = end
      return .ended(ticket: pending.remove(at: next).ticket)
    }
    now = time
    return .due
  }

  func entropyBits(of part: Int) -> (latent: Double, predicted: Double)? { nil }
  func forget(_ part: Int) { forgotten.append(part) }
}

/// Live runs: what a punctual executor does is what a simulation predicts.
@Suite struct LiveTests {
  /// Benches of every kind of pipelining, placement, batching and binding.
  static let benches: [Bench] = {
    var benches: [Bench] = []
    let batchings: [any BatchFormation] = [
      NoBatching(), StaticBatching(images: 3, wait: SimulationDuration(seconds: 2.3)),
      ContinuousBatching(images: 3),
    ]
    for batching in batchings {
      for pipelining in [Pipelining.none, .cpuGPU(buffer: 2)] {
        for placement in [
          Placement(), Placement(encodeOnCPU: true, decodeOnCPU: true),
        ] {
          for binding in [QueueBinding.central, .perWorker(stealing: true)] {
            var bench = Bench()
            (bench.encode, bench.step, bench.decode, bench.postProcess) = (0.9, 1.7, 2.9, 3.1)
            bench.workers = 2
            bench.cores = 3
            bench.binding = binding
            bench.policy.batching = batching
            bench.policy.pipelining = pipelining
            bench.policy.placement = placement
            benches.append(bench)
          }
        }
      }
    }
    return benches
  }()

  static func arrivals(_ seed: UInt64) -> [Bench.Arrival] {
    var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 9_100))
    var at = 0.0
    return (0..<40).map { _ in
      at += 6 * random.uniform()
      return Bench.Arrival(
        at: at, steps: 1 + random.index(below: 6), images: 1 + random.index(below: 3), slo: 30)
    }
  }

  @Test(arguments: benches.indices) func aPunctualExecutorDoesWhatIsSimulated(_ index: Int) throws {
    let bench = Self.benches[index]
    for seed in 1...3 {
      let arrivals = Self.arrivals(UInt64(seed))
      let executor = PunctualExecutor(bench)
      let live = try bench.run(arrivals, executor: executor)
      let simulated = try bench.run(arrivals)
      #expect(live.records == simulated.records)
      // What is served for real is measured, whatever the scenario says.
      var (workers, pools) = (simulated.usage.workers, simulated.usage.cpuPools)
      for w in workers.indices { workers[w].busyByBasis = measured(workers[w].busyTotal) }
      for p in pools.indices { pools[p].busyByBasis = measured(pools[p].busyTotal) }
      #expect(live.usage.workers == workers && live.usage.cpuPools == pools)
      #expect(live.usage.end == simulated.usage.end)
      #expect(Set(live.spans) == Set(simulated.spans))
      // Every part is let go once.
      let parts = simulated.records.reduce(0) { $0 + $1.parts }
      #expect(executor.forgotten.sorted() == Array(0..<parts))
    }
  }

  private func measured(_ busy: SimulationDuration) -> [SimulationDuration] {
    TimeBasis.allCases.map { $0 == .measured ? busy : .zero }
  }

  @Test func workSaysWhatIsToBeDone() throws {
    var bench = Bench()
    bench.policy.placement = Placement(encodeOnCPU: true)
    bench.policy.pipelining = .cpuGPU(buffer: 1)
    let executor = PunctualExecutor(bench)
    _ = try bench.run([.init(at: 1, steps: 2)], executor: executor)
    #expect(executor.begun.map(\.stage) == [.encode, .denoise, .denoise, .decode, .postProcess])
    #expect(executor.begun.map { $0.worker == nil } == [true, false, false, false, true])
    #expect(executor.begun[1].members.map(\.path) == [DenoisingPath(scheduled: 2, done: 0)])
    #expect(executor.begun[2].members.map(\.path) == [DenoisingPath(scheduled: 2, done: 1)])
    #expect(executor.begun.allSatisfy { $0.images == 1 && $0.shape.model == "m" })
  }

  @Test func aStoppedRunAccountsForEveryQueryThatArrived() throws {
    let bench = Bench()
    let executor = PunctualExecutor(bench)
    executor.stop = SimulationTime(seconds: 14.5)
    let result = try bench.run((0..<20).map { .init(at: Double($0)) }, executor: executor)
    // 12 s for each: the first is complete, the second is being denoised.
    #expect(result.usage.offered == 15 && result.usage.completed == 1)
    #expect(result.usage.inFlight == 14 && result.records.count == 15)
    #expect(result.usage.end.seconds == 14.5)
    #expect(result.usage.workers[0].busyTotal.seconds == 8 + 2.5)
  }

  /// A clock that is always late: nothing may go back, and Little's law holds (a precondition of every run's end).
  /// Gets round to everything a quarter of a second late.
  private final class Late: Executor {
    let punctual: PunctualExecutor
    init(_ bench: Bench) { punctual = PunctualExecutor(bench) }
    var now: SimulationTime { punctual.now + SimulationDuration(seconds: 0.25) }
    func start() {}
    func begin(_ work: LiveWork) { punctual.begin(work) }
    func wait(until time: SimulationTime) -> LiveEvent { punctual.wait(until: time) }
    func entropyBits(of part: Int) -> (latent: Double, predicted: Double)? { nil }
    func forget(_ part: Int) {}
  }

  @Test func lateTimersAreLateInTheResults() throws {
    let bench = Bench()
    let result = try bench.run([.init(at: 0), .init(at: 100)], executor: Late(bench))
    #expect(result.ends == [12.25, 112.25] && result.starts == [0.25, 100.25])
    #expect(result.sorted.map(\.latency.seconds) == [12.25, 12.25])
  }

  @Test func aWaitForCompanyEndsAlsoWhereItsTimerIsLate() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 1))
    let result = try bench.run([.init(at: 0)], executor: Late(bench))
    // It is seen at 0.25 s; its wait ends at 1.25 s, and is seen to at 1.5 s.
    #expect(result.starts == [1.5] && result.ends == [13.5])
  }
}

/// Steps after a pause, or after a batch of another size.
@Suite struct ColdCachesTests {
  @Test func aPauseCostsTheNextWorkAlone() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.conditions = {
      $1.coldCaches = ColdCaches(.init(idleSeconds: 5, extraSeconds: 0.5, repetitions: 1))
    }
    // Steps of 2 s. At 4 nothing has run yet; at 14 for 5.5 s; from 18.5 to 23.5 for just 5; at 30 for 2.
    let result = try bench.run([.init(at: 4), .init(at: 14), .init(at: 23.5), .init(at: 30)])
    #expect(result.ends == [8.5, 18.5, 28, 34])
    let steps = result.spans.filter { $0.resource == .accelerator }
    #expect(steps.map(\.end.seconds) == [6.5, 8.5, 16.5, 18.5, 26, 28, 32, 34])
  }

  @Test func anotherBatchSizeCostsItsFirstStep() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 0.25))
    bench.conditions = {
      $1.coldCaches = ColdCaches(.init(idleSeconds: 5, extraSeconds: 0.5, repetitions: 1))
    }
    // Two images for two steps, then one for two; another single one at once; then two again.
    let result = try bench.run([
      .init(at: 0, steps: 2), .init(at: 0, steps: 4), .init(at: 8, steps: 1),
      .init(at: 9.5, steps: 1), .init(at: 9.5, steps: 1),
    ])
    let ends = Set(result.spans.filter { $0.resource == .accelerator }.map(\.end.seconds))
    #expect(ends.sorted() == [2.5, 4.5, 7, 9, 11, 13.5])
  }

  @Test func whoHelpedWasNotIdle() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    (bench.workers, bench.binding) = (2, .perWorker(stealing: false))
    bench.policy.steps = ParallelSteps(accelerators: 2)
    bench.conditions = {
      $1.coldCaches = ColdCaches(.init(idleSeconds: 3, extraSeconds: 0.5, repetitions: 1))
    }
    // Two steps of 1 s on both, the first half a second longer. The second query is the other's, which has helped until 2.5.
    let result = try bench.run([.init(at: 0), .init(at: 4)])
    #expect(result.ends == [2.5, 6])
  }
}

/// Devices that slow each other down.
@Suite struct InterferenceTests {
  private static func factor(
    _ stage: Stage, _ beside: Stage, _ factor: Double
  ) -> LatencyProfile.Interference {
    .init(stage: stage, other: beside, factor: factor, repetitions: 1)
  }

  @Test func aScheduleByHand() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    bench.conditions = {
      $1.interference = Interference(
        accelerator: [Self.factor(.denoise, .postProcess, 2)],
        core: [Self.factor(.postProcess, .denoise, 1.5)])
    }
    let result = try bench.run([.init(at: 0), .init(at: 0)])
    // Steps 0-2-4 alone. From 4 on the first's post-processing takes 6 s beside steps, to 10; a step beside it 4 s, to
    // 8, and the last one 2 s at half its pace and 1 s alone, to 11. Post-processing alone: 11-15.
    #expect(result.ends == [10, 15])
    #expect(result.usage.workers[0].busyTotal.seconds == 4 + 4 + 3)
    #expect(result.usage.cpuPools[0].busyTotal.seconds == 6 + 4)
    let steps = result.spans.filter { $0.resource == .accelerator }
    #expect(steps.map(\.end.seconds) == [2, 4, 8, 11])
  }

  @Test func theLargestOfSeveralFactorsCounts() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.cores) = (nil, nil, 2)
    bench.policy.pipelining = .cpuGPU(buffer: 3)
    bench.conditions = {
      $1.interference = Interference(
        accelerator: [Self.factor(.denoise, .postProcess, 2)], core: [])
    }
    // Two images of the first query are post-processed at a time, beside the second's steps: twice as slow, not four
    // times. 4-8 one step, 8-10 the other.
    let result = try bench.run([.init(at: 0, images: 2), .init(at: 0)])
    #expect(result.ends == [8, 14])
  }

  @Test func whatAFailureCutsOffIsForgotten() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    bench.conditions = {
      $1.interference = Interference(
        accelerator: [Self.factor(.denoise, .postProcess, 2)], core: [])
      $1.failures = .listed([
        .init(start: SimulationTime(seconds: 7), repair: SimulationDuration(seconds: 5))
      ])
    }
    let result = try bench.run([.init(at: 0), .init(at: 0)])
    // At 7 the first's post-processing (4-8) and the second's first step (4-8, at half its pace) are lost. Again from 12:
    // steps 12-14-16, post-processing 16-20 beside a slow step 16-20, 20-22, 22-26.
    #expect(result.ends == [20, 26])
    #expect(result.usage.workers[0].busyTotal.seconds == 7 + 10)
    #expect(result.usage.cpuPools[0].busyTotal.seconds == 3 + 4 + 4)
  }

  /// Work whose end is followed takes what is predicted where nothing slows it down, failures and all.
  @Test(arguments: LiveTests.benches.indices) func withoutEffectNothingChanges(_ index: Int) throws
  {
    for outages in [false, true] {
      var bench = LiveTests.benches[index]
      @Sendable func conditions(_ node: inout NodeConfiguration, _ isFollowed: Bool) {
        if outages {
          node.failures = .listed([
            .init(start: SimulationTime(seconds: 33.3), repair: SimulationDuration(seconds: 5))
          ])
        }
        if isFollowed {
          node.interference = Interference(
            accelerator: [Self.factor(.denoise, .decode, 1)], core: [])
        }
      }
      for seed in 1...2 {
        let arrivals = LiveTests.arrivals(UInt64(10 + seed))
        bench.conditions = { conditions(&$1, false) }
        let plain = try bench.run(arrivals)
        bench.conditions = { conditions(&$1, true) }
        let followed = try bench.run(arrivals)
        #expect(followed.records == plain.records)
        #expect(followed.usage.workers == plain.usage.workers)
        #expect(followed.usage.cpuPools == plain.usage.cpuPools)
      }
    }
  }
}
