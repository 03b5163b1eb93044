import Cluster
import EventEngine
import LatentDynamics
import Policies
import Testing
import Workload

/// `EntropySteps` and `EntropyProbe` by hand, and in runs held against the table.
@Suite struct EntropyPolicyTests {
  /// Feeds entropies of the predicted x0 and of the latent, one a step; the evaluations after which the
  /// policy wants to stop.
  private func stop(
    _ policy: EntropySteps, _ entropies: [Double], query: QueryView = .make(deadline: 1e6),
    context: StepContext = .make(evaluation: 0)
  ) -> Int? {
    var state = StepState()
    for (index, entropy) in entropies.enumerated() {
      let done = index + 1
      let observation = StepObservation(
        evaluationsDone: done, evaluationsLeft: 50 - done, latentEntropyBits: entropy,
        predictedEntropyBits: entropy)
      let decision = policy.afterStep(query, observation, &state, context)
      if decision == .finish { return done }
      #expect(decision == .proceed)
    }
    return nil
  }

  /// Changes 0.2, 0.02, 0.01, 0; smoothed by halves 0.2, 0.11, 0.06, 0.03.
  @Test func aSmoothedChangeStopsUnderTheThreshold() {
    let entropies = [5.0, 5.2, 5.22, 5.23, 5.23]
    func policy(_ threshold: Double, smoothing: Double = 0.5, minimum: Int = 1) -> EntropySteps {
      EntropySteps(
        signal: .predictedX0Change, threshold: threshold, smoothing: smoothing, minimum: minimum)
    }
    #expect(stop(policy(0.12), entropies) == 3)
    #expect(stop(policy(0.07), entropies) == 4)
    #expect(stop(policy(0.05), entropies) == 5)
    #expect(stop(policy(0.02), entropies) == nil)
    #expect(stop(policy(0.015, smoothing: 1), entropies) == 4)
    #expect(stop(policy(0.12, minimum: 5), entropies) == 5)
    // A first look alone shows no change, whatever the threshold.
    #expect(stop(policy(100), entropies) == 2)
  }

  @Test func levelsStopWhereTheirKindTends() {
    let falling = [6.7, 6.6, 6.4, 6.0]
    let rising = [5.1, 5.3, 5.6, 5.9]
    #expect(stop(EntropySteps(signal: .latent, threshold: 6.5), falling) == 3)
    #expect(stop(EntropySteps(signal: .latent, threshold: 5), falling) == nil)
    #expect(stop(EntropySteps(signal: .predictedX0, threshold: 5.5), rising) == 3)
    #expect(stop(EntropySteps(signal: .predictedX0, threshold: 6), rising) == nil)
  }

  /// Threshold 0.01, and changes of 0.015 each: only loosening stops it.
  @Test func pressureLoosensTheThreshold() {
    let entropies = [5.0, 5.015, 5.03, 5.045]
    func policy(slack: Double = 0, load: Double = 0) -> EntropySteps {
      EntropySteps(
        signal: .predictedX0Change, threshold: 0.01, slackWeight: slack, loadWeight: load)
    }
    #expect(stop(policy(), entropies) == nil)
    // 8 images wait for one worker, batches of 4: q = 2, t = 0.01 (1 + 2 weight).
    #expect(
      stop(policy(load: 0.2), entropies, context: .make(evaluation: 0, queuedImages: 8)) == nil)
    #expect(stop(policy(load: 0.3), entropies, context: .make(evaluation: 0, queuedImages: 8)) == 2)
    // SLO 1 s, 50 ms for other stages, 48 steps of 10 ms left: slack 0.47 s, p = 0.53.
    let hurried = QueryView.make(deadline: 101)
    #expect(stop(policy(slack: 1), entropies, query: hurried, context: .make()) == 2)
    #expect(stop(policy(slack: 0.9), entropies, query: hurried, context: .make()) == nil)
    #expect(stop(policy(slack: 0.4), entropies) == nil)
  }

  @Test func withoutATableNothingIsDecided() {
    var state = StepState()
    let policy = EntropySteps(signal: .latent, threshold: 100)
    let observation = StepObservation(evaluationsDone: 9, evaluationsLeft: 9)
    #expect(policy.afterStep(.make(), observation, &state, .make()) == .proceed)
  }

  /// few 10 at 6 bit, many 30 at 5 bit: 5.5 bit gives 20 in all, 16 after the probe of 4.
  @Test(arguments: [(6.5, 6), (6.0, 6), (5.5, 16), (5.25, 21), (5.0, 26), (4.0, 26)])
  func aProbeFixesTheRest(_ entropy: Double, _ remaining: Int) {
    var state = StepState()
    let policy = EntropyProbe(probe: 4, fewAt: 6, manyAt: 5, minimum: 10, maximum: 30)
    let observation = StepObservation(
      evaluationsDone: 4, evaluationsLeft: 46, latentEntropyBits: 0, predictedEntropyBits: entropy)
    let decision = policy.afterStep(
      .make(deadline: 1e6), observation, &state, .make(evaluation: 0))
    #expect(decision == .respace(remaining: remaining))
    #expect(policy.requirements.probes == ProbeCadence(first: 4, every: nil, readsLatent: true))
  }

  @Test func cadencesPickTheirEvaluations() {
    #expect((1...9).filter { ProbeCadence(first: 2, every: 3).contains($0) } == [2, 5, 8])
    #expect((1...9).filter { ProbeCadence(first: 4, every: nil).contains($0) } == [4])
  }

  @Test func contradictoryBoundsAreRefused() throws {
    for (name, given, parameter) in [
      ("entropy", ["min": ParameterValue.integer(9), "max": .integer(8)], "min"),
      ("entropy-probe", ["min": .integer(9), "max": .integer(8)], "min"),
      ("entropy-probe", ["probe": .integer(12)], "probe"),
      ("entropy-probe", ["few-at": .number(5), "many-at": .number(5)], "few-at"),
    ] {
      let entry = try #require(PolicyRegistry.entry(.steps, name))
      guard case .failure(let fault) = entry.make(PolicyArguments(entry, given: given)) else {
        Issue.record("\(name) \(given.keys) was accepted")
        continue
      }
      #expect(fault.parameter == parameter)
    }
  }

  /// Queries of 50 steps, one after the other, each ended in one of four ways.
  @Test(arguments: [
    (FinishRule.none, 0, Ending.none), (.jump, 1, .cover(1)), (.reserved, 1, .reserved),
    (.respace(5), 5, .cover(5)),
  ])
  func runsEndAsTheTableSays(_ finish: FinishRule, _ more: Int, _ ending: Ending) throws {
    var policy = try policySet([])
    let steps = EntropySteps(
      signal: .predictedX0Change, threshold: 0.03, smoothing: 1, minimum: 4, every: 2)
    policy.steps = steps
    policy.finish = finish
    let stream = QueryStream(
      queries: (0..<40).map { index in
        Query(
          id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: Double(index) * 10),
          slo: SimulationDuration(seconds: 100), model: ModelID(rawValue: 0),
          size: ImageSize(height: 512, width: 512), images: 1, steps: 50,
          promptSeed: UInt64(index * 77))
      }, models: ["sd15"])
    let result = try simulate(stream, on: syntheticCluster(.central), under: policy)
    var early = 0
    for record in result.records {
      let row = smallTable.row(promptSeed: record.query.promptSeed)
      // By hand: the first even step from 4 on at which the entropy has changed by under 0.03 bit since
      // the one two steps before, the second look at the earliest.
      let stop = stride(from: 4, to: 50, by: 2).first { step in
        smallTable.signal(.predictedX0Change, row: row, steps: step, changeOver: 2) < 0.03
      }
      let path = DenoisingPath(scheduled: 50, done: stop ?? 50)
      let isEarly = stop.map { $0 + more < 50 || finish == .none } ?? false
      if isEarly { early += 1 }
      #expect(record.evaluations == Double(isEarly ? (stop ?? 0) + more : 50))
      #expect(
        record.latentError
          == (isEarly
            ? smallTable.error(row: row, path, ending) : smallTable.wholeError(row: row)))
    }
    #expect(early > 20)
  }

  @Test func aQualityFloorKeepsTheSteps() {
    var policy = EntropySteps(signal: .predictedX0Change, threshold: 100, qualityFloor: 9)
    policy.prepare(StepSetup(trajectories: smallTable, finish: .jump))
    #expect(stop(policy, Array(repeating: 5, count: 49)) == nil)
    var easy = EntropySteps(signal: .predictedX0Change, threshold: 100, qualityFloor: 0.01)
    easy.prepare(StepSetup(trajectories: smallTable, finish: .jump))
    #expect(stop(easy, Array(repeating: 5, count: 49)) == 2)
  }

  /// The floor lies at a share of the schedule: in half as many steps it is reached after half as many. A number of
  /// evaluations that the table has not recorded has a floor, too, between those of its neighbours.
  @Test func aQualityFloorFollowsTheScheduleAndTheFinish() {
    func first(_ finish: FinishRule, of steps: Int) -> Int? {
      var policy = EntropySteps(signal: .predictedX0Change, threshold: 100, qualityFloor: 0.6)
      policy.prepare(StepSetup(trajectories: smallTable, finish: finish))
      return stop(
        policy, Array(repeating: 5, count: steps - 1), query: .make(deadline: 1e6, steps: steps))
    }
    let whole = first(.jump, of: 50)
    let half = first(.jump, of: 25)
    #expect(whole != nil && half == whole.map { ($0 + 1) / 2 })
    let stops = [3, 4, 5].map { first(.respace($0), of: 50) ?? 50 }
    #expect(stops[0] >= stops[1] && stops[1] >= stops[2] && stops[1] < 50)
  }
}
