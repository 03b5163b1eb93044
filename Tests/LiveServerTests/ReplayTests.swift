import Cluster
import EventEngine
import KernelBench
import LatencyProfiles
import LatentDynamics
import Testing
import Workload

@testable import LiveServer

extension LiveSpan {
  /// Work that takes so long from `start` seconds on.
  static func of(_ key: LiveTimings.Key, at start: Double = 0, seconds: Double) -> Self {
    LiveSpan(
      key: key, start: SimulationTime(seconds: start),
      duration: SimulationDuration(seconds: seconds),
      inThread: SimulationDuration(seconds: 0.9 * seconds))
  }
}

/// What is made of the times of live runs.
@Suite struct ReplayTests {
  private static let shape = Shape(model: "sd15-mini", size: ImageSize(height: 64, width: 64))

  private func key(_ stage: Stage, _ images: Int = 1) -> LiveTimings.Key {
    .init(
      piece: .init(stage: stage, shape: Self.shape, images: images), isCPU: stage != .denoise)
  }

  private func work(_ ticket: Int, _ stage: Stage, images: Int = 1) -> LiveWork {
    LiveWork(
      ticket: ticket, worker: stage == .denoise ? WorkerID(rawValue: 0) : nil, stage: stage,
      shape: Self.shape, images: images, members: [])
  }

  @Test func workTakesWhatTheNearestOfItsKindTook() {
    var otherwise = LiveTimings()
    for seconds in [7.0, 8, 9] { otherwise.add(.of(key(.denoise, 2), seconds: seconds)) }
    let replay = ReplayExecutor(
      [
        .of(key(.denoise), at: 10, seconds: 3), .of(key(.denoise), at: 0, seconds: 1),
        .of(key(.decode), at: 1, seconds: 0.25),
      ], otherwise: otherwise, table: nil)
    replay.begin(work(1, .denoise))
    #expect(replay.wait(until: SimulationTime(seconds: 0.5)) == .due)
    #expect(replay.now == SimulationTime(seconds: 0.5))
    #expect(replay.wait(until: .distantFuture) == .ended(ticket: 1))
    #expect(replay.now == SimulationTime(seconds: 1))
    // Of two at a time the one that ends first is told first.
    replay.begin(work(2, .denoise))
    replay.begin(work(3, .decode))
    #expect(replay.wait(until: .distantFuture) == .ended(ticket: 3))
    #expect(replay.wait(until: .distantFuture) == .ended(ticket: 2))
    #expect(replay.now == SimulationTime(seconds: 2))
    _ = replay.wait(until: SimulationTime(seconds: 6))
    // The step at 10 s is nearer than that at 0.
    replay.begin(work(4, .denoise))
    #expect(replay.wait(until: .distantFuture) == .ended(ticket: 4))
    #expect(replay.now == SimulationTime(seconds: 9))
    // The run had no batch of two: the median of the other timings.
    replay.begin(work(5, .denoise, images: 2))
    #expect(replay.wait(until: .distantFuture) == .ended(ticket: 5))
    #expect(replay.now == SimulationTime(seconds: 17))
  }

  @Test func entropiesAreTheTables() {
    let table = TableGenerator(
      prompts: 2, grid: TrajectoryGrid(steps: 4), model: "sd15-mini", height: 64, width: 64
    ).generate(version: "test")
    let replay = ReplayExecutor([], otherwise: LiveTimings(), table: table)
    var step = work(1, .denoise, images: 2)
    step.members = (0..<2).map {
      .init(
        part: $0, row: $0, path: DenoisingPath(scheduled: 4, done: 1), finish: .none,
        maintainsViews: $0 == 1)
    }
    replay.begin(step)
    let bits = table.entropyBits(row: 1, DenoisingPath(scheduled: 4, done: 2))
    #expect(replay.entropyBits(of: 0) == nil, "nobody looked at it")
    #expect(replay.entropyBits(of: 1)?.latent == bits.latent)
    #expect(replay.entropyBits(of: 1)?.predicted == bits.predicted)
    replay.forget(1)
    #expect(replay.entropyBits(of: 1) == nil)
  }

  @Test func aRunIsTimedByTheSpeedAroundIt() {
    // Of a machine that is twice as slow from the third time on.
    let list = [1.0, 1, 2, 2, 2].map { slowness in
      var timings = LiveTimings()
      for seconds in [2.0, 2, 3] {
        timings.add(.of(key(.denoise), seconds: slowness * seconds))
        timings.add(.of(key(.decode), seconds: slowness * seconds / 2))
      }
      return timings
    }
    let calibrations = Calibrations(list)
    func median(_ index: Int, _ stage: Stage) -> Double {
      calibrations.timings(after: index).durations[key(stage)]?.median ?? 0
    }
    // All fifteen timings as of a machine before the change, between the two, half of it, and after the change.
    #expect(abs(median(0, .denoise) - 2) < 1e-12 && abs(median(1, .denoise) - 3) < 1e-12)
    #expect(abs(median(1, .decode) - 1.5) < 1e-12 && abs(median(4, .denoise) - 4) < 1e-12)
    #expect(abs(calibrations.slowness(after: 1) - 0.75) < 1e-12)
    let longer = calibrations.timings(after: 1, factor: 1.5).durations[key(.denoise)]
    #expect(longer?.count == 15 && abs((longer?.median ?? 0) - 4.5) < 1e-12)
  }

  @Test func aDisturbedRoundOfTimingsSaysNothingOfRuns() {
    #expect(Calibrations.runningMedian([1, 1, 9, 1, 1]) == [1, 1, 1, 1, 1])
    #expect(Calibrations.runningMedian([1, 2, 3, 4]) == [1, 2, 3, 4], "a drift stays")
    #expect(Calibrations.runningMedian([1, 1, 2, 2]) == [1, 1, 2, 2], "and so does a change")
    #expect(Calibrations.runningMedian([2]) == [2] && Calibrations.runningMedian([]).isEmpty)
  }
}
