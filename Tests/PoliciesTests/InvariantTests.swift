import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// Each invariant objects to a run that breaks it: a sound run, tampered with.
@Suite struct InvariantTests {
  /// A way to spoil a run, and the invariant that must object.
  struct Tampering: CustomTestStringConvertible {
    var testDescription: String
    var invariant: Invariant
    var spoil: @Sendable (inout RunResult) -> Void

    init(
      _ what: String, _ invariant: Invariant, _ spoil: @escaping @Sendable (inout RunResult) -> Void
    ) {
      testDescription = what
      self.invariant = invariant
      self.spoil = spoil
    }
  }

  /// One node of two workers, batches of up to three images, more queries than they can take at once.
  private func sound() throws -> (run: RunResult, setting: Setting) {
    var scenario = try ScenarioGenerator.scenario(seed: 3)
    try scenario.makeUniform()
    scenario.nodes = [scenario.nodes[0]]
    scenario.nodes[0].accelerators = 2
    scenario.nodes[0].cores = 2
    scenario.nodes[0].cpu[.postProcess] = 20_000_000
    scenario.nodes[0].memory = AcceleratorMemory(
      capacity: 2e9, source: Link(bytesPerSecond: 1e11, latency: .zero), weights: ["sd15": 1e9],
      activationsPerPixel: ["sd15": 1e8 / Double(512 * 512)])
    scenario.binding = .central
    scenario.placement = Placement()
    for (kind, name) in [
      (PolicyKind.steps, "fixed"), (.discipline, "fcfs"), (.admission, "all"),
      (.pipelining, "none"),
    ] { try scenario.set(.named(kind, name)) }
    try scenario.set(.named(.batching, "continuous", ["images": .integer(3)]))
    scenario.queries = Array(scenario.queries.prefix(40))
    for index in scenario.queries.indices {
      scenario.queries[index].images = 1 + Int32(index % 3)
      scenario.queries[index].arrival = SimulationTime(nanoseconds: Int64(index) * 10_000_000)
      scenario.queries[index].model = ModelID(rawValue: 0)
      scenario.queries[index].size = ImageSize(height: 512, width: 512)
    }
    return (try scenario.run(), try scenario.setting())
  }

  @Test func theSoundRunIsSound() throws {
    let (run, setting) = try sound()
    #expect(InvariantCheck.breaches(of: run, in: setting).isEmpty)
    #expect(run.records.count == 40 && run.usage.maximumWaiting > 0)
  }

  static let tamperings: [Tampering] = [
    Tampering("a lost query", .endsOnce) { $0.records.remove(at: 7) },
    Tampering("a query served twice", .endsOnce) {
      $0.records.append($0.records[$0.records.count - 1])
    },
    Tampering("a completion too many", .counts) { $0.usage.completed += 1 },
    Tampering("a drop that no record tells", .counts) {
      $0.usage.dropped += 1
      $0.usage.offered += 1
    },
    Tampering("a start before the arrival", .records) {
      $0.records[9].start = $0.records[9].query.arrival - SimulationDuration(nanoseconds: 1)
    },
    Tampering("a step too few in a record", .records) { $0.records[9].evaluations -= 1 },
    Tampering("ends out of order", .order) { $0.records.swapAt(3, 20) },
    Tampering("work told late", .order) { $0.spans.swapAt(5, 60) },
    Tampering("work that ends before it starts", .order) {
      $0.spans[4].end = $0.spans[4].start - SimulationDuration(nanoseconds: 1)
    },
    Tampering("an end one nanosecond late", .system) { $0.records[12].end.nanoseconds += 1 },
    Tampering("an integral one off", .system) { $0.usage.systemIntegral += 1 },
    Tampering("a wait one nanosecond long", .queue) { $0.records[12].start?.nanoseconds += 1 },
    Tampering("a longer queue", .queue) { $0.usage.maximumWaiting += 1 },
    Tampering("weights that nobody loaded", .memory) { run in
      run.spans.removeAll { $0.resource == .weights }
    },
    Tampering("two things at a time", .accelerators) { run in
      let index = run.spans.firstIndex { $0.resource == .accelerator } ?? 0
      run.spans[index].end.nanoseconds += 1
    },
    Tampering("busy time from nowhere", .accelerators) {
      $0.usage.workers[0].busy[1] += SimulationDuration(nanoseconds: 1)
    },
    Tampering("busy time that rests on nothing", .accelerators) {
      $0.usage.workers[0].busyByBasis[3] -= SimulationDuration(nanoseconds: 1)
    },
    Tampering("core time that rests on two figures", .cores) {
      $0.usage.cpuPools[0].busyByBasis[0] += SimulationDuration(nanoseconds: 1)
    },
    Tampering("more cores than there are", .cores) { run in
      let index = run.spans.firstIndex { $0.resource == .cpu } ?? 0
      run.spans.insert(contentsOf: [run.spans[index], run.spans[index]], at: index)
    },
    Tampering("a batch over its limit", .limit) { run in
      let index = run.spans.firstIndex { $0.stage == .denoise } ?? 0
      run.spans[index].images = 4
    },
    Tampering("an evaluation that never was", .work) { run in
      let index = run.spans.lastIndex { $0.stage == .denoise } ?? 0
      run.spans.remove(at: index)
    },
    Tampering("an image that nobody decodes", .work) { run in
      let index = run.spans.lastIndex { $0.stage == .decode } ?? 0
      run.spans[index].members.removeLast()
    },
    Tampering("an image post-processed twice", .work) { run in
      let index = run.spans.lastIndex { $0.stage == .postProcess } ?? 0
      run.spans.append(run.spans[index])
    },
    Tampering("a nanosecond that no state has", .journeys) {
      $0.journeys[3].times[.batchWait] += SimulationDuration(nanoseconds: 1)
    },
    Tampering("a nanosecond of waiting that was work", .journeys) {
      $0.journeys[3].times[.waiting] += SimulationDuration(nanoseconds: 1)
      $0.journeys[3].times[.denoise] -= SimulationDuration(nanoseconds: 1)
    },
    Tampering("an image more in a batch", .journeys) {
      $0.journeys[3].batchImagesMean = $0.journeys[3].batchImagesMean.map { $0 + 0.5 }
    },
    Tampering("a stage by a worker that did not do it", .journeys) {
      $0.journeys[3].workers[1] = 1 - $0.journeys[3].workers[1]
    },
    Tampering("a worker that does nothing", .conservation) {
      $0.spans.removeAll { $0.worker == WorkerID(rawValue: 1) }
    },
    Tampering("a younger query that goes first", .turn) { run in
      let waiting = run.records.indices.filter { run.records[$0].wait > .zero }
        .sorted { run.records[$0].query.id < run.records[$1].query.id }
      let (first, last) = (waiting[0], waiting[waiting.count - 1])
      let start = run.records[first].start
      run.records[first].start = run.records[last].start
      run.records[last].start = start
    },
  ]

  @Test(arguments: tamperings) func aBrokenRunIsObjectedTo(_ tampering: Tampering) throws {
    var (run, setting) = try sound()
    tampering.spoil(&run)
    let objecting = InvariantCheck.breaches(of: run, in: setting).map(\.invariant)
    #expect(objecting.contains(tampering.invariant), "\(objecting)")
  }

  @Test func everyInvariantCanFail() {
    #expect(Set(Self.tamperings.map(\.invariant)) == Set(Invariant.allCases))
  }

  @Test func anotherPastIsNoBeginning() throws {
    let (run, _) = try sound()
    let horizon = SimulationTime(nanoseconds: run.usage.end.nanoseconds / 2)
    #expect(!PropertyTests.tells(run, theBeginningOf: run, until: horizon))
  }
}
