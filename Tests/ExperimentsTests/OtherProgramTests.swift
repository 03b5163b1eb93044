@testable import Sweeps
@testable import Analysis
import Cluster
import Diagnostics
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// A database keeps no result of another program in the place of this one's: the identity that each program says of itself is
/// given here.
@Suite struct OtherProgramTests {
  private let folder = NSTemporaryDirectory() + "/programs-" + UUID().uuidString

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  private func store(_ name: String = "r.sqlite") throws -> ResultStore {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try ResultStore(creatingAt: "\(folder)/\(name)")
  }

  private static func experiment(_ overrides: String...) throws -> Experiment {
    let text = QueueScenario.text(rate: 30, queries: 60, run: "seed: 2, replications: 3")
    return try Experiment(Support.scenario(text: text, overrides))
  }

  /// The same experiment as another program makes it: its queries take twice as long.
  private static func changed() throws -> Experiment {
    try experiment("cluster.nodes.n.accelerators.slow_factor=2")
  }

  private func run(
    _ experiment: Experiment, by program: String, into store: ResultStore
  ) async throws -> ExperimentOutcome {
    try await ExperimentRunner(experiment).run(into: store, provenance: [("program", program)])
  }

  private func mean(_ store: ResultStore, _ id: String) throws -> Double? {
    try store.summaries(of: id).first { $0.policy == "p" && $0.metric == .latencyMean }?.mean
  }

  @Test func aWholeExperimentOfAnotherProgramIsRunAgain() async throws {
    defer { clean() }
    let store = try store()
    let experiment = try Self.experiment()
    let stored = experiment.stored()
    // What the other program stored under this name: something else.
    let other = try await ExperimentRunner(Self.changed()).run(into: nil)
    try store.begin(stored, provenance: [("program", "other")])
    _ = try await ExperimentRunner(Self.changed()).collect { run in
      try store.store(run, of: stored.id)
    }
    try store.finish(stored, other.analysis, provenance: [])
    let wrong = try #require(try mean(store, stored.id))
    let outcome = try await run(experiment, by: "this", into: store)
    #expect(
      outcome.replaced == [Replacement(reason: .otherProgram("other"), runs: 6, keptIn: nil)])
    #expect(outcome.knownRuns == 0)
    let right = try await ExperimentRunner(experiment).run(into: nil)
    #expect(outcome.summaries == right.summaries)
    #expect(try store.summaries(of: stored.id) == right.summaries)
    #expect(try mean(store, stored.id) != wrong)
    #expect(try store.experiments().map(\.program) == ["this"])
    // The program is no part of the name.
    #expect(try store.experiments().map(\.id) == [stored.id])
    // And it is run once.
    let again = try await run(experiment, by: "this", into: store)
    #expect(again.replaced.isEmpty && again.knownRuns == 6)
    #expect(again.summaries == right.summaries)
  }

  @Test func whatNobodyClaimsIsRunAgainToo() async throws {
    defer { clean() }
    let store = try store()
    let experiment = try Self.experiment()
    _ = try await ExperimentRunner(experiment).run(into: store)
    let outcome = try await run(experiment, by: "this", into: store)
    #expect(outcome.replaced == [Replacement(reason: .otherProgram(nil), runs: 6, keptIn: nil)])
  }

  @Test func aBegunExperimentOfAnotherProgramIsBegunAnew() async throws {
    defer { clean() }
    let store = try store()
    let experiment = try Self.experiment()
    let stored = experiment.stored()
    try store.begin(stored, provenance: [("program", "other")])
    _ = try await ExperimentRunner(experiment).collect { run in
      if run.replication == 0 { try store.store(run, of: stored.id) }
    }
    let outcome = try await run(experiment, by: "this", into: store)
    #expect(outcome.replaced.map(\.runs) == [2] && outcome.knownRuns == 0)
    // One of this program's goes on.
    try store.begin(stored, provenance: [("program", "other")])
    _ = try await ExperimentRunner(experiment).collect { run in
      if run.replication == 0 { try store.store(run, of: stored.id) }
    }
    let more = try await run(experiment, by: "other", into: store)
    #expect(more.replaced.isEmpty && more.knownRuns == 2)
  }

  @Test func oldResultsAreKeptWhereThatIsWanted() async throws {
    defer { clean() }
    var store = try store()
    store.keepsReplaced = true
    let experiment = try Self.experiment()
    let other = try Self.experiment("run.seed=3")
    for program in ["one", "two"] {
      _ = try await run(other, by: program, into: store)
      _ = try await run(experiment, by: program, into: store)
    }
    let outcome = try await run(experiment, by: "three", into: store)
    let place = try #require(outcome.replaced.first?.keptIn)
    #expect(outcome.replaced.count == 1 && place.hasPrefix("\(folder)/r.old-"))
    // Each program's in a database of its own, whole: what is there is what was there.
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.contains(".old-") && $0.hasSuffix(".sqlite") }
    #expect(files.count == 2)
    let expected = try await ExperimentRunner(experiment).run(into: nil).summaries
    for file in files {
      let old = try ResultStore(readingFrom: "\(folder)/\(file)")
      let programs = Set(try old.experiments().map(\.program))
      #expect(programs.count == 1)
      let id = experiment.stored().id
      #expect(try old.summaries(of: id) == expected)
      #expect(try old.runs(of: id).count == 6 && old.hasQueries(id))
      // 'one' was replaced in both experiments, 'two' in this alone.
      #expect(try old.experiments().count == (programs == ["one"] ? 2 : 1))
    }
    #expect(try store.experiments().map(\.program).compactMap { $0 }.sorted() == ["three", "two"])
  }

  /// Back to a program whose results were kept, an interruption, and on: what was kept whole stays so.
  @Test func aWholeComparisonThatIsKeptStaysWhole() async throws {
    defer { clean() }
    var store = try store()
    store.keepsReplaced = true
    let experiment = try Self.experiment()
    let stored = experiment.stored()
    _ = try await run(experiment, by: "one", into: store)
    let first = try await run(experiment, by: "two", into: store)
    let place = try #require(first.replaced.first?.keptIn)
    try store.begin(stored, provenance: [("program", "one")])
    _ = try await ExperimentRunner(experiment).collect { run in
      if run.replication == 0, run.policy == "p" { try store.store(run, of: stored.id) }
    }
    let second = try await run(experiment, by: "two", into: store)
    #expect(second.replaced == [Replacement(reason: .otherProgram("one"), runs: 1, keptIn: place)])
    let kept = try ResultStore(readingFrom: place)
    #expect(try kept.experiments().map(\.id) == [stored.id])
    #expect(try kept.runs(of: stored.id).count == 6)
    // A part that is kept gives way to more of it.
    let parts = try self.store("parts.sqlite")
    var both = parts
    both.keepsReplaced = true
    for runs in [1, 3] {
      try both.begin(stored, provenance: [("program", "one")])
      _ = try await ExperimentRunner(experiment).collect { run in
        if run.policy == "p", run.replication < runs { try both.store(run, of: stored.id) }
      }
      let again = try await run(experiment, by: "two", into: both)
      let old = try ResultStore(readingFrom: #require(again.replaced.first?.keptIn))
      #expect(try old.runs(of: stored.id).count == runs)
    }
  }

  @Test func aSweepRunsPointsOfAnotherProgramAgain() async throws {
    defer { clean() }
    let store = try store()
    let points = try ["1", "2"].map { seed in
      (["run.seed=\(seed)"], try Self.experiment("run.seed=\(seed)").scenario)
    }
    let runner = SweepRunner(SweepPlan(points))
    _ = try await runner.run(into: store, provenance: [("program", "one")])
    let same = try await runner.run(into: store, provenance: [("program", "one")])
    #expect(same.points.allSatisfy(\.wasKnown) && same.replaced.isEmpty)
    let next = try await runner.run(into: store, provenance: [("program", "two")])
    #expect(next.points.allSatisfy { !$0.wasKnown })
    #expect(Replacement.merged(next.replaced).map(\.runs) == [12])
  }

  /// Runs of different programs are never compared with each other.
  @Test func storedRunsOfTwoProgramsAreTwoComparisons() async throws {
    defer { clean() }
    let store = try store()
    let scenario = try Self.experiment().scenario
    _ = try await run(Experiment(scenario, runningOnly: "p"), by: "one", into: store)
    _ = try await run(Experiment(scenario, runningOnly: "q"), by: "two", into: store)
    let found = try StoredComparison.all(in: store)
    #expect(Set(found.map { $0.summaries.names }) == [["p"], ["q"]])
    let whole = try Experiment(scenario, replications: 1)
    let ofOne = try StoredComparison(of: whole.stored(), in: store, madeBy: "one")
    #expect(ofOne.summaries.names == ["p"] && ofOne.missing == "q, all runs")
    let error = try #require(throws: InputError.self) {
      try StoredComparison(of: whole.stored(), in: store, madeBy: "three")
    }
    #expect(error.description.contains("made by another program"))
    // Of one program they are one comparison, with the baseline in its place.
    _ = try await run(Experiment(scenario, runningOnly: "p"), by: "two", into: store)
    let both = try StoredComparison(of: whole.stored(), in: store, madeBy: "two")
    #expect(both.summaries.names == ["p", "q"] && both.missing == nil)
  }

  /// An experiment on a trace that a program before schema 7 stored: its trace's hash was another, and with it its id.
  @Test func anExperimentUnderATracesOlderHashIsRunAgain() async throws {
    defer { clean() }
    let store = try store()
    try "arrival_s\n0\n1\n2\n".write(
      toFile: "\(folder)/t.csv", atomically: true, encoding: .utf8)
    func experiment() throws -> Experiment {
      let text = QueueScenario.text(rate: 1).replacing(
        "workload: { arrivals: { poisson: { rate: 1.0 query/s } }, queries: 2000 }",
        with: "workload: { trace: \(folder)/t.csv }")
      return try Experiment(Support.scenario(text: text), replications: 2)
    }
    let stored = try experiment().stored()
    #expect(stored.trace != nil)
    var old = stored
    old.id = "old"
    old.content = "old"
    old.trace = nil
    try store.begin(old, provenance: [("program", "other")])
    _ = try await ExperimentRunner(experiment()).collect { try store.store($0, of: "old") }
    try store.finish(old, StoredAnalysis(summaries: []), provenance: [])
    let outcome = try await run(experiment(), by: "this", into: store)
    // Nothing says which trace it was of: it is kept, whatever was asked for.
    let place = try #require(outcome.replaced.first?.keptIn)
    #expect(outcome.replaced == [Replacement(reason: .otherTraceHash, runs: 4, keptIn: place)])
    #expect(try ResultStore(readingFrom: place).runs(of: "old").count == 4)
    #expect(try store.experiments().map(\.id) == [stored.id])
    // Another trace under the same name is another experiment, beside it, and told apart.
    try "arrival_s\n0\n1\n5\n".write(
      toFile: "\(folder)/t.csv", atomically: true, encoding: .utf8)
    let edited = try await run(experiment(), by: "this", into: store)
    #expect(edited.replaced.isEmpty)
    #expect(Set(try store.experiments().map(\.comparisonHash)).count == 2)
  }
}

extension [StoredSummary] {
  /// Of their policies, in order.
  fileprivate var names: [String] {
    reduce(into: []) { if !$0.contains($1.policy) { $0.append($1.policy) } }
  }
}
