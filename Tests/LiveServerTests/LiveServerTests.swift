import Cluster
import DiffusionModels
import EventEngine
import KernelBench
import LatencyProfiles
import LatentDynamics
import Synchronization
import Testing
import Workload

@testable import LiveServer

/// The threads of a live server, on the reduced model's smallest image.
@Suite(.serialized) struct LiveServerTests {
  private static let shape = Shape(model: "sd15-mini", size: ImageSize(height: 64, width: 64))
  private static let table = TableGenerator(
    prompts: 2, grid: TrajectoryGrid(steps: 4), model: "sd15-mini", height: 64, width: 64
  ).generate(version: "test")

  private static let plan = LivePlan(
    accelerators: 1, cores: 1, guidance: false,
    onAccelerator: [.init(stage: .denoise, shape: shape, images: 2)],
    onCPU: [
      .init(stage: .encode, shape: shape, images: 1),
      .init(stage: .decode, shape: shape, images: 1),
      .init(stage: .postProcess, shape: shape, images: 1),
    ], latents: .init(grid: table.grid, firstSeed: 1))

  private func work(
    _ ticket: Int, _ stage: Stage, parts: [Int], done: Int = 0, maintainsViews: Bool = false
  ) -> LiveWork {
    LiveWork(
      ticket: ticket, worker: stage == .denoise ? WorkerID(rawValue: 0) : nil, stage: stage,
      shape: Self.shape, images: parts.count,
      members: parts.map {
        .init(
          part: $0, row: $0, path: DenoisingPath(scheduled: 4, done: done), finish: .none,
          maintainsViews: maintainsViews)
      })
  }

  @Test func aBatchGoesThroughAllStagesWithItsOwnLatents() throws {
    let server = try LiveServer(Self.plan)
    server.run {
      for part in 0..<2 {
        server.begin(work(part, .encode, parts: [part]))
        #expect(server.wait(until: .distantFuture) == .ended(ticket: part))
      }
      for done in 0..<4 {
        let before = server.now
        server.begin(work(7, .denoise, parts: [0, 1], done: done, maintainsViews: true))
        #expect(server.wait(until: .distantFuture) == .ended(ticket: 7))
        #expect(server.now > before)
        // What the threads computed is what the table knows.
        for part in 0..<2 {
          let path = DenoisingPath(scheduled: 4, done: done + 1)
          let bits = Self.table.entropyBits(row: part, path)
          let seen = server.entropyBits(of: part)
          #expect(seen?.latent == bits.latent && seen?.predicted == bits.predicted)
        }
      }
      for stage in [Stage.decode, .postProcess] {
        server.begin(work(3, stage, parts: [0]))
        #expect(server.wait(until: .distantFuture) == .ended(ticket: 3))
      }
      #expect(server.log.count == 8)
      #expect(server.log.allSatisfy { $0.inThread <= $0.duration && $0.inThread > .zero })
      #expect(zip(server.log, server.log.dropFirst()).allSatisfy { $0.start < $1.start })
      server.forget(0)
      #expect(server.entropyBits(of: 0) == nil && server.entropyBits(of: 1) != nil)
    }
    #expect(server.failure == nil)
  }

  @Test func timersAreNotEarly() throws {
    let server = try LiveServer(Self.plan)
    server.run {
      let due = server.now + SimulationDuration(seconds: 0.02)
      #expect(server.wait(until: due) == .due)
      #expect(server.now >= due)
    }
    // However busy the machine is.
    #expect(server.latest < 5)
  }

  @Test func anInterruptionStops() throws {
    #expect(throws: KernelBenchError.interrupted) {
      _ = try LiveServer(Self.plan, isInterrupted: { true })
    }
    let flag = Mutex(false)
    let server = try LiveServer(Self.plan, isInterrupted: { flag.withLock { $0 } })
    flag.withLock { $0 = true }
    #expect(server.wait(until: .distantFuture) == .stopped)
  }

  @Test func aMeasurementHasWhatAProfileNeeds() throws {
    let server = try LiveServer(Self.plan)
    var told: [String] = []
    let measured = try server.measure(seconds: 0.02) { told.append($0) }
    let (accelerator, core) = try measured.profiles(date: "2026-11-27")
    #expect(accelerator.entries.map(\.stage) == [.denoise] && accelerator.entries[0].batch == 2)
    #expect(core.entries.map(\.stage) == [.encode, .decode, .postProcess])
    #expect(core.entries.allSatisfy { $0.medianSeconds > 0 && ($0.repetitions ?? 0) >= 2 })
    #expect(
      measured.handOffSeconds > 0 && measured.handOffSeconds < accelerator.entries[0].medianSeconds)
    #expect(accelerator.latentEntropy?.values == 4 * 8 * 8)
    #expect(told.count >= 2)
    #expect(
      measured.accelerator.first?.repetitions ?? 0 >= 2,
      "the schedule has four steps, of which the first two may come after a pause")
  }

  @Test func aRoundIsEveryPieceOfABatchOfEachSize() throws {
    // Four steps of a batch of two, and the core's stages for each of its images.
    #expect(Self.plan.rounds.map(\.count) == [4, 2, 2, 2])
    let server = try LiveServer(Self.plan)
    #expect(server.roundSeconds > 0 && server.roundSeconds < 60)
  }

  @Test func measuredInterferenceIsOfBothSides() throws {
    let measured = try LiveServer(Self.plan).measure(seconds: 0.02) { _ in }
    #expect(measured.ofAccelerator.map(\.stage) == [.denoise, .denoise, .denoise])
    #expect(measured.ofAccelerator.map(\.other) == [.encode, .decode, .postProcess])
    #expect(measured.ofCore.map(\.stage) == [.encode, .decode, .postProcess])
    #expect(
      (measured.ofAccelerator + measured.ofCore).allSatisfy {
        (0.02...50).contains($0.factor) && $0.repetitions > 0
      })
  }

  @Test func firstStepsAfterAPauseAreNoStepsLikeOthers() {
    func key(_ stage: Stage, _ images: Int = 1) -> LiveTimings.Key {
      .init(
        piece: .init(stage: stage, shape: Self.shape, images: images), isCPU: stage != .denoise)
    }
    var log: [LiveSpan] = []
    var now = 0.0
    let order: [(LiveTimings.Key, [Double])] = [
      (key(.encode), [3]), (key(.denoise), [4, 3, 2, 2]), (key(.decode), [9]),
      (key(.denoise, 2), [7, 4, 3, 3]),
    ]
    for (key, times) in order {
      for seconds in times {
        log.append(.of(key, at: now, seconds: seconds))
        now += seconds
      }
    }
    var timings = LiveTimings()
    timings.addOrder(log)
    #expect(timings.durations[key(.denoise)]?.seconds == [2, 2])
    #expect(timings.durations[key(.denoise, 2)]?.seconds == [3, 3])
    #expect(timings.durations[key(.decode)]?.seconds == [9])
    // 2 + 1 and 4 + 1 seconds longer, in steps of one image, which take 2; after 3 and 9 seconds.
    #expect(timings.cold.seconds == [1.5, 2.5] && timings.pauses == [3, 9])
    let plan = LivePlan(
      accelerators: 1, cores: 1, guidance: false,
      onAccelerator: [key(.denoise).piece, key(.denoise, 2).piece], onCPU: [], latents: nil)
    let profile = LiveMeasurement().replacing(timings, for: plan).coldCaches
    #expect(profile?.idleSeconds == 3 && profile?.extraSeconds == 4 && profile?.repetitions == 2)
  }

  @Test func stepsWithoutAPauseAreAllAlike() {
    let key = LiveTimings.Key(
      piece: .init(stage: .denoise, shape: Self.shape, images: 1), isCPU: false)
    var timings = LiveTimings()
    timings.addOrder((0..<3).map { .of(key, at: Double($0), seconds: 1) })
    #expect(timings.durations[key]?.count == 3 && timings.pauses.isEmpty)
    #expect(timings.cold.count == 0)
  }

  @Test func aFactorIsTheMedianOfRatiosToTheSameLoopAlone() {
    var timings = LiveTimings()
    func key(_ images: Int) -> LiveTimings.Key {
      .init(piece: .init(stage: .denoise, shape: Self.shape, images: images), isCPU: false)
    }
    // What a server's order takes is no part of it.
    timings.add(.of(key(1), seconds: 100))
    timings.addConcurrent(
      [.of(key(1), seconds: 2), .of(key(1), seconds: 3), .of(key(4), seconds: 20)],
      alone: [1, 2, 3].map { .of(key(1), seconds: $0) } + [.of(key(4), seconds: 10)])
    // 1, 1.5 and 2.
    #expect(timings.factor(of: .denoise, isCPU: false)?.value == 1.5)
    #expect(timings.factor(of: .denoise, isCPU: false)?.repetitions == 3)
    #expect(timings.factor(of: .denoise, isCPU: true) == nil)
  }
}

/// What is asked of the operating system.
@Suite struct MachineTests {
  @Test func threadsArePinned() {
    let all = CoreSet.available()
    #expect(!all.cores.isEmpty)
    let one = CoreSet(cores: [all.cores[0]])
    #expect(one.pin())
    #expect(CoreSet.available().cores == one.cores)
    #expect(all.pin() && CoreSet.available().cores == all.cores)
    #expect(!CoreSet(cores: [1023]).pin(), "there is no such core")
    all.pin()
  }

  @Test func clocksThatJumpAreNoticed() {
    #expect(ClockWatch.jump(1_000_000_000, against: 1_000_000_000) == nil)
    #expect(ClockWatch.jump(1_020_000_000, against: 1_000_000_000) == nil)
    #expect(ClockWatch.jump(4_000_000_000, against: 1_000_000_000) == 3)
    #expect(ClockWatch.jump(1_000_000_000, against: 1_500_000_000) == -0.5)
    let watch = ClockWatch()
    #expect(watch.asleepSeconds == nil)
  }

  @Test func othersTakeAShare() throws {
    let load = try #require(MachineLoad())
    // This process's own work is not others'; a tick of the system's clock is 10 ms.
    let end = ContinuousClock.now + .milliseconds(300)
    while ContinuousClock.now < end {}
    let others = try #require(load.others())
    let cores = Double(CoreSet.available().cores.count)
    #expect(others.processes + others.machines <= 1)
    #expect(others.processes <= 1 - 0.1 / cores || cores > 1)
  }

  @Test func mailboxesAreFirstInFirstOut() {
    let box = Mailbox<Int>()
    #expect(box.take(within: 1_000_000) == nil)
    for value in 1...3 { box.put(value) }
    #expect([box.take(), box.take(), box.take()] == [1, 2, 3])
  }
}
