import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// Schedules computed by hand; every time is exact to the nanosecond.
///
/// Unless a test says otherwise: encode 1 s, a step 2 s, decode 3 s on the accelerator, post-process 4 s on
/// one core, two steps a query; so a query alone takes 1 + 2 x 2 + 3 + 4 = 12 s.
@Suite struct ScheduleTests {
  @Test func withoutPipeliningABatchHoldsItsWorkerToTheEnd() throws {
    let result = try Bench().run([.init(at: 0), .init(at: 1), .init(at: 2)])
    #expect(result.starts == [0, 12, 24])
    #expect(result.ends == [12, 24, 36])
    #expect(result.usage.workers[0].waitingForCPU.seconds == 12)
    #expect(result.usage.workers[0].busyTotal.seconds == 24)
    #expect(result.usage.cpuPools[0].busyTotal.seconds == 12)
  }

  @Test func pipeliningOverlapsPostProcessing() throws {
    var bench = Bench()
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    let result = try bench.run([.init(at: 0), .init(at: 1), .init(at: 2)])
    // Accelerator: 0-8, 8-16, 16-24; CPU: 8-12, 16-20, 24-28.
    #expect(result.starts == [0, 8, 16])
    #expect(result.ends == [12, 20, 28])
    #expect(result.usage.workers[0].blocked == .zero)
  }

  @Test func aFullBufferBlocksTheAccelerator() throws {
    var bench = Bench()
    bench.postProcess = 10
    bench.policy.pipelining = .cpuGPU(buffer: 1)
    let result = try bench.run([.init(at: 0), .init(at: 1), .init(at: 2)])
    // Accelerator: 0-8, 8-16 and blocked to 18, 18-26 and blocked to 28; CPU: 8-18, 18-28, 28-38.
    #expect(result.starts == [0, 8, 18])
    #expect(result.ends == [18, 28, 38])
    #expect(result.usage.workers[0].blocked.seconds == 4)
  }

  @Test func aStaticBatchTravelsTogether() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 2, wait: .zero)
    let result = try bench.run([.init(at: 0), .init(at: 1), .init(at: 2)])
    // The first alone 0-12; the other two from 12: encode 13, steps 17, decode 20, post 24 and 28.
    #expect(result.starts == [0, 12, 12])
    #expect(result.ends == [12, 24, 28])
    #expect(result.usage.workers[0].evaluations == 4)
    #expect(result.usage.workers[0].imageEvaluations == 6)
  }

  @Test func aStaticBatchWaitsUntilFullOrItsTimeIsUp() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 5))
    let result = try bench.run([.init(at: 0), .init(at: 1), .init(at: 20), .init(at: 40)])
    // Full at 1: encode 2, steps 6, decode 9, post 13 and 17. The third waits 20-25, the fourth 40-45.
    #expect(result.starts == [1, 1, 25, 45])
    #expect(result.ends == [13, 17, 37, 57])
  }

  @Test func aTimerThatWasNotNeededDoesNotStretchTheRun() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 3600))
    let result = try bench.run([.init(at: 0), .init(at: 1)])
    #expect(result.starts == [1, 1])
    #expect(result.usage.end.seconds == 17)
  }

  @Test func theWaitIsThatOfTheOldestWhateverTheDiscipline() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 4, wait: SimulationDuration(seconds: 1))
    bench.policy.discipline = ShortestJobFirst()
    let result = try bench.run([
      .init(at: 0, steps: 50), .init(at: 0.9, steps: 40), .init(at: 1.8, steps: 30),
    ])
    #expect(result.starts[0] == 1 && result.starts[1] == 1)
  }

  @Test func aFullBatchOfOneShapeDoesNotWaitBehindAnother() throws {
    var bench = Bench()
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 100))
    let result = try bench.run(
      [.init(at: 0), .init(at: 1, model: 1), .init(at: 2, model: 1)], models: ["a", "b"])
    // The two of the second model fill a batch at 2 and hold the worker to 18 (post 14 and 18).
    #expect(result.starts == [100, 2, 2])
  }

  @Test func encodingPlacedOnACPUWithoutTimesIsRefused() {
    var bench = Bench()
    bench.policy.placement = Placement(encodeOnCPU: true)
    let cluster = ClusterConfiguration(
      nodes: bench.cluster.nodes.map { node in
        var node = node
        node.cpu = Device(synthetic: [:])
        return node
      }, binding: .central)
    #expect(throws: MissingLatencies.self) {
      try ServiceTimes(
        cluster: cluster,
        shapes: [Shape(model: "m", size: ImageSize(height: 512, width: 512))], guidance: false,
        maximumBatch: 1, placement: bench.policy.placement)
    }
  }

  @Test func unequalStepsShrinkAStaticBatchButItLeavesTogether() throws {
    var bench = Bench()
    bench.postProcess = nil
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 5))
    let result = try bench.run([.init(at: 0, steps: 1), .init(at: 0, steps: 3)])
    // Encode 0-1, steps 1-3 (both), 3-5, 5-7 (one), decode 7-10.
    #expect(result.ends == [10, 10])
    #expect(result.evaluations == [1, 3])
    #expect(result.usage.workers[0].imageEvaluations == 4)
  }

  @Test func aContinuousBatchIsJoinedAndLeftBetweenSteps() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, 1)
    bench.policy.batching = ContinuousBatching(images: 2)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    let result = try bench.run([
      .init(at: 0, steps: 3), .init(at: 1, steps: 1), .init(at: 1.5, steps: 2),
    ])
    // Steps: 0-2 (first), 2-4 (first, second), 4-6 (first, third), 6-8 (third).
    #expect(result.starts == [0, 2, 4])
    #expect(result.ends == [7, 5, 9])
  }

  @Test func continuousBatchesWithAllStagesOnTheAccelerator() throws {
    var bench = Bench()
    bench.policy.batching = ContinuousBatching(images: 2)
    bench.policy.pipelining = .cpuGPU(buffer: 4)
    let result = try bench.run([.init(at: 0, steps: 2), .init(at: 2, steps: 1)])
    // Encode 0-1, step 1-3, second encodes 3-4, step 4-6 (both), decode 6-9; post 9-13, 13-17.
    #expect(result.starts == [0, 3])
    #expect(result.ends == [13, 17])
  }

  @Test func encodingOnTheCPURunsAheadOfDenoising() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (3, nil, nil)
    bench.policy.placement = Placement(encodeOnCPU: true)
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [7, 14])
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    // CPU: 0-3, 3-6; accelerator: 3-7, 7-11.
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [7, 11])
  }

  @Test func aFreeWorkerGoesBeforeASecondSlot() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (3, nil, nil)
    (bench.workers, bench.cores) = (2, 2)
    bench.policy.placement = Placement(encodeOnCPU: true)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    // Both encode 0-3, each for a worker of its own; the third encodes 3-6 and waits for the first to 7.
    let result = try bench.run([.init(at: 0), .init(at: 0), .init(at: 1)])
    #expect(result.sorted.map { $0.worker?.rawValue } == [0, 1, 0])
    #expect(result.ends == [7, 7, 11])
  }

  @Test func decodingOnTheCPU() throws {
    var bench = Bench()
    bench.policy.placement = Placement(decodeOnCPU: true)
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [12, 24])
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    // Accelerator: 0-5, 5-10; one core: decode 5-8, post 8-12, decode 12-15 (since 10), post 15-19.
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [12, 19])
  }

  @Test func handOffsCostBytesOverBandwidthAndLatency() throws {
    var bench = Bench()
    bench.link = Link(
      bytesPerSecond: 512 * 512 * 3, latency: SimulationDuration(seconds: 0.5))
    // 512 x 512 x 3 bytes an image: 1 s and 0.5 s before post-processing.
    #expect(try bench.run([.init(at: 0)]).ends == [13.5])
  }

  @Test func imagesOfABatchSpreadOverTheCores() throws {
    var bench = Bench()
    bench.cores = 2
    // Four images, 4 s each, on two cores: 8-16.
    #expect(try bench.run([.init(at: 0, images: 4)]).ends == [16])
  }

  @Test func aQueryOverTheLimitIsSplit() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.workers = 2
    bench.policy.batching = StaticBatching(images: 2, wait: .zero)
    for binding in [QueueBinding.central, .perWorker(stealing: false)] {
      bench.binding = binding
      let result = try bench.run([.init(at: 0, steps: 1, images: 5)])
      // Parts of 2, 2 and 1 images: two at 0-2, the last at 2-4.
      #expect(result.ends == [4])
      #expect(result.evaluations == [1])
      #expect(result.records[0].parts == 3)
    }
  }

  @Test func anIdleWorkerSteals() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.workers = 2
    let arrivals = [5, 1, 1, 1].map { Bench.Arrival(at: 0, steps: $0) }
    bench.binding = .perWorker(stealing: false)
    #expect(try bench.run(arrivals).starts == [0, 0, 10, 2])
    bench.binding = .perWorker(stealing: true)
    #expect(try bench.run(arrivals).starts == [0, 0, 4, 2])
  }

  @Test func theHorizonCutsARunShort() throws {
    var bench = Bench()
    bench.horizon = SimulationTime(seconds: 15)
    let result = try bench.run([.init(at: 0), .init(at: 1), .init(at: 14), .init(at: 16)])
    #expect(result.outcomes == [.completed, .inFlight, .inFlight])
    #expect(result.usage.offered == 3)
    // 12 + 14 + 1 query-seconds.
    #expect(result.usage.residenceSum == 27_000_000_000)
    #expect(result.usage.systemIntegral == result.usage.residenceSum)
    // 8 s for the first, then 12-15 of the second.
    #expect(result.usage.workers[0].busyTotal.seconds == 11)
  }
}
