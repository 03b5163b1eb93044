@testable import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import LatentDynamics
import Testing
import Workload

@testable import Policies

/// The rivals' step policies, on cases worked out by hand.
@Suite struct RivalStepsTests {
  @Test func fewStepsAreTheSameForAll() {
    let policy = FewSteps(steps: 7)
    #expect(policy.plan(.make(steps: 50), .make()).evaluations == 7)
    #expect(policy.predictedSteps(of: .make(steps: 3)) == 7)
    #expect(policy.requirements.firstModel == nil && policy.requirements.models.isEmpty)
    let distilled = FewSteps(steps: 1, model: "sd-turbo").requirements
    #expect(distilled.firstModel == "sd-turbo" && distilled.models == ["sd-turbo"])
  }

  /// Without an error the prediction is the shortest schedule that reaches the floor.
  @Test func predictedStepsAreTheNeed() {
    let limit = pow(10, -0.6)
    var exact = PredictedSteps(floor: 0.6, error: 0)
    var noisy = PredictedSteps(floor: 0.6, error: 0.3)
    exact.prepare(StepSetup(trajectories: smallTable, finish: .none))
    noisy.prepare(StepSetup(trajectories: smallTable, finish: .none))
    var differences = 0
    for seed in UInt64(0)..<40 {
      var query = QueryView.make(steps: 50)
      query.promptSeed = seed
      let row = smallTable.row(promptSeed: seed)
      let steps = exact.predictedSteps(of: query)
      func error(_ steps: Int) -> Double {
        smallTable.error(row: row, DenoisingPath(scheduled: steps, done: steps), .none)
      }
      #expect(error(steps) <= limit)
      #expect((1..<steps).allSatisfy { error($0) > limit })
      #expect(exact.plan(query, .make()).evaluations == steps)
      if noisy.predictedSteps(of: query) != steps { differences += 1 }
      query.requestedSteps = 2
      #expect(exact.predictedSteps(of: query) <= 2)
    }
    #expect(differences > 20)
  }

  /// The fewest evaluations of any way are no more than those of a schedule kept, and reach the limit.
  @Test func fewestEvaluationsAreFewest() throws {
    for row in 0..<smallTable.prompts {
      for limit in [0.3, 0.15] {
        let kept = smallTable.fewestSteps(row: row, error: limit)
        guard let fewest = smallTable.fewestEvaluations(row: row, error: limit) else {
          #expect(kept == nil)
          continue
        }
        #expect(fewest <= kept ?? .max)
        // All ways with one evaluation less: none reaches the limit.
        for scheduled in 1...50 {
          for done in 1...min(scheduled, max(fewest - 1, 1)) where done < fewest {
            let path = DenoisingPath(scheduled: scheduled, done: done)
            let left = fewest - 1 - done
            if done == scheduled {
              #expect(left < 0 || smallTable.error(row: row, path, .none) > limit)
            } else if left == 0 {
              #expect(smallTable.error(row: row, path, .none) > limit)
            } else if left > 0 {
              #expect(smallTable.error(row: row, path, .cover(left)) > limit)
            }
          }
        }
      }
    }
  }

  /// 50 steps of 10 ms and 50 ms of other work: alone 0.5 s; on two 0.265 s, on four 0.164 s (DistriFusion's curve).
  @Test(arguments: [(0.6, 1), (0.56, 1), (0.4, 2), (0.32, 2), (0.3, 4), (0.22, 4), (0.2, 1)])
  func theFewestAcceleratorsThatMeetTheDeadline(_ slack: Double, _ degree: Int) {
    let policy = RoundParallelSteps(accelerators: 4, round: 5)
    let query = QueryView.make(deadline: 100 + slack, steps: 50)
    #expect(policy.plan(query, .make(queuedImages: 3)).parallelDegree == degree)
    // With nobody waiting, all that are idle.
    #expect(policy.plan(query, .make()).parallelDegree == 4)
    let strict = RoundParallelSteps(accelerators: 4, round: 5, isElastic: false)
    #expect(strict.plan(query, .make()).parallelDegree == degree)
    // Later, what is left counts.
    var state = StepState()
    let observation = StepObservation(evaluationsDone: 40, evaluationsLeft: 10)
    let late = QueryView.make(deadline: 100.16, steps: 50)
    #expect(
      policy.afterStep(late, observation, &state, .make(queuedImages: 3)) == .share(among: 1))
  }

  /// One query of ten steps of 10 ms on two accelerators, re-decided every two steps: idle ones are taken on at once.
  @Test func anIdleAcceleratorHelps() throws {
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "n", accelerators: 2,
          accelerator: Device(synthetic: [.denoise: .deterministic(0.01)]), cores: 1,
          cpu: Device(synthetic: [:]), link: .instant)
      ], binding: .central)
    let queries = (0..<2).map { index in
      Query(
        id: QueryID(rawValue: Int32(index)),
        arrival: SimulationTime(seconds: 0.033 * Double(index)),
        slo: SimulationDuration(seconds: 1), model: ModelID(rawValue: 0),
        size: ImageSize(height: 512, width: 512), images: 1, steps: 10)
    }
    var policy = try policySet([.named(.batching, "none")])
    policy.steps = RoundParallelSteps(accelerators: 2, round: 2)
    let run = try simulate(
      QueryStream(queries: queries, models: ["sd15"]), on: cluster, under: policy)
    // The first has both from 0 on: steps of 10/1.89 ms. The second waits from 33 ms to the look after six steps...
    let step = 0.01 / 1.89
    let first = try #require(run.records.first { $0.query.id.rawValue == 0 })
    let second = try #require(run.records.first { $0.query.id.rawValue == 1 })
    // ... the seventh step begins at 31.7 ms; the look after the eighth, at 42.3 ms, gives one back.
    let given = 8 * step
    #expect(abs((second.start?.seconds ?? 0) - given) < 1e-6)
    #expect(abs(first.end.seconds - (given + 2 * 0.01)) < 1e-6)
    // The second goes on alone until the first is done, and takes its accelerator at its next look.
    #expect(second.end.seconds > given + 4 * 0.01 && second.end.seconds < given + 10 * 0.01)
  }

  @Test func relativeSlackPutsTheLargeFirst() {
    let discipline = RelativeSlackFirst()
    let now = Situation.now
    // Slack 0.9 s of 0.1 s, and 0.8 s of 0.2 s.
    let small = QueryView.make(deadline: 101, service: 0.1)
    let large = QueryView.make(deadline: 101, service: 0.2)
    #expect(discipline.priority(of: small, at: now).rank == 9_000_000)
    #expect(discipline.priority(of: large, at: now).rank == 4_000_000)
  }

  @Test func aCachedThemeSkipsSteps() {
    var policy = ApproximateCaching(
      capacity: 4, spread: 0, lookup: SimulationDuration(seconds: 0.01))
    let query = QueryView.make(steps: 50)
    let cold = policy.plan(query, .make())
    #expect(cold.evaluations == 50 && cold.firstStep == 0)
    #expect(policy.afterDecode(query, .make()) == .complete)
    // Without spread it is the very same: half of the steps.
    let warm = policy.plan(query, .make())
    #expect(warm.evaluations == 25 && warm.firstStep == 25 && warm.overhead == cold.overhead)
    var other = query
    other.promptSeed = 1
    #expect(policy.plan(other, .make()).firstStep == 0)
  }
}
