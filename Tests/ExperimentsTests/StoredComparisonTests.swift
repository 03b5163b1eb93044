@testable import Analysis
import Diagnostics
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// Comparisons of what a database holds already.
@Suite struct StoredComparisonTests {
  private let path = NSTemporaryDirectory() + "/stored-" + UUID().uuidString + ".sqlite"

  private func experiment(_ policies: [String], _ overrides: String...) throws -> Experiment {
    let text = QueueScenario.text(rate: 30, queries: 400, run: "seed: 2, replications: 3")
    return try Experiment(Support.scenario(text: text, overrides), policies: policies)
  }

  private func store(_ experiments: Experiment...) async throws -> ResultStore {
    let store = try ResultStore(creatingAt: path)
    for experiment in experiments {
      _ = try await ExperimentRunner(experiment, keepsQueries: false).run(into: store)
    }
    return store
  }

  @Test func runsOfSeveralExperimentsAreComparedAsIfTheyWereOne() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let both = try experiment(["p", "q"])
    let store = try await store(experiment(["p"]), both)
    let expected = try await ExperimentRunner(both).run(into: nil).summaries
    let comparison = try StoredComparison(of: both.stored(), in: store, madeBy: nil)
    #expect(comparison.summaries == expected)
    #expect(comparison.missing == nil && comparison.experiment.replications == 3)
    let all = try StoredComparison.all(in: store)
    #expect(all.count == 1 && all[0].summaries == expected)
    // The other way round: ratios to q.
    let turned = try StoredComparison.all(in: store, baseline: "q")[0]
    #expect(turned.summaries.first?.policy == "q" && turned.experiment.baseline == "q")
  }

  @Test func whatIsMissingIsSaidAndTheRestCompared() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try await store(
      experiment(["p"], "run.replications=5"), experiment(["p", "q"], "run.replications=2"))
    let wanted = try experiment(["p", "q"], "run.replications=6")
    let comparison = try StoredComparison(of: wanted.stored(), in: store, madeBy: nil)
    #expect(comparison.missing == "p, replications 5; q, replications 2-5")
    #expect(try StoredComparison.all(in: store)[0].missing == "q, replications 2-4")
    #expect(comparison.experiment.replications == 2)
    let two = try await ExperimentRunner(experiment(["p", "q"], "run.replications=2")).run(
      into: nil)
    #expect(comparison.summaries == two.summaries)
    #expect(comparison.experiment.notes.last == .storedRuns(replications: "0-1"))
    #expect(try StoredComparison.all(in: store, policies: ["p"])[0].missing == nil)
    #expect(
      try StoredComparison.all(in: store, policies: ["q", "z"])[0].missing?
        .hasSuffix("; z, all runs") ?? false)
    #expect(throws: InputError.self) { try StoredComparison.all(in: store, policies: ["z"]) }
  }

  @Test func runsOfAnInterruptedExperimentCount() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let experiment = try experiment(["p", "q"])
    let store = try ResultStore(creatingAt: path)
    let stored = experiment.stored(keepsQueries: false)
    #expect(stored.policies == ["p", "q"])
    try store.begin(stored, provenance: [])
    _ = try await ExperimentRunner(experiment, keepsQueries: false).collect { run in
      if run.policy == "p" { try store.store(run, of: stored.id) }
    }
    #expect(try store.experiments().isEmpty)
    // A policy without any run is missing too.
    let half = try StoredComparison.all(in: store)[0]
    #expect(half.missing == "q, all runs" && half.experiment.replications == 3)
    _ = try await ExperimentRunner(experiment, keepsQueries: false).collect { run in
      if run.policy == "q", run.replication == 1 { try store.store(run, of: stored.id) }
    }
    let comparison = try StoredComparison.all(in: store)[0]
    #expect(comparison.missing == "q, replications 0, 2")
    #expect(comparison.experiment.replications == 1)
  }

  @Test func aFinishedExperimentIsNotUndoneByAnInterruption() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let experiment = try experiment(["p", "q"])
    let store = try await store(experiment)
    // Somebody who watches the first run has all of them repeated.
    let again = Task {
      try await ExperimentRunner(
        experiment, keepsQueries: false, companion: RunRecorder(keepsSeries: false)
      ).run(
        into: store,
        progress: { done, _ in if done == 2 { withUnsafeCurrentTask { $0?.cancel() } } })
    }
    await #expect(throws: CancellationError.self) { _ = try await again.value }
    let id = experiment.stored(keepsQueries: false).id
    #expect(try store.experiments().map(\.id) == [id])
    #expect(try store.runs(of: id).count == 6)
  }

  @Test func anotherSeedLoadOrTraceIsNotTheSame() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try await store(experiment(["p"]))
    for override in ["run.seed=3", "workload.queries=401", "query.slo.time=1 s"] {
      let error = try #require(throws: InputError.self) {
        try StoredComparison(of: experiment(["p"], override).stored(), in: store, madeBy: nil)
      }
      #expect(error.exitCode == 66)
    }
    let error = try #require(throws: InputError.self) {
      try StoredComparison.all(in: store, baseline: "q")
    }
    #expect(error.description.contains("there is no run of the baseline 'q' of 'queue'"))
  }
}
