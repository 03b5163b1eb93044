import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// What the policy protocols offer beyond the shipped policies, held against schedules by hand.
@Suite struct ProtocolTests {
  /// Decides by a table: evaluations done -> decision.
  struct Scripted: StepPolicy {
    var decisions: [Int: StepDecision] = [:]
    var plan: StepPlan?
    var resubmitOnceTo: ModelID?
    var cadence = ProbeCadence()
    var requirements: StepRequirements {
      StepRequirements(
        probes: decisions.isEmpty ? nil : cadence, decidesAfterDecode: resubmitOnceTo != nil)
    }

    func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
      plan ?? StepPlan(evaluations: query.requestedSteps)
    }
    func afterStep(
      _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
      _ context: StepContext
    ) -> StepDecision {
      state.values[0] += 1
      // The state is the query's own: it has counted this query's evaluations.
      precondition(cadence != ProbeCadence() || Int(state.values[0]) == observation.evaluationsDone)
      return decisions[observation.evaluationsDone] ?? .proceed
    }
    func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
      guard let model = resubmitOnceTo, query.resubmissions == 0 else { return .complete }
      return .resubmit(model)
    }
  }

  private func denoiseOnly() -> Bench {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    return bench
  }

  @Test(arguments: [
    (StepDecision.finish, 3.0), (.lastStep, 4), (.respace(remaining: 2), 5), (.proceed, 10),
  ])
  func stepDecisions(decision: StepDecision, evaluations: Double) throws {
    var bench = denoiseOnly()
    bench.policy.steps = Scripted(decisions: [3: decision])
    let result = try bench.run([.init(at: 0, steps: 10)])
    #expect(result.evaluations == [evaluations])
    #expect(result.ends == [2 * evaluations])
  }

  /// Steps of 2 s; 512 x 512 has 16384 latent values, whose entropy takes 1/4 s here and on the host, where
  /// 32768 bytes go over a link of 65536 bytes a second first, 3/4 s.
  @Test(arguments: [(nil, 6.0), (false, 6.5), (true, 7.5)])
  func looksTakeTime(isOnHost: Bool?, end: Double) throws {
    var bench = denoiseOnly()
    bench.link = Link(bytesPerSecond: 65536, latency: .zero)
    bench.probe = isOnHost.map { LatentProbe(secondsPerValue: 0.25 / 16384, isOnHost: $0) }
    // Looks after steps 1 and 2; after the third and last there is nothing to decide.
    bench.policy.steps = Scripted(
      decisions: [99: .finish], cadence: ProbeCadence(readsLatent: true))
    #expect(try bench.run([.init(at: 0, steps: 3)]).ends == [end])
    // A look that reads no latent is free, and so is none.
    bench.policy.steps = Scripted(decisions: [99: .finish])
    #expect(try bench.run([.init(at: 0, steps: 3)]).ends == [6])
    bench.policy.steps = Scripted(
      decisions: [99: .finish], cadence: ProbeCadence(first: 2, every: nil, readsLatent: true))
    #expect(try bench.run([.init(at: 0, steps: 3)]).ends == [6 + (end - 6) / 2])
  }

  @Test(arguments: [
    (FinishRule.none, 3.0, Finish.none), (.jump, 4, .jump), (.reserved, 4, .reserved),
    (.respace(2), 5, .respace), (.respace(9), 10, .none),
  ])
  func enoughStepsEndAsThePolicySetSays(
    rule: FinishRule, evaluations: Double, finish: Finish
  ) throws {
    var bench = denoiseOnly()
    bench.policy.steps = Scripted(decisions: [3: .finish])
    bench.policy.finish = rule
    let result = try bench.run([.init(at: 0, steps: 10)])
    #expect(result.evaluations == [evaluations])
    #expect(result.records[0].finish == finish)
  }

  @Test func recordsKeepHowAQueryBeganAndEnded() throws {
    var bench = denoiseOnly()
    bench.policy.steps = Scripted(plan: StepPlan(evaluations: 4, firstStep: 6, finish: .reserved))
    let planned = try bench.run([.init(at: 0)]).records[0]
    #expect(planned.firstStep == 6 && planned.finish == .reserved)
    bench.policy.steps = Scripted(decisions: [2: .lastStep])
    #expect(try bench.run([.init(at: 0, steps: 9)]).records[0].finish == .jump)
    bench.policy.steps = Scripted(decisions: [2: .respace(remaining: 1)])
    #expect(try bench.run([.init(at: 0, steps: 9)]).records[0].finish == .respace)
  }

  @Test func aPreemptiveQueueOnlyMakesRoomThatCanBeUsed() throws {
    var bench = denoiseOnly()
    bench.policy.discipline = ShortestPreempts()
    bench.policy.batching = ContinuousBatching(images: 2)
    let result = try bench.run([
      .init(at: 0, steps: 4), .init(at: 0, steps: 4), .init(at: 1, steps: 1),
    ])
    // Step 0-2 of the first alone? Both are there at 0, the first begins at once. At 2 the second
    // joins and the third waits; its one step takes the place of one of them alone.
    #expect(result.ends[2] == 4)
    #expect(result.usage.completed == 3)
    #expect(result.evaluations == [4, 4, 1])
  }

  /// Turns the first of two workers off for good.
  struct FirstOff: Controller {
    func nextReplan(after last: SimulationTime?) -> SimulationTime? {
      (last ?? .zero) + SimulationDuration(seconds: 1)
    }
    mutating func replan(_ cluster: ClusterView) -> [Action] {
      cluster.workers[0].isActive ? [.setActive(WorkerID(rawValue: 0), false)] : []
    }
  }

  @Test func aCentralQueueWakesWhoIsActive() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.policy.controller = FirstOff()
    let result = try bench.run([.init(at: 0.5, steps: 1), .init(at: 5, steps: 1)])
    #expect(result.starts == [0.5, 5])
    #expect(result.sorted[1].worker == WorkerID(rawValue: 1))
  }

  @Test func aControllerThatLeavesNobodyActiveDoesNotRunForEver() throws {
    var bench = denoiseOnly()
    bench.policy.controller = FirstOff()
    let result = try bench.run([.init(at: 0, steps: 1), .init(at: 5, steps: 1)])
    #expect(result.outcomes == [.completed, .inFlight])
  }

  @Test func statesOfQueriesInOneBatchAreTheirOwn() throws {
    var bench = denoiseOnly()
    bench.policy.batching = ContinuousBatching(images: 2)
    bench.policy.steps = Scripted(decisions: [3: .finish])
    let result = try bench.run([.init(at: 0, steps: 9), .init(at: 1, steps: 9)])
    // Steps 0-2 (first), 2-4, 4-6 (both; the first has three), 6-8 (second).
    #expect(result.ends == [6, 8])
  }

  @Test func aCascadeResubmitsAfterDecode() throws {
    var bench = Bench()
    (bench.encode, bench.postProcess) = (nil, nil)
    bench.policy.steps = Scripted(resubmitOnceTo: ModelID(rawValue: 1))
    let result = try bench.run([.init(at: 0), .init(at: 0)], models: ["light", "heavy"])
    // Each pass: steps 4 s, decode 3 s. Light 0-7, light 7-14, heavy 14-21, heavy 21-28: a query that
    // comes back keeps its arrival as FCFS rank and joins behind its equals.
    #expect(result.ends == [21, 28])
    #expect(result.evaluations == [4, 4])
    #expect(result.usage.completed == 2)
  }

  @Test func aCascadeWithoutDecodingResubmitsToo() throws {
    var bench = denoiseOnly()
    bench.policy.steps = Scripted(resubmitOnceTo: ModelID(rawValue: 1))
    let result = try bench.run([.init(at: 0)], models: ["light", "heavy"])
    #expect(result.ends == [8])
    #expect(result.evaluations == [4])
  }

  @Test func aPlanMayNameAnotherModel() throws {
    var bench = denoiseOnly()
    bench.policy.steps = Scripted(plan: StepPlan(evaluations: 3, model: ModelID(rawValue: 1)))
    let result = try bench.run([.init(at: 0)], models: ["a", "b"])
    #expect(result.ends == [6])
    #expect(result.usage.completed == 1)
  }

  @Test func aQueryOnTwoAcceleratorsTakesHalfTheTime() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.policy.steps = Scripted(plan: StepPlan(evaluations: 4, parallelDegree: 2))
    let result = try bench.run([.init(at: 0), .init(at: 1)])
    #expect(result.starts == [0, 4])
    #expect(result.ends == [4, 8])
    #expect(result.usage.workers.map(\.busyTotal.seconds) == [8, 8])
    // Each further accelerator adds half of its speed: a step takes 2 / 1.5 s.
    bench.parallelism = SpeedupCurve(efficiency: 0.5)
    let slower = try bench.run([.init(at: 0)])
    #expect(slower.ends == [4 * 1.333333333])
  }

  /// Fewer steps first, and at once.
  struct ShortestPreempts: QueueDiscipline {
    var isPreemptive: Bool { true }
    func priority(of query: QueryView, at now: SimulationTime) -> Priority {
      Priority(rank: Int64(query.requestedSteps))
    }
    func preempts(_ waiting: QueryView, _ running: QueryView, at now: SimulationTime) -> Bool {
      waiting.requestedSteps < running.requestedSteps
    }
  }

  @Test func preemptionAtAStepBoundaryKeepsWhatWasDone() throws {
    var bench = Bench()
    (bench.decode, bench.postProcess) = (nil, nil)
    bench.policy.discipline = ShortestPreempts()
    let result = try bench.run([.init(at: 0, steps: 5), .init(at: 2, steps: 1)])
    // Encode 0-1, step 1-3; the second encodes 3-4, step 4-6; the first goes on 6-14 without encoding.
    #expect(result.ends == [14, 6])
    #expect(result.evaluations == [5, 1])
  }

  /// The second worker serves the first query's model alone, and is idle when that one makes way at 3 s.
  @Test(arguments: [QueueBinding.central, .perWorker(stealing: true)])
  func whoMakesWayGoesToAWorkerThatIsIdle(binding: QueueBinding) throws {
    var bench = Bench()
    (bench.decode, bench.postProcess, bench.nodes, bench.binding) = (nil, nil, 2, binding)
    bench.conditions = { index, node in if index == 1 { node.models = ["m"] } }
    bench.policy.discipline = ShortestPreempts()
    let result = try bench.run(
      [.init(at: 0, steps: 5), .init(at: 2, steps: 1, model: 1)], models: ["m", "n"])
    #expect(result.ends == [11, 6])
    #expect(result.sorted.map(\.worker?.rawValue) == [1, 0])
  }

  /// Those whose arrival is nearest to a moving point go first: an order that changes with time.
  struct Turning: QueueDiscipline {
    var timeVarying: Bool { true }
    func priority(of query: QueryView, at now: SimulationTime) -> Priority {
      let early = now < SimulationTime(seconds: 10)
      return Priority(rank: (early ? 1 : -1) * query.arrival.nanoseconds)
    }
  }

  @Test func timeVaryingPrioritiesAreAskedForAgain() throws {
    var bench = denoiseOnly()
    bench.policy.discipline = Turning()
    let result = try bench.run((0..<4).map { .init(at: Double($0), steps: 3) })
    // 6 s each. At 6 the oldest goes first; from 12 on the youngest.
    #expect(result.starts == [0, 6, 18, 12])
  }

  /// Turns the first worker off at its second look and on again at its fourth.
  struct Toggling: Controller {
    func nextReplan(after last: SimulationTime?) -> SimulationTime? {
      (last ?? .zero) + SimulationDuration(seconds: 3)
    }
    var looks = 0
    mutating func replan(_ cluster: ClusterView) -> [Action] {
      looks += 1
      switch looks {
      case 2: return [.setActive(WorkerID(rawValue: 0), false)]
      case 4: return [.setActive(WorkerID(rawValue: 0), true)]
      default: return []
      }
    }
  }

  @Test func aControllerTakesWorkersAwayAndGivesThemBack() throws {
    var bench = denoiseOnly()
    bench.workers = 2
    bench.binding = .perWorker(stealing: false)
    bench.policy.controller = Toggling()
    let result = try bench.run((0..<4).map { _ in .init(at: 0, steps: 4) } + [.init(at: 13)])
    // 8 s each. Round robin: 0 and 2 to the first worker, 1 and 3 to the second. At 6 the first is
    // turned off: 2 moves behind 3 (arrival equal, it joined later). At 12 the first is on again.
    #expect(result.starts == [0, 0, 16, 8, 13])
    #expect(result.sorted[4].worker == WorkerID(rawValue: 0))
  }
}
