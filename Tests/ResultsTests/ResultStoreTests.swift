@testable import Cluster
import Diagnostics
import EventEngine
import Foundation
import Results
import Testing
import Workload

/// What is stored comes back; what is not ours is left alone.
@Suite struct ResultStoreTests {
  private func temporary() -> String {
    NSTemporaryDirectory() + "/" + UUID().uuidString + ".sqlite"
  }

  private func experiment(_ id: String = "e") -> StoredExperiment {
    StoredExperiment(
      id: id, content: "c", name: "n, \"quoted\"", scenario: "name: n\n", overrides: ["a.b=1"],
      seed: .max,
      replications: 2, baseline: "p", version: "0", loadFactor: 2.5, offeredLoad: nil,
      notes: ["one", "two"],
      profiles: [
        StoredProfile(
          hash: "h", name: "prof", provenance: "published", device: "d", source: "s", use: "u",
          text: "{}")
      ])
  }

  private func run(_ replication: Int) -> CompletedRun {
    var metrics = MetricValues()
    metrics[.violationRatio] = 0.25
    var usage = RunUsage()
    (usage.offered, usage.completed, usage.dropped) = (2, 1, 1)
    let query = { (id: Int32) in
      Query(
        id: QueryID(rawValue: id), arrival: SimulationTime(nanoseconds: Int64(id) + 1),
        slo: SimulationDuration(seconds: 1), model: ModelID(rawValue: 0),
        size: ImageSize(height: 512, width: 768), images: 4, steps: 30, sourceRow: 9)
    }
    let records = SpillingArray([
      QueryRecord(
        query: query(1), outcome: .dropped(.refused), start: nil,
        end: SimulationTime(nanoseconds: 5), evaluations: 0, parts: 1,
        firstStep: 0, finish: .none, worker: nil),
      QueryRecord(
        query: query(0), outcome: .completed, start: SimulationTime(nanoseconds: 2),
        end: SimulationTime(nanoseconds: 7), evaluations: 30, parts: 2,
        firstStep: 0, finish: .none, worker: WorkerID(rawValue: 3)),
    ])
    return CompletedRun(
      policy: "p", policyIndex: 0, replication: replication, seed: 5, bottleneck: "b",
      metrics: metrics, classMetrics: [(name: "gold", metrics: metrics)], records: records,
      usage: usage, models: ["m"], classes: [])
  }

  @Test func whatIsStoredComesBack() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try ResultStore(creatingAt: path)
    try store.begin(experiment(), provenance: [("host", "h")])
    try store.store(run(0), of: "e")
    try store.store(run(1), of: "e")
    #expect(try store.experiments().isEmpty, "an unfinished experiment is not read as finished")
    let summary = StoredSummary(
      policy: "p", policyIndex: 0, metric: .violationRatio, replications: 2, mean: 0.25,
      interval: 0.2...0.3, note: nil)
    try store.finish(experiment(), StoredAnalysis(summaries: [summary]), provenance: [])
    let reader = try ResultStore(readingFrom: path)
    #expect(try reader.experiments() == [experiment()])
    #expect(try reader.summaries(of: "e") == [summary])
    let runs = try reader.runs(of: "e")
    #expect(runs.map(\.replication) == [0, 1])
    #expect(runs[0].metrics.map(\.className) == ["", "gold"])
    #expect(runs[0].metrics[0].values[.violationRatio] == 0.25)
    #expect(runs[0].metrics[0].values[.latencyP99] == nil)
    let queries = try reader.table(.query, experiments: ["e"]).rows
      .filter { $0["replication"] == .integer(0) }
    #expect(queries.map { $0["query"] } == [.integer(0), .integer(1)])
    #expect(queries[0]["start_s"] == .number(2e-9) && queries[0]["latency_s"] == .number(6e-9))
    #expect(queries[0]["on_time"] == .integer(1) && queries[0]["worker"] == .integer(3))
    #expect(queries[1]["start_s"] == .none && queries[1]["outcome"] == .text("dropped: refused"))
    #expect(queries[1]["worker"] == .none && queries[1]["on_time"] == .integer(0))
  }

  @Test func theSameExperimentReplacesItself() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try ResultStore(creatingAt: path)
    for _ in 0..<2 {
      try store.begin(experiment(), provenance: [])
      try store.store(run(0), of: "e")
      try store.finish(experiment(), StoredAnalysis(summaries: []), provenance: [])
    }
    #expect(try store.runs(of: "e").count == 1)
    try store.begin(experiment("f"), provenance: [])
    try store.store(run(0), of: "f")
    #expect(try store.runs(of: "e").count == 1)
    #expect(try store.runs(of: "f").count == 1)
  }

  @Test func aRunIsStoredWholeOrNotAtAll() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try ResultStore(creatingAt: path)
    try store.begin(experiment(), provenance: [])
    var bad = run(0)
    let first = try #require(bad.records.first { _ in true })
    bad.records.append(first)
    #expect(throws: InputError.self) { try store.store(bad, of: "e") }
    #expect(try store.runs(of: "e").isEmpty)
    try store.store(run(0), of: "e")
    #expect(try store.runs(of: "e").count == 1)
  }

  @Test func whatIsNoDatabaseIsLeftAlone() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "notes".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: InputError.self) { try ResultStore(creatingAt: path) }
    #expect(throws: InputError.self) { try ResultStore(readingFrom: path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "notes")
    let missing = try #require(throws: InputError.self) {
      try ResultStore(readingFrom: "/nowhere.sqlite")
    }
    #expect(missing.exitCode == 66)
  }
}
