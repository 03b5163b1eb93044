@testable import Cluster
import EventEngine
import Testing
import Workload

@testable import Policies

/// Plans worked out by hand.
@Suite struct PlannerTests {
  private func planner(_ given: [String: ParameterValue] = [:]) throws -> DiffServePlanner {
    DiffServePlanner(
      PolicyArguments(DiffServeSteps.entry, given: given), try Solver())
  }

  private let light = DiffServePlanner.Speeds(batches: [1], seconds: [0.1])
  private let heavy = DiffServePlanner.Speeds(batches: [1], seconds: [1])

  /// One worker of the light model does 10 queries a second, one of the heavy model 1.
  @Test func diffServeDefersWhatTheHeavyWorkersCanDo() throws {
    let planner = try planner()
    let all = try #require(
      planner.solve(light, heavy, demand: 5, workers: 10, budget: 5))
    #expect(abs(all.deferred - 1) < 1e-9)
    // 20 a second: two for the light model, eight do 8 of 20.
    let some = try #require(
      planner.solve(light, heavy, demand: 20, workers: 10, budget: 5))
    #expect(some.lightWorkers == 2 && abs(some.deferred - 0.4) < 1e-9)
    // No time for both models; more than all can do.
    #expect(planner.solve(light, heavy, demand: 5, workers: 10, budget: 1.05) == nil)
    #expect(planner.solve(light, heavy, demand: 101, workers: 10, budget: 5) == nil)
  }

  @Test func diffServeTakesTheBatchThatTimeAllows() throws {
    let planner = try planner()
    let heavy = DiffServePlanner.Speeds(batches: [1, 4], seconds: [1, 2])
    // In four a worker does two a second, if there are two seconds.
    let roomy = try #require(
      planner.solve(light, heavy, demand: 20, workers: 10, budget: 3))
    #expect(roomy.heavyBatch == 4 && abs(roomy.deferred - 0.8) < 1e-9)
    let tight = try #require(
      planner.solve(light, heavy, demand: 20, workers: 10, budget: 1.5))
    #expect(tight.heavyBatch == 1 && abs(tight.deferred - 0.4) < 1e-9)
  }

  /// A fast worker: 0.125 s an image at 50 steps, 0.025 s at 10, in batches of four. 20 queries a second: a quarter
  /// of them may have 50 steps.
  @Test func accuracyIsScaledToTheDemand() throws {
    let entry = AccuracyScaling.entry
    let arguments = PolicyArguments(
      entry,
      given: [
        "levels": .integers([10, 50]), "headroom": .number(1), "planning": .duration(.zero),
        "every": .duration(SimulationDuration(seconds: 10)),
        "slo": .duration(SimulationDuration(seconds: 5)),
      ])
    var planner = VariantPlanner(arguments, try Solver())
    planner.bind([VariantPlanner.PromptClass(share: 1, accuracies: [1, 2])])
    let situation = try Situation(nodes: [1])
    func shares(arrived: Int) -> [String: Double] {
      var planner = planner
      let actions = planner.replan(situation.view(arrived: arrived))
      return Dictionary(
        actions.compactMap { action -> (String, Double)? in
          guard case .tune(let name, let value) = action else { return nil }
          return (name, value)
        }, uniquingKeysWith: { first, _ in first })
    }
    // At 100 s.
    let half = shares(arrived: 2000)
    #expect(abs((half["0 1"] ?? 0) - 0.25) < 1e-9 && abs((half["0 0"] ?? 0) - 0.75) < 1e-9)
    let light = shares(arrived: 100)
    #expect(abs((light["0 1"] ?? 0) - 1) < 1e-9)
    // Nobody at all, for hours: no numbers that a solver cannot tell from none.
    #expect(abs((shares(arrived: 0)["0 1"] ?? 0) - 1) < 1e-9)
    // More than even the fewest steps allow: 41 a second.
    let heavy = shares(arrived: 4100)
    #expect(heavy["0 0"] == 1 && heavy["0 1"] == 0)
  }

  /// Two classes of which one gains nothing from more steps: it is the one that is cut.
  @Test func thoseWhoLoseLeastAreCut() throws {
    let arguments = PolicyArguments(
      PromptApproximation.entry,
      given: [
        "levels": .integers([10, 50]), "headroom": .number(1), "planning": .duration(.zero),
        "slo": .duration(SimulationDuration(seconds: 5)),
      ])
    var planner = VariantPlanner(arguments, try Solver())
    planner.bind([
      VariantPlanner.PromptClass(share: 0.5, accuracies: [0.8, 0.8001]),
      VariantPlanner.PromptClass(share: 0.5, accuracies: [0.5, 0.8]),
    ])
    let actions = planner.replan(try Situation(nodes: [1]).view(arrived: 1000))
    // 10 a second: 5 x 0.125 + 5 x 0.025 = 0.75 of a worker; the rest gives 2.5 of the first class 50 steps.
    func share(_ name: String) -> Double {
      actions.reduce(-1) {
        if case .tune(name, let value) = $1 { return value }
        return $0
      }
    }
    #expect(abs(share("1 1") - 1) < 1e-9 && abs(share("0 1") - 0.5) < 1e-9)
  }

  @Test func aPlanTakesItsTime() {
    var timing = PlanTiming(
      every: SimulationDuration(seconds: 5), delay: SimulationDuration(seconds: 1))
    let at = { (seconds: Double) in SimulationTime(seconds: seconds) }
    #expect(timing.next(after: nil) == at(5))
    #expect(!timing.isTime(at: at(3)) && timing.isTime(at: at(5)))
    #expect(timing.take([.tune("x", 1)], at: at(5)).isEmpty)
    #expect(timing.next(after: at(5)) == at(6))
    // A failure has it look in between: nothing is due, and it is no time for a plan.
    #expect(timing.due(at: at(5.5)) == nil && !timing.isTime(at: at(5.5)))
    #expect(timing.due(at: at(6)) == [.tune("x", 1)])
    #expect(timing.next(after: at(6)) == at(10))
  }

  @Test func demandIsSmoothed() {
    var demand = DemandEstimate(weight: 0.5)
    demand.count(20, at: SimulationTime(seconds: 10))
    #expect(demand.perSecond == 2)
    demand.count(60, at: SimulationTime(seconds: 20))
    #expect(demand.perSecond == 3)
    demand.count(60, at: SimulationTime(seconds: 20))
    #expect(demand.perSecond == 3)
  }

  @Test func sharesAreDrawnByPrompt() {
    var shares = VariantShares(levels: [10, 20, 50], classes: 2)
    shares.tune(VariantShares.name(class: 1, level: 0), to: 0.25)
    shares.tune(VariantShares.name(class: 1, level: 1), to: 0.25)
    shares.tune(VariantShares.name(class: 1, level: 2), to: 0.5)
    var counts: [Int: Int] = [:]
    for seed in UInt64(0)..<4000 {
      var query = QueryView.make()
      query.promptSeed = seed
      counts[shares.level(of: query, class: 1), default: 0] += 1
      #expect(shares.level(of: query, class: 0) == 50)
    }
    #expect(abs((counts[10] ?? 0) - 1000) < 120 && abs((counts[50] ?? 0) - 2000) < 150)
  }
}
