import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Policies
import Testing
import Workload

/// Failures, memory, shared links, cores, slow spells, power and scaling: schedules computed by hand. A step
/// takes 2 s, and a query two of them.
@Suite struct ConditionTests {
  private func denoiseOnly() -> Bench {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    return bench
  }

  private static func outage(_ at: Double, _ repair: Double) -> NodeFailures.Outage {
    .init(start: SimulationTime(seconds: at), repair: SimulationDuration(seconds: repair))
  }

  // MARK: Failures

  @Test func lostWorkBeginsAgainWhenTheNodeIsBack() throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.failures = .listed([Self.outage(3, 5)]) }
    // The second arrives in the outage and waits behind the first.
    let result = try bench.run([.init(at: 0), .init(at: 4)])
    #expect(result.starts == [0, 12] && result.ends == [12, 16])
    #expect(result.usage.failures == 1 && result.usage.retried == 1)
    // 2 s of the first step, 1 s of the second, and twice 4 s.
    #expect(result.usage.workers[0].busyTotal.seconds == 11)
    #expect(result.usage.workers[0].down.seconds == 5)
    // What was lost was run too.
    #expect(result.evaluations == [3, 2])
  }

  @Test func lostWorkIsDroppedWhereThePolicySaysSo() throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.failures = .listed([Self.outage(3, 5)]) }
    bench.policy.recovery = DropLost()
    let result = try bench.run([.init(at: 0), .init(at: 4)])
    #expect(result.outcomes == [.dropped(.lostToFailure), .completed])
    #expect(result.ends == [3, 12] && result.usage.retried == 0)
  }

  @Test(arguments: [(1, 1), (2, 2)])
  func aQueryIsRetriedAsOftenAsItMay(attempts: Int, retried: Int) throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.failures = .listed([Self.outage(1, 1), Self.outage(3, 1)]) }
    bench.policy.recovery = RetryLost(attempts: attempts)
    let result = try bench.run([.init(at: 0)])
    #expect(result.usage.retried == retried)
    #expect(result.outcomes == [attempts == 1 ? .dropped(.lostToFailure) : .completed])
    #expect(result.ends == [attempts == 1 ? 3 : 8])
  }

  @Test func anotherNodeTakesOver() throws {
    for binding in [QueueBinding.central, .perWorker(stealing: false)] {
      var bench = denoiseOnly()
      bench.nodes = 2
      bench.binding = binding
      bench.conditions = { node, configuration in
        if node == 0 { configuration.failures = .listed([Self.outage(1, 100)]) }
      }
      // The first is lost at 1 and goes behind the second, on the other node, with the third.
      let result = try bench.run([.init(at: 0), .init(at: 0), .init(at: 0.5)])
      #expect(result.ends == [8, 4, 12], "\(binding)")
      #expect(result.usage.workers.map(\.busyTotal.seconds) == [1, 12], "\(binding)")
      #expect(result.usage.end.seconds == 12)
    }
  }

  @Test func whatTheCPUWasDoingIsLostToo() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    // Steps until 4, post-processing until 8, but for the failure.
    bench.conditions = { $1.failures = .listed([Self.outage(7, 1)]) }
    let result = try bench.run([.init(at: 0)])
    #expect(result.ends == [16])
    #expect(result.usage.cpuPools[0].busyTotal.seconds == 7)
  }

  /// What has been delivered stays delivered: of two images that are post-processed in turn, the query is lost
  /// whole, but a batch's other query is not.
  @Test func whatWasDeliveredIsNotLost() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 1))
    bench.conditions = { $1.failures = .listed([Self.outage(9, 1)]) }
    // Batch of both: steps until 4, images of 4 s each until 8 and 12 on one core.
    let result = try bench.run([.init(at: 0), .init(at: 0)])
    // The second again alone, after its wait of a second from 9: at the repair.
    #expect(result.ends == [8, 18] && result.usage.retried == 1)
  }

  /// The same of a query of two parts, one of which is still in service on another node: it is not done before both are.
  @Test func aDeliveredPartOfAQueryIsNotLost() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.nodes = 2
    bench.policy.batching = StaticBatching(images: 4, wait: SimulationDuration(seconds: 1))
    bench.conditions = { node, configuration in
      if node == 1 { configuration.failures = .listed([Self.outage(8, 1)]) }
    }
    // Four images on node 0: a step until 2, post-processed until 18. The fifth waits for company until 1, on node 1: a step
    // until 3, then its image until 7, and the other query's would be until 11. That one again from 9 on: until 11 and 15.
    let result = try bench.run([.init(at: 0, steps: 1, images: 5), .init(at: 0.5, steps: 1)])
    #expect(result.ends == [18, 15] && result.evaluations == [1, 2])
    #expect(result.usage.cpuPools.map(\.busyTotal.seconds) == [16, 9])
  }

  /// Bound to a node that does not serve its model while the one that does is down, a query moves on.
  @Test func aQueryLeavesTheQueueOfAWorkerThatDoesNotTakeIt() throws {
    var bench = denoiseOnly()
    bench.nodes = 2
    bench.binding = .perWorker(stealing: false)
    bench.policy.dispatcher = JoinShortestQueue()
    bench.conditions = { node, configuration in
      configuration.models = [node == 0 ? "a" : "b"]
      if node == 1 { configuration.failures = .listed([Self.outage(5, 10)]) }
    }
    let result = try bench.run([.init(at: 6, model: 1)], models: ["a", "b"])
    #expect(result.ends == [19] && result.usage.inFlight == 0)
  }

  /// Availability is the mean time to failure over that and the mean repair; the run ends though failures would
  /// go on.
  @Test func randomFailuresHaveTheirMeans() throws {
    var bench = denoiseOnly()
    bench.conditions = {
      $1.failures = .random(
        meanTimeBetween: SimulationDuration(seconds: 3),
        meanRepair: SimulationDuration(seconds: 1))
    }
    bench.step = 0.001
    bench.policy.recovery = DropLost()
    let result = try bench.run((0..<4000).map { .init(at: Double($0) * 5, steps: 1) })
    let end = result.usage.end.seconds
    let down = result.usage.workers[0].down.seconds
    // 5000 cycles: a standard error of 1 % of 0.25.
    #expect(abs(down / end - 0.25) < 0.0125)
    #expect(abs(Double(result.usage.failures ?? 0) / end - 0.25) < 0.0125)
    #expect(result.usage.inFlight == 0)
  }

  // MARK: Memory

  /// Weights of 10 bytes each at 10 bytes a second; images need one byte of activations.
  private static func memory(_ capacity: Double, preloaded: [String] = []) -> AcceleratorMemory {
    let names = ["a", "b", "c"]
    return AcceleratorMemory(
      capacity: capacity, source: Link(bytesPerSecond: 10, latency: .zero, isShared: true),
      weights: Dictionary(uniqueKeysWithValues: names.map { ($0, 10) }),
      activationsPerPixel: Dictionary(
        uniqueKeysWithValues: names.map { ($0, 1 / Double(512 * 512)) }), preloaded: preloaded)
  }

  @Test func modelsAreLoadedAndTheLeastRecentlyUsedMakesRoom() throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.memory = Self.memory(22) }
    // a and b fit; a is used again, so c takes b's place, and b then a's.
    let models: [UInt16] = [0, 1, 0, 2, 0, 1, 2]
    let result = try bench.run(
      models.map { .init(at: 0, model: $0) }, models: ["a", "b", "c"])
    //              load a  load b  -    load c  -   load b  load c
    #expect(result.ends == [5, 10, 14, 19, 23, 28, 33])
    #expect(result.usage.modelLoads == 5)
    #expect(result.usage.workers[0].loading.seconds == 5)
    #expect(result.usage.workers[0].busyTotal.seconds == 28)
  }

  @Test func aModelOfTheNodeIsThereAtTheStart() throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.memory = Self.memory(12, preloaded: ["b", "a"]) }
    let result = try bench.run(
      [.init(at: 0, model: 1), .init(at: 0, model: 0)], models: ["a", "b"])
    // Only the first of the two fits.
    #expect(result.ends == [4, 9] && result.usage.modelLoads == 1)
  }

  @Test func afterAFailureTheMemoryIsEmpty() throws {
    var bench = denoiseOnly()
    bench.conditions = {
      $1.memory = Self.memory(12, preloaded: ["a"])
      $1.failures = .listed([Self.outage(1, 1)])
    }
    // Back at 2, a second of loading.
    let result = try bench.run([.init(at: 0)], models: ["a"])
    #expect(result.ends == [7] && result.usage.modelLoads == 1)
  }

  @Test func otherNodesMemoryDoesNotSplitAQuery() throws {
    var bench = denoiseOnly()
    bench.nodes = 2
    bench.conditions = { node, configuration in
      configuration.models = [node == 0 ? "a" : "b"]
      configuration.memory = Self.memory(node == 0 ? 11 : 30)
    }
    let result = try bench.run([.init(at: 0, images: 4, model: 1)], models: ["a", "b"])
    #expect(result.records[0].parts == 1 && result.ends == [5])
  }

  @Test func memoryBoundsTheBatch() throws {
    var bench = denoiseOnly()
    bench.conditions = { $1.memory = Self.memory(12, preloaded: ["a"]) }
    bench.policy.batching = StaticBatching(images: 4, wait: .zero)
    let result = try bench.run([.init(at: 0), .init(at: 0), .init(at: 0)], models: ["a"])
    #expect(result.ends == [4, 4, 8] || result.ends == [4, 8, 8])
    #expect(result.spans.allSatisfy { $0.images <= 2 })
    // A query of five images is three parts.
    let split = try bench.run([.init(at: 0, images: 5)], models: ["a"])
    #expect(split.records[0].parts == 3 && split.ends == [12])
  }

  @Test func twoLoadsShareTheDisk() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.conditions = { $1.memory = Self.memory(22) }
    let result = try bench.run([.init(at: 0), .init(at: 0)], models: ["a"])
    #expect(result.ends == [5, 6])
  }

  // MARK: Links and cores

  @Test func aSharedLinkTakesOneTransferAtATime() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.workers = 2
    bench.cores = 2
    // 512 x 512 pixels of 3 bytes in a second; half a second on the way.
    let latency = SimulationDuration(seconds: 0.5)
    bench.link = Link(bytesPerSecond: 786_432, latency: latency)
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [9.5, 9.5])
    bench.link.isShared = true
    #expect(try bench.run([.init(at: 0), .init(at: 0)]).ends == [9.5, 10.5])
  }

  @Test func aTaskTakesItsCores() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    bench.workers = 2
    bench.cores = 3
    bench.conditions = { $1.cpuTasks[Stage.postProcess.index] = CPUTask(cores: 2, speedup: 1.6) }
    // 4 s on a core are 2.5 s on two; of three cores, one is left over.
    let result = try bench.run([.init(at: 0), .init(at: 0)])
    #expect(result.ends == [6.5, 9])
    #expect(result.usage.cpuPools[0].busyTotal.seconds == 10)
  }

  @Test(arguments: [(1, 1.0), (2, 1.89), (3, 2.47), (4, 3.05), (8, 5.37)])
  func acceleratorsAreWorthWhatWasPublished(devices: Int, speedup: Double) {
    #expect(abs(SpeedupCurve.published.speedup(devices: devices) - speedup) < 1e-9)
  }

  // MARK: Slow spells, power, scaling

  @Test func workThatBeginsInASpellIsSlow() throws {
    var bench = denoiseOnly()
    bench.conditions = {
      $1.stragglers = Stragglers(
        meanTimeBetween: SimulationDuration(nanoseconds: 1),
        meanLength: SimulationDuration(seconds: 1e6), factor: 3)
    }
    #expect(try bench.run([.init(at: 1)]).ends == [13])
  }

  /// The share of steps, one a second of 1 ms where nothing is slow, that take over 1.5 ms: accelerators are twice as
  /// slow for a quarter of the time, in 5000 spells.
  private func slowShare(_ bench: Bench) throws -> Double {
    var bench = bench
    bench.conditions = {
      $1.stragglers = Stragglers(
        meanTimeBetween: SimulationDuration(seconds: 3),
        meanLength: SimulationDuration(seconds: 1), factor: 2)
    }
    let result = try bench.run((0..<20_000).map { .init(at: Double($0), steps: 1) })
    return Double(result.records.count { $0.latency.seconds > 0.0015 }) / 20_000
  }

  /// The share of slow steps is that of the spells in time.
  @Test func spellsHaveTheirMeans() throws {
    var bench = denoiseOnly()
    bench.step = 0.001
    #expect(abs(try slowShare(bench) - 0.25) < 0.015)
  }

  @Test func energyAndPriceAreOfActiveAccelerators() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.conditions = {
      $1.power = Power(idle: 10, busy: 100)
      $1.corePower = Power(idle: 1, busy: 5)
      $1.pricePerHour = 3.6
    }
    let result = try bench.run([.init(at: 0), .init(at: 6)])
    // 10 s: 8 s of work, 12 s of idling; a core that does nothing.
    #expect(result.usage.energy == 930.0)
    #expect(result.usage.price == 20 * 0.001)
  }

  @Test func aFailedNodeCostsNothing() throws {
    var bench = denoiseOnly()
    bench.conditions = {
      $1.failures = .listed([Self.outage(3, 5)])
      $1.power = Power(idle: 10, busy: 100)
      $1.corePower = Power(idle: 1, busy: 5)
      $1.pricePerHour = 3.6
    }
    let result = try bench.run([.init(at: 0)])
    // Up for 3 s and for 4 s, at work all the time; a core that does nothing.
    #expect(result.ends == [12] && result.usage.energy == 707)
    #expect(result.usage.price == 7 * 0.001)
  }

  @Test func waitsBeforeTheEndOfTheWarmUpDoNotCount() throws {
    var bench = Bench()
    (bench.encode, bench.decode) = (nil, nil)
    // Steps until 4, post-processing until 8, for which the accelerator waits.
    bench.countingFrom = SimulationTime(seconds: 6)
    let usage = try bench.run([.init(at: 0)]).usage.workers[0]
    #expect(usage.waitingForCPU.seconds == 2 && usage.busyTotal == .zero)
  }

  /// Two that share steps are slow when either is: of independent spells, for 1 - 0.75^2 of the time.
  @Test func aSharedStepIsAsSlowAsTheSlowest() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.step = 0.002
    bench.policy.steps = ParallelSteps(accelerators: 2)
    #expect(abs(try slowShare(bench) - 0.4375) < 0.015)
  }

  /// Of 2 and 5 active accelerators, each of two equal pools has half, and the first the odd one.
  @Test func poolsKeepTheirSharesOfTheActive() throws {
    var bench = Bench()
    (bench.decode, bench.postProcess) = (nil, nil)
    (bench.nodes, bench.workers) = (2, 4)
    bench.conditions = { node, configuration in
      configuration.stages = node == 0 ? [.encode] : [.denoise, .decode]
      configuration.pricePerHour = 3600
    }
    bench.policy.controller = ScheduledScaling(plan: [
      ScheduleEntry(at: .zero, accelerators: 2),
      ScheduleEntry(at: SimulationDuration(seconds: 10), accelerators: 5),
    ])
    // The last: encoded until 21, two steps until 25.
    let result = try bench.run([.init(at: 0), .init(at: 20)])
    let active = result.usage.workers.map(\.active.seconds)
    #expect(result.usage.end.seconds == 25)
    #expect(active[..<4].sorted() == [0, 15, 15, 25] && active[4...].sorted() == [0, 0, 15, 25])
  }

  /// What is encoded ahead and more urgent takes the running query's place.
  @Test func aQueryThatIsEncodedAheadPreempts() throws {
    var bench = Bench()
    (bench.decode, bench.postProcess) = (nil, nil)
    bench.policy.placement.encodeOnCPU = true
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    bench.cores = 2
    bench.policy.discipline = EarliestDeadlineFirst(
      Preemption(isOn: true, margin: 0))
    // The long one: encoded until 1, steps until 3; the short one, encoded until 2.5, its step until 5.
    let result = try bench.run([
      .init(at: 0, steps: 5), .init(at: 1, steps: 1, slo: 900), .init(at: 1.5, steps: 1, slo: 10),
    ])
    // The second, less urgent than the third, is encoded until 2 and comes after it.
    #expect(result.ends == [15, 7, 5])
  }

  /// Nobody makes way for a batch that is not due, nor for a model that the node does not serve.
  @Test func onlyWhatWouldStartPreempts() throws {
    var bench = denoiseOnly()
    bench.policy.discipline = EarliestDeadlineFirst(Preemption(isOn: true, margin: 0))
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 30))
    let arrivals: [Bench.Arrival] = [
      .init(at: 0, steps: 8), .init(at: 0, steps: 2), .init(at: 1.5, slo: 50, model: 1),
    ]
    // A batch of two until 4, of one until 16; the third is alone and starts when it has waited, at 31.5.
    var result = try bench.run(arrivals, models: ["a", "b"])
    #expect(result.ends == [16, 16, 35.5])
    // With a full batch of the other model it makes way at 2, and goes on when that is over.
    result = try bench.run(
      arrivals + [.init(at: 1.5, slo: 50, model: 1)], models: ["a", "b"])
    #expect(result.ends == [20, 20, 6, 6])
    bench.conditions = { $1.models = [$0 == 0 ? "a" : "b"] }
    bench.nodes = 2
    bench.policy.batching = NoBatching()
    // Two of the other model: the second waits for its own node.
    result = try bench.run(
      [.init(at: 0, steps: 4)] + [0, 1].map { .init(at: $0, slo: 50, model: 1) },
      models: ["a", "b"])
    #expect(result.ends == [8, 4, 8] && result.usage.workers.map(\.busyTotal.seconds) == [8, 8])
    #expect(Set(result.spans.filter { $0.worker.rawValue == 0 }.map(\.batch)) == [1])
  }

  /// A plan of one accelerator keeps one: the other node takes over, and goes when the first is back.
  @Test func aPlanHoldsThroughFailures() throws {
    var bench = denoiseOnly()
    bench.nodes = 2
    bench.conditions = { node, configuration in
      configuration.pricePerHour = 3600
      if node == 0 { configuration.failures = .listed([Self.outage(5, 10)]) }
    }
    bench.policy.controller = ScheduledScaling(plan: [ScheduleEntry(at: .zero, accelerators: 1)])
    let result = try bench.run([0, 6, 20].map { .init(at: $0) })
    #expect(result.ends == [4, 10, 24])
    let active = result.usage.workers.map(\.active.seconds)
    #expect(active.reduce(0, +) == 24 && active[1] >= 10)
  }

  @Test func acceleratorsComeAfterTheirStart() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.conditions = {
      $1.startup = SimulationDuration(seconds: 5)
      $1.pricePerHour = 3600
    }
    bench.policy.controller = ScheduledScaling(plan: [
      ScheduleEntry(at: .zero, accelerators: 1),
      ScheduleEntry(at: SimulationDuration(seconds: 10), accelerators: 2),
      ScheduleEntry(at: SimulationDuration(seconds: 18), accelerators: 1),
    ])
    // One goes at once; the other serves alone until 15.
    let result = try bench.run([2, 2, 2, 2, 17].map { .init(at: $0) })
    #expect(result.ends == [6, 10, 14, 18, 21])
    // The one: all the time. The other: 10 to 21, when it has finished what it held at 18.
    let active = result.usage.workers.map(\.active.seconds)
    #expect(active.sorted() == [11.0, 21.0])
    #expect(result.usage.price == 32)
  }
}
