import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// What holds for every scenario, held against random ones; a failure names its seed.
@Suite struct PropertyTests {
  /// Each entry of the registry is in so many of them at least.
  static let blocks = 40

  /// A scenario for each entry of the registry in each block, from seeds that the entry's name gives: a new policy
  /// changes nobody's but where it is drawn.
  static func scenarios(
    _ blocks: Range<Int>, isDeterministic: Bool = false
  ) throws -> [RandomScenario] {
    try PolicyRegistry.entries.flatMap { entry in
      try entry.seeds(blocks).map {
        try ScenarioGenerator.scenario(seed: $0, isDeterministic: isDeterministic, with: entry)
      }
    }
  }

  @Test(arguments: 0..<blocks)
  func randomScenariosKeepTheInvariants(_ block: Int) throws {
    for scenario in try Self.scenarios(block..<block + 1) {
      let run = try scenario.run()
      let breaches = InvariantCheck.breaches(of: run, in: try scenario.setting())
      #expect(breaches.isEmpty, "\(scenario.testDescription): \(breaches.prefix(3))")
      // Cut off at a random time, the run so far is as it was, and what is in it keeps to the same.
      let horizon = Self.horizon(of: run, seed: scenario.seed)
      let cut = try scenario.run(horizon: horizon)
      let cutBreaches = InvariantCheck.breaches(of: cut, in: try scenario.setting(horizon: horizon))
      #expect(cutBreaches.isEmpty, "\(scenario.testDescription) cut: \(cutBreaches.prefix(3))")
      let isPrefix = Self.tells(cut, theBeginningOf: run, until: horizon)
      #expect(isPrefix, "\(scenario.testDescription): what lies ahead changed what was before")
    }
  }

  private static func horizon(of run: RunResult, seed: UInt64) -> SimulationTime {
    var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 9_003))
    return SimulationTime(
      nanoseconds: 1 + Int64(random.index(below: max(Int(run.usage.end.nanoseconds) - 1, 1))))
  }

  static func tells(
    _ cut: RunResult, theBeginningOf whole: RunResult, until horizon: SimulationTime
  ) -> Bool {
    let spans = whole.spans.filter { $0.start <= horizon }.map { span in
      var span = span
      span.end = min(span.end, horizon)
      return span
    }
    return cut.spans == spans
      && cut.records.filter { $0.outcome != .inFlight }
        == whole.records.filter { $0.end <= horizon }
  }

  @Test func everyEntryOfTheRegistryIsDrawn() throws {
    var left = Set(PolicyRegistry.entries.map { "\($0.kind) \($0.name)" })
    for scenario in try Self.scenarios(0..<Self.blocks) {
      for choice in scenario.choices {
        left.remove("\(choice.entry.kind) \(choice.entry.name)")
      }
    }
    #expect(left.isEmpty)
  }

  /// The properties that hold under conditions alone are put to the test often enough; work conservation, which few of
  /// these scenarios must show, has 400 of its own below.
  @Test func conditionsAreMetOftenEnough() throws {
    var conserving = 0
    var ranked = 0
    for scenario in try Self.scenarios(0..<Self.blocks) {
      let setting = try scenario.setting()
      if setting.conservesWork { conserving += 1 }
      if scenario.binding != .perWorker(stealing: true), setting.rank(scenario.queries[0]) != nil {
        ranked += 1
      }
    }
    #expect(conserving > 0 && ranked > 300, "\(conserving) and \(ranked)")
  }

  /// Work conservation, on scenarios drawn for it.
  @Test func noAcceleratorIdlesBesideAQueue() throws {
    var waited = 0
    for seed in UInt64(100_000)..<100_400 {
      var scenario = try ScenarioGenerator.scenario(seed: seed)
      try scenario.makeUniform()
      scenario.placement.encodeOnCPU = false
      try scenario.set(.named(.steps, "fixed"))
      try scenario.set(.named(.admission, "all"))
      switch seed % 4 {
      case 0: try scenario.set(.named(.batching, "none"))
      case 1:
        try scenario.set(.named(.batching, "static", ["wait": .duration(.zero)]))
        try scenario.set(.named(.pipelining, "none"))
      case 2:
        try scenario.set(.named(.batching, "continuous"))
        try scenario.set(.named(.pipelining, "none"))
      default:
        try scenario.set(.named(.batching, "none"))
        try scenario.set(.named(.pipelining, "cpu-gpu", ["buffer": .integer(1 + Int(seed) % 3)]))
      }
      if case .cpuGPU = try scenario.policy().pipelining { scenario.placement.decodeOnCPU = false }
      let run = try scenario.run()
      if run.usage.maximumWaiting > 0 { waited += 1 }
      let breaches = InvariantCheck.breaches(of: run, in: try scenario.setting())
      #expect(breaches.isEmpty, "\(scenario.testDescription): \(breaches.prefix(3))")
    }
    #expect(waited > 200)
  }
}

extension RandomScenario {
  /// Puts a choice in the place of that of its kind.
  mutating func set(_ choice: Choice) throws {
    let index = try #require(choices.firstIndex { $0.entry.kind == choice.entry.kind })
    choices[index] = choice
  }
}
