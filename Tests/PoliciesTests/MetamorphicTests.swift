import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// What a change of a scenario must do to its run, and what it must leave alone.
@Suite struct MetamorphicTests {
  // MARK: Stretched time

  /// Whether all times of a run are `factor` times those of another, and nothing else differs.
  static func isStretched(_ run: RunResult, from short: RunResult, by factor: Int64) -> Bool {
    func longer(_ time: SimulationTime) -> SimulationTime {
      SimulationTime(nanoseconds: time.nanoseconds * factor)
    }
    let records = short.records.map { record in
      var record = record
      record.query.arrival = longer(record.query.arrival)
      record.query.slo.nanoseconds *= factor
      record.start = record.start.map(longer)
      record.end = longer(record.end)
      return record
    }
    let spans = short.spans.map { span in
      var span = span
      (span.start, span.end) = (longer(span.start), longer(span.end))
      return span
    }
    return run.records == records && run.spans == spans
  }

  @Test func doubledDurationsDoubleEveryTime() throws {
    for scenario in try PropertyTests.scenarios(0..<6, isDeterministic: true) {
      let run = try scenario.run()
      let doubled = try scenario.stretched(by: 2).run()
      #expect(
        Self.isStretched(doubled, from: run, by: 2), "not doubled: \(scenario.testDescription)")
      #expect(!Self.isStretched(doubled, from: run, by: 3))
    }
  }

  // MARK: One more accelerator

  /// The queries that wait longer in one run than in another.
  static func raisedWaits(_ run: RunResult, from other: RunResult) -> [QueryID] {
    let before = Dictionary(uniqueKeysWithValues: other.records.map { ($0.query.id, $0.wait) })
    return run.records.filter { $0.wait > before[$0.query.id] ?? .zero }.map(\.query.id)
  }

  /// Kiefer and Wolfowitz, Trans. Am. Math. Soc. 78 (1955): the sorted vector of workloads is monotone in the
  /// number of servers, for any times of service that belong to the queries.
  @Test func oneMoreAcceleratorMakesNobodyWaitLonger() throws {
    var eased = 0
    for seed in UInt64(0)..<120 {
      var scenario = try ScenarioGenerator.scenario(seed: seed, isDeterministic: true)
      try scenario.makeUniform()
      scenario.nodes = [scenario.nodes[0]]
      scenario.nodes[0].accelerator = [.denoise: ScenarioGenerator.unit]
      scenario.nodes[0].cpu = [:]
      scenario.binding = .central
      scenario.placement = Placement()
      for (kind, name) in [
        (PolicyKind.steps, "fixed"), (.discipline, "fcfs"), (.admission, "all"),
        (.batching, "none"),
      ] { try scenario.set(.named(kind, name)) }
      for index in scenario.queries.indices { scenario.queries[index].images = 1 }
      let run = try scenario.run()
      scenario.nodes[0].accelerators += 1
      let more = try scenario.run()
      #expect(Self.raisedWaits(more, from: run).isEmpty, "\(scenario.testDescription)")
      // The other way round somebody does, wherever there was a queue: so the check can fail.
      if run.usage.maximumWaiting > 0 {
        eased += 1
        #expect(!Self.raisedWaits(run, from: more).isEmpty, "\(scenario.testDescription)")
      }
    }
    #expect(eased > 40)
  }

  // MARK: A looser SLO

  static func violations(_ run: RunResult) -> Int { run.records.count { !$0.isOnTime } }

  @Test func aLooserSLORaisesNoViolations() throws {
    var relieved = 0
    for seed in UInt64(0)..<100 {
      var scenario = try ScenarioGenerator.scenario(seed: seed)
      try scenario.makeUniform()
      for (kind, name) in [
        (PolicyKind.steps, "fixed"), (.discipline, "fcfs"), (.admission, "all"),
      ] { try scenario.set(.named(kind, name)) }
      // It, too, looks at deadlines.
      if scenario.choices.contains(where: { $0.entry.name == "deadline-aware" }) {
        try scenario.set(.named(.batching, "static"))
      }
      let tight = try scenario.run()
      for index in scenario.queries.indices {
        scenario.queries[index].slo += scenario.queries[0].slo
      }
      let loose = try scenario.run()
      #expect(Self.violations(loose) <= Self.violations(tight), "\(scenario.testDescription)")
      if Self.violations(loose) < Self.violations(tight) { relieved += 1 }
      let forgetful = loose.records.map { record in
        var record = record
        record.query.slo = tight.records[0].query.slo
        return record
      }
      let before = tight.records.map { record in
        var record = record
        record.query.slo = tight.records[0].query.slo
        return record
      }
      #expect(forgetful == before, "\(scenario.testDescription)")
      #expect(loose.spans == tight.spans && loose.usage == tight.usage)
    }
    #expect(relieved > 40)
  }

  /// A policy that looks at the deadline is not blind to it, so the test above is not of nothing.
  @Test func aPolicyThatLooksAtTheSLOIsSeen() throws {
    var scenario = try ScenarioGenerator.scenario(seed: 1)
    try scenario.makeUniform()
    try scenario.set(.named(.admission, "drop-hopeless"))
    for index in scenario.queries.indices {
      scenario.queries[index].slo = SimulationDuration(nanoseconds: 1)
    }
    let tight = try scenario.run()
    for index in scenario.queries.indices {
      scenario.queries[index].slo = SimulationDuration(seconds: 1000)
    }
    #expect(try scenario.run().spans != tight.spans)
  }

  // MARK: Names

  @Test func namesAndTheOrderOfEqualNodesChangeNothing() throws {
    for seed in UInt64(0)..<60 {
      var scenario = try ScenarioGenerator.scenario(seed: seed)
      try scenario.makeUniform()
      if seed % 2 == 0 {
        for index in scenario.nodes.indices { scenario.nodes[index] = scenario.nodes[0] }
      }
      for index in scenario.nodes.indices { scenario.nodes[index].name = "n\(index)" }
      let run = try scenario.run()
      // Equal nodes in another order are the same nodes with their names in another order.
      var other = scenario
      if seed % 2 == 0 {
        other.nodes.reverse()
      } else {
        for index in other.nodes.indices { other.nodes[index].name = "zz\(9 - index)" }
      }
      var renamed = try other.run()
      #expect(
        renamed.usage.cpuPools.map(\.node) == other.nodes.map(\.name), "\(scenario.testDescription)"
      )
      for index in run.usage.workers.indices {
        renamed.usage.workers[index].node = run.usage.workers[index].node
      }
      for index in run.usage.cpuPools.indices {
        renamed.usage.cpuPools[index].node = run.usage.cpuPools[index].node
      }
      #expect(renamed == run, "\(scenario.testDescription)")
    }
  }

  // MARK: One more query

  /// What was told of what ended, or began, before a time.
  static func past(_ run: RunResult, before time: SimulationTime) -> ([QueryRecord], [Span]) {
    (run.records.filter { $0.end < time }, run.spans.filter { $0.start < time })
  }

  @Test func aQueryAtTheEndDoesNotChangeThePast() throws {
    for drawn in try PropertyTests.scenarios(0..<4) {
      var scenario = drawn
      let before = try scenario.run()
      var late = scenario.queries[scenario.queries.count / 2]
      late.id = QueryID(rawValue: Int32(scenario.queries.count))
      late.arrival =
        scenario.queries[scenario.queries.count - 1].arrival + SimulationDuration(nanoseconds: 1)
      scenario.queries.append(late)
      let after = try scenario.run()
      let (records, spans) = Self.past(after, before: late.arrival)
      let (oldRecords, oldSpans) = Self.past(before, before: late.arrival)
      #expect(records == oldRecords && spans == oldSpans, "\(scenario.testDescription)")
      #expect(after.records.count == before.records.count + 1)
    }
  }

  /// One that comes first does, so the comparison can fail.
  @Test func aQueryAtTheBeginningChangesWhatFollows() throws {
    var scenario = try ScenarioGenerator.scenario(seed: 2)
    try scenario.makeUniform()
    let before = try scenario.run()
    var first = scenario.queries[0]
    first.arrival = .zero
    scenario.queries.insert(first, at: 0)
    for index in scenario.queries.indices {
      scenario.queries[index].id = QueryID(rawValue: Int32(index))
    }
    let end = before.usage.end
    #expect(Self.past(try scenario.run(), before: end).0 != Self.past(before, before: end).0)
  }
}
