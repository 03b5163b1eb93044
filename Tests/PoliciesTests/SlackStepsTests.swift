import Cluster
import EventEngine
import Policies
import Testing

/// The formula of `SlackSteps` by hand, and its bounds for any input.
@Suite struct SlackStepsTests {
  let policy = SlackSteps(minimum: 10, maximum: 40, queueWeight: 5)

  /// At 100 s with 10 ms a step and 50 ms for the rest: budget = deadline - 100.05 s.
  @Test(arguments: [
    // (deadline in s, requested, steps)
    (110.0, 50, 40),  // no hurry: the maximum
    (110.0, 30, 30),  // no hurry: what was asked for
    (100.35, 50, 30),  // 0.3 s: 30 steps
    (100.359, 50, 30),  // 0.309 s: the 31st would be late
    (100.36, 50, 31),
    (100.16, 50, 11),
    (100.10, 50, 10),  // 5 steps would be in time, the minimum holds
    (100.0, 50, 10),  // no budget left at all
    (90.0, 50, 10),  // late already
    (100.10, 8, 8),  // fewer than the minimum were asked for
  ])
  func handComputed(_ deadline: Double, _ requested: Int, _ steps: Int) {
    let plan = policy.plan(.make(deadline: deadline, steps: requested), .make())
    #expect(plan == StepPlan(evaluations: steps))
  }

  /// Five steps for each full batch of 4 waiting per worker, to the nearest step.
  @Test(arguments: [
    (0, 1, 40), (4, 1, 35), (8, 1, 30), (8, 2, 35), (2, 1, 37), (1, 1, 39), (100, 1, 10),
  ])
  func queueTakesSteps(_ images: Int, _ workers: Int, _ steps: Int) {
    let plan = policy.plan(
      .make(deadline: 200, steps: 50), .make(queuedImages: images, workers: workers))
    #expect(plan.evaluations == steps)
  }

  @Test func stepsThatTakeNoTimeAreNotCut() {
    let plan = policy.plan(.make(deadline: 100, steps: 50), .make(evaluation: 0))
    #expect(plan.evaluations == 40)
  }

  @Test func isMonotoneAndWithinBounds() {
    var random = RandomStream(seed: 4, stream: RandomStreamID(rawValue: 1))
    for _ in 0..<300 {
      let minimum = 1 + random.index(below: 30)
      let policy = SlackSteps(
        minimum: minimum, maximum: minimum + random.index(below: 60),
        queueWeight: random.uniform() * 20)
      let requested = 1 + random.index(below: 100)
      let queued = random.index(below: 40)
      var last = 0
      for slack in 0..<60 {
        let plan = policy.plan(
          .make(deadline: 99.5 + Double(slack) / 30, steps: requested),
          .make(queuedImages: queued))
        #expect(plan.evaluations >= last, "more slack never costs steps")
        #expect(plan.evaluations >= min(minimum, requested, policy.planned(requested)))
        #expect(plan.evaluations <= requested && plan.evaluations >= 1)
        last = plan.evaluations
      }
      var most = Int.max
      for queued in 0..<40 {
        let plan = policy.plan(
          .make(deadline: 100.5, steps: requested), .make(queuedImages: queued))
        #expect(plan.evaluations <= most, "a longer queue never gives steps")
        most = plan.evaluations
      }
    }
  }
}

extension SlackSteps {
  /// Steps with all the time in the world and no queue.
  fileprivate func planned(_ requested: Int) -> Int {
    plan(.make(deadline: 1e6, steps: requested), .make()).evaluations
  }
}
