import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Policies
import Testing
import Workload

/// What predictions decide, on schedules worked out by hand. A step takes 2 s; other stages take time only where a test
/// says so.
@Suite struct PredictedTimesTests {
  private func bench(_ binding: QueueBinding = .central) -> Bench {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.binding = binding
    return bench
  }

  private let hopeless = DropHopeless(margin: .zero)

  /// Post-processing takes 4 s an image. At 8 s the second query is predicted to end at 16 s, its deadline being 20 s:
  /// with the three of another model in its batch it would be 28 s.
  @Test func whatCannotJoinABatchIsNotCountedInIt() throws {
    var bench = bench()
    bench.postProcess = 4
    bench.policy.admission = hopeless
    bench.policy.batching = StaticBatching(images: 4, wait: .zero)
    let others = (0..<3).map { _ in Bench.Arrival(at: 2, model: 1) }
    let result = try bench.run(
      [.init(at: 0), .init(at: 1, slo: 19)] + others, models: ["m", "n"])
    #expect(result.outcomes.prefix(2) == [.completed, .completed])
    #expect(result.ends[1] == 16)
  }

  /// Encoded from 0 to 1 s, denoised to 5 s: another query can be done at 10 s, in 1 s and 4 s.
  @Test(arguments: [10.0, 9.9]) func encodingThatIsDoneIsNotStillToCome(deadline: Double) throws {
    var bench = bench()
    bench.encode = 1
    bench.policy.admission = hopeless
    let result = try bench.run([.init(at: 0), .init(at: 2, slo: deadline - 2)])
    #expect(
      result.outcomes[1] == (deadline == 10 ? .completed : .dropped(.hopelessAtArrival)))
    if deadline == 10 { #expect(result.ends[1] == 10) }
  }

  /// What the CPU encodes ahead for the first worker is work of the first worker's: the second query goes to the other.
  @Test func whatIsEncodedAheadIsWorkLeft() throws {
    var bench = bench(.perWorker(stealing: false))
    (bench.encode, bench.workers, bench.cores) = (1, 2, 2)
    bench.policy.placement = Placement(encodeOnCPU: true)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    bench.policy.dispatcher = LeastWorkLeft()
    let result = try bench.run([.init(at: 0), .init(at: 0.5)])
    #expect(result.sorted.map(\.worker?.rawValue) == [0, 1])
    #expect(result.ends == [5, 5.5])
  }

  /// A static batch ends for all when its longest is done. Both workers are busy to 4 s; then one has a query of 20 steps
  /// and one of 2 steps to take, which is to be done by 20 s, and would be by 8 s alone.
  @Test(arguments: [[20, 2], [2, 20]]) func partnersStepsAreCounted(steps: [Int]) throws {
    var bench = bench()
    bench.workers = 2
    bench.policy.admission = hopeless
    bench.policy.batching = StaticBatching(images: 2, wait: .zero)
    let short = steps.firstIndex(of: 2) ?? 0
    let waiting = steps.enumerated().map { index, count in
      Bench.Arrival(at: 1 + Double(index) / 2, steps: count, slo: index == short ? 18.5 : 1000)
    }
    let result = try bench.run([.init(at: 0), .init(at: 0)] + waiting)
    #expect(result.outcomes[2 + short] == .dropped(.hopelessBeforeService))
    #expect(result.ends[3 - short] == 44)
  }

  /// 50 steps take 60 s on the node that encodes slowly and 101 s on the other; 2 steps 12 s and 5 s.
  @Test(arguments: [(50, 0, 60.0), (2, 1, 5.0)])
  func aCentralQueueOffersAQueryToTheWorkerThatIsFastestForIt(
    steps: Int, worker: Int32, end: Double
  ) throws {
    var bench = bench()
    bench.nodes = 2
    bench.conditions = { index, node in
      let (encode, step) = index == 0 ? (10.0, 1.0) : (1.0, 2.0)
      node.accelerator = Device(
        synthetic: [.encode: .deterministic(encode), .denoise: .deterministic(step)])
    }
    let result = try bench.run([.init(at: 0, steps: steps)])
    #expect(result.sorted[0].worker?.rawValue == worker)
    #expect(result.ends == [end])
  }

  /// On the slow worker, 8 s a step, 10 steps leave 120 s of 200 s and 2 steps leave 134 s of 150 s: those of 10 steps go
  /// first. By the fast one's 2 s a step it would be the other way round, 180 s to 146 s.
  @Test func slackIsThatOnTheWorkerInQuestion() throws {
    var bench = bench(.perWorker(stealing: false))
    bench.nodes = 2
    bench.conditions = { index, node in
      if index == 1 { node.slowFactor = 4 }
    }
    bench.policy.discipline = LeastSlackFirst()
    let result = try bench.run([
      .init(at: 0), .init(at: 0), .init(at: 1), .init(at: 1, steps: 2, slo: 149), .init(at: 1),
      .init(at: 1, steps: 10, slo: 199),
    ])
    #expect(result.sorted.map(\.worker?.rawValue) == [0, 1, 0, 1, 0, 1])
    #expect(result.ends[5] == 96 && result.ends[3] == 112)
  }

  /// The same where a central queue does not know who will take a query: the fast worker is kept busy.
  @Test func slackInACentralQueueIsThatOnTheWorkerThatLooks() throws {
    var bench = bench()
    bench.nodes = 2
    bench.conditions = { index, node in
      if index == 1 { node.slowFactor = 4 }
    }
    bench.policy.discipline = LeastSlackFirst()
    let result = try bench.run([
      .init(at: 0, steps: 100), .init(at: 0), .init(at: 1, steps: 2, slo: 149),
      .init(at: 1, steps: 10, slo: 199),
    ])
    #expect(result.sorted.map(\.worker?.rawValue) == [0, 1, 1, 1])
    #expect(result.ends == [200, 16, 112, 96])
  }

  /// At 8 s the first of 5 steps has 2 s left; its whole service is 10 s, the other's 6 s.
  @Test func remainingTimeIsNotServiceTime() throws {
    var bench = bench()
    let arrivals = [Bench.Arrival(at: 0, steps: 5), .init(at: 7, steps: 3)]
    bench.policy.discipline = ShortestRemainingFirst()
    #expect(try bench.run(arrivals).ends == [10, 16])
    bench.policy.discipline = PreemptiveShortestJobFirst()
    #expect(try bench.run(arrivals).ends == [16, 14])
    bench.policy.discipline = ShortestJobFirst()
    #expect(try bench.run(arrivals).ends == [10, 16])
    // At 2 s 8 s are left of the first, and 6 s of the second.
    bench.policy.discipline = ShortestRemainingFirst()
    #expect(try bench.run([.init(at: 0, steps: 5), .init(at: 1, steps: 3)]).ends == [16, 8])
    // With 2 s of margin it keeps its place.
    bench.policy.discipline = ShortestRemainingFirst(margin: SimulationDuration(seconds: 2))
    #expect(try bench.run([.init(at: 0, steps: 5), .init(at: 1, steps: 3)]).ends == [10, 16])
  }

  /// Who takes a running query's place need not wait; who does not, finds no place.
  @Test func noPlaceToWaitIsNoReasonNotToPreempt() throws {
    var bench = bench()
    bench.policy.discipline = EarliestDeadlineFirst(Preemption(isOn: true, margin: 0))
    bench.policy.admission = QueueLimit(waiting: 0)
    let result = try bench.run([
      .init(at: 0, steps: 5), .init(at: 1, steps: 2, slo: 20), .init(at: 1.5, steps: 2, slo: 30),
      .init(at: 3, steps: 2, slo: 2000),
    ])
    // One step, then the second from 2 to 6 s; the third would have to wait behind it.
    #expect(
      result.outcomes == [
        .completed, .completed, .dropped(.queueFull), .dropped(.queueFull),
      ])
    #expect(result.ends[0] == 14 && result.ends[1] == 6)
  }

  /// Who would have to wait all the same, for room or for company, is not let in for the place that it takes.
  @Test(arguments: [1, 2]) func whoPreemptsNobodyFindsNoPlace(images: Int) throws {
    var bench = bench()
    bench.policy.discipline = EarliestDeadlineFirst(Preemption(isOn: true, margin: 0))
    bench.policy.admission = QueueLimit(waiting: 0)
    bench.policy.batching = ContinuousBatching(images: 2)
    // Two run from 2 s on, of which the second is due at 5 s and stays: one image takes the first's place at 4 s, two
    // have no room.
    let result = try bench.run([
      .init(at: 0, steps: 5), .init(at: 0, steps: 5, slo: 5), .init(at: 3, images: images, slo: 20),
    ])
    #expect(result.outcomes[2] == (images == 1 ? .completed : .dropped(.queueFull)))
    #expect(result.starts[2] == (images == 1 ? 4 : nil))
    // A batch of two that waits for company begins only when it is full.
    bench.policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 50))
    let waiting = try bench.run([
      .init(at: 0, steps: 5, images: 2), .init(at: 1, images: images, slo: 20),
    ])
    #expect(waiting.outcomes[1] == (images == 2 ? .completed : .dropped(.queueFull)))
  }

  /// Policies that surely give 2 steps at most.
  static let ofTwoSteps: [any StepPolicy] = [
    SlackSteps(minimum: 1, maximum: 2, queueWeight: 0),
    EntropySteps(signal: .predictedX0, threshold: 0, maximum: 2),
    EntropyProbe(probe: 1, fewAt: 1, manyAt: 2, minimum: 1, maximum: 2),
    CascadeSteps(light: "l", lightSteps: 2, deferred: 0),
  ]

  /// A query that asks for 9 steps counts with 2 before its service: at 1 s it is predicted to end at 4 + 4 = 8 s, and not
  /// at 22 s.
  @Test(arguments: ofTwoSteps.indices) func stepsThatAPolicyNeverGivesDoNotCount(index: Int) throws
  {
    var bench = bench()
    bench.policy.steps = Self.ofTwoSteps[index]
    bench.policy.admission = hopeless
    bench.policy.dispatcher = EarliestFinish()
    for (slo, outcome) in [(7.0, Outcome.completed), (6.9, .dropped(.hopelessAtArrival))] {
      let result = try bench.run(
        [.init(at: 0, steps: 2), .init(at: 1, steps: 9, slo: slo)], models: ["m", "l"])
      #expect(result.outcomes[1] == outcome)
    }
  }

  /// Two run, and a third is encoded ahead: it will be one of two, at most. Post-processing takes 10 s an image, and it
  /// can be done at 4 + 1 + 4 + 20 = 29 s; with three images in its batch that would be 39 s.
  @Test(arguments: [25.0, 24.9]) func whatIsEncodedAheadIsOfABatchWithinTheLimit(slo: Double) throws
  {
    var bench = bench()
    (bench.encode, bench.postProcess) = (1, 10)
    bench.policy.placement = Placement(encodeOnCPU: true)
    bench.policy.pipelining = .cpuGPU(buffer: 2)
    bench.policy.batching = ContinuousBatching(images: 2)
    bench.policy.admission = hopeless
    let result = try bench.run([
      .init(at: 0, steps: 3), .init(at: 0, steps: 2), .init(at: 4, slo: slo),
    ])
    #expect(
      result.outcomes[2] == (slo == 25 ? .completed : .dropped(.hopelessBeforeService)))
  }
}
