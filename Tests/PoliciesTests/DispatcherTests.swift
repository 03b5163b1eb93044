import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// Each dispatcher's choice where the right one is plain.
@Suite struct DispatcherTests {
  @Test func roundRobinTakesTurnsAndSkipsWhoTakesNothing() throws {
    var situation = try Situation(nodes: [0, 0, 0])
    var policy = RoundRobin()
    #expect((0..<4).map { _ in situation.choice(&policy) } == [0, 1, 2, 0])
    situation.workers[1].isActive = false
    #expect((0..<4).map { _ in situation.choice(&policy) } == [2, 0, 2, 0])
    situation.workers[2].model = ModelID(rawValue: 1)
    #expect((0..<2).map { _ in situation.choice(&policy) } == [0, 0])
    #expect(situation.choice(&policy, .make(model: 1)) == 2)
  }

  @Test func joinShortestQueueCountsImagesWaitingAndInService() throws {
    var situation = try Situation(nodes: [0, 0, 1])
    var policy = JoinShortestQueue()
    #expect(situation.choice(&policy) == 0, "a tie goes to the first")
    situation.workers[0].queuedImages = 3
    situation.workers[1].runningImages = 2
    situation.workers[2].queuedImages = 1
    situation.workers[2].runningImages = 2
    #expect(situation.choice(&policy) == 1)
    situation.workers[1].isActive = false
    #expect(situation.choice(&policy) == 0)
  }

  @Test func leastWorkLeftAddsTheQueueToWhatIsInService() throws {
    var situation = try Situation(nodes: [0, 1, 1])
    var policy = LeastWorkLeft()
    situation.workers[0].queuedWork = SimulationDuration(seconds: 1)
    situation.workers[1].predictedFree = SimulationTime(seconds: 100.5)
    situation.workers[1].queuedWork = SimulationDuration(seconds: 0.4)
    situation.workers[2].predictedFree = SimulationTime(seconds: 101.1)
    #expect(situation.choice(&policy) == 1)
    // What should have been free long ago has no work left, not negative work.
    situation.workers[0].predictedFree = SimulationTime(seconds: 3)
    #expect(situation.choice(&policy) == 1)
    situation.workers[0].queuedWork = SimulationDuration(seconds: 0.8)
    #expect(situation.choice(&policy) == 0)
  }

  @Test func earliestFinishKnowsUnequalDevices() throws {
    var situation = try Situation(nodes: [0, 1])
    var policy = EarliestFinish()
    var blind = LeastWorkLeft()
    // Ten steps: 0.2 s on worker 0, 0.1 s on worker 1.
    #expect(situation.choice(&policy) == 1)
    situation.workers[1].queuedWork = SimulationDuration(seconds: 0.099)
    #expect(situation.choice(&policy) == 1 && situation.choice(&blind) == 0)
    situation.workers[1].queuedWork = SimulationDuration(seconds: 0.1)
    #expect(situation.choice(&policy) == 0, "a tie goes to the first")
    #expect(situation.choice(&policy, .make(steps: 20)) == 1)
  }

  @Test func randomReachesEveryWorkerThatTakesTheQueryEvenly() throws {
    var situation = try Situation(nodes: [0, 0, 0, 1])
    situation.workers[2].isActive = false
    var policy = RandomDispatch()
    var counts = [Int](repeating: 0, count: 4)
    for seed in 0..<3000 as Range<UInt64> {
      counts[Int(situation.choice(&policy, seed: seed))] += 1
    }
    #expect(counts[2] == 0)
    // Five standard deviations of a binomial count of 3000 at one third.
    for index in [0, 1, 3] { #expect(abs(Double(counts[index]) - 1000) < 5 * 25.9) }
  }

  @Test func powerOfTwoChoicesTakesTheEmptierOfTwoDifferentOnes() throws {
    var situation = try Situation(nodes: [0, 0])
    situation.workers[0].queuedImages = 5
    situation.workers[1].runningImages = 4
    var policy = PowerOfTwoChoices()
    for seed in 0..<100 as Range<UInt64> { #expect(situation.choice(&policy, seed: seed) == 1) }
    // Of three, the fullest is never the emptier of two different ones.
    situation = try Situation(nodes: [0, 0, 0])
    situation.workers[0].queuedImages = 5
    situation.workers[1].queuedImages = 4
    var seen: Set<Int32> = []
    for seed in 0..<100 as Range<UInt64> { seen.insert(situation.choice(&policy, seed: seed)) }
    #expect(seen == [1, 2])
    situation = try Situation(nodes: [0])
    #expect(situation.choice(&policy) == 0)
  }
}
