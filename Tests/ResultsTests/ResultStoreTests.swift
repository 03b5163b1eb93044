@testable import Cluster
import Diagnostics
import EventEngine
import Foundation
import GRDB
@testable import Results
import Testing
import Workload

/// What is stored comes back; what is not ours is left alone.
@Suite struct ResultStoreTests {
  private func temporary() -> String {
    NSTemporaryDirectory() + "/" + UUID().uuidString + ".sqlite"
  }

  private func experiment(_ id: String = "e") -> StoredExperiment {
    StoredExperiment(
      id: id, content: "c", name: "n, \"quoted\"", scenario: "name: n\n",
      settings: [Setting("a.b=1")],
      seed: .max,
      replications: 2, baseline: "p", version: "0", loadFactor: 2.5, offeredLoad: nil,
      notes: [.beyondCapacity, .neverEnded(queries: 2)],
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

  @Test func oneFileMayBeMadeByManyAtATime() async throws {
    for _ in 0..<20 {
      let path = temporary()
      defer {
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
      }
      let experiment = experiment()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try ResultStore(creatingAt: path).begin(experiment, provenance: [("host", "h")])
          }
        }
        try await group.waitForAll()
      }
    }
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

  /// Each value in its column: no two of a row are alike.
  @Test func everyColumnOfAQueryHoldsItsValue() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var full = run(0)
    let query = Query(
      id: QueryID(rawValue: 0), arrival: SimulationTime(nanoseconds: 101),
      slo: SimulationDuration(nanoseconds: 404), model: ModelID(rawValue: 1),
      size: ImageSize(height: 512, width: 768), images: 4, steps: 30, serviceClass: 1,
      sourceRow: 9)
    var bare = query
    bare.id = QueryID(rawValue: 1)
    bare.sourceRow = 0
    bare.serviceClass = 7
    full.records = SpillingArray([
      QueryRecord(
        query: query, outcome: .completed, start: SimulationTime(nanoseconds: 202),
        end: SimulationTime(nanoseconds: 303), evaluations: 21.5, parts: 2, firstStep: 5,
        finish: .jump, latentError: 0.125, worker: WorkerID(rawValue: 3)),
      QueryRecord(
        query: bare, outcome: .dropped(.queueFull), start: nil,
        end: SimulationTime(nanoseconds: 303), evaluations: 0, parts: 1, firstStep: 0,
        finish: .none, worker: nil),
    ])
    var journey = QueryJourney(
      query: query.id, times: StateTimes(), model: ModelID(rawValue: 0),
      workers: SIMD4(11, 12, -1, 13), evaluationsLost: 1.5, resubmissions: 14,
      batchImagesMean: 2.25, batchImagesMaximum: 15)
    for state in QueryState.allCases {
      journey.times[state] = SimulationDuration(nanoseconds: Int64(1001 + state.rawValue))
    }
    // In order of ending, as records are; of the second nothing is known.
    full.journeys = SpillingArray([journey])
    full.usage.workerEvents = [
      WorkerEvent(
        time: SimulationTime(nanoseconds: 77), worker: WorkerID(rawValue: 2), kind: .draining)
    ]
    full.models = ["m", "n"]
    full.classes = ["silver", "gold"]
    let store = try ResultStore(creatingAt: path)
    try store.begin(experiment(), provenance: [])
    try store.store(full, of: "e")
    let rows = try store.queue.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM query ORDER BY id").map { row in
        row.map { name, value in "\(name)=\(value.storage.value ?? "nil")" }.dropFirst()
      }
    }
    #expect(
      rows[0] == [
        "id=0", "arrival_ns=101", "start_ns=202", "end_ns=303", "deadline_ns=505",
        "outcome=completed", "model=n", "height=512", "width=768", "images=4", "steps=30",
        "evaluations=21.5", "parts=2", "class=gold", "worker=3", "source_row=9", "first_step=5",
        "finish=jump", "latent_error=0.125", "model_made=m", "encode_worker=11",
        "denoise_worker=12", "decode_worker=nil", "post_process_worker=13",
        "evaluations_lost=1.5", "resubmissions=14", "batch_images_mean=2.25",
        "batch_images_max=15", "waiting_ns=1001", "displaced_ns=1002", "loading_ns=1003",
        "encode_ns=1004", "denoise_ns=1005", "decode_ns=1006", "post_process_ns=1007",
        "hand_off_ns=1008", "batch_wait_ns=1009", "core_wait_ns=1010", "blocked_ns=1011",
      ])
    let event = try store.queue.read { db in
      try Row.fetchOne(db, sql: "SELECT position, time_ns, worker, event FROM worker_event")
    }
    #expect(
      event.map { Array($0.databaseValues.map(\.description)) } == ["0", "77", "2", "\"draining\""])
    let unknown = QueryState.allCases.map { "\($0.name)_ns=nil" }
    #expect(
      Array(rows[1]) == [
        "id=1", "arrival_ns=101", "start_ns=nil", "end_ns=303", "deadline_ns=505",
        "outcome=dropped: queue-full", "model=n", "height=512", "width=768", "images=4",
        "steps=30", "evaluations=0.0", "parts=1", "class=nil", "worker=nil", "source_row=nil",
        "first_step=0", "finish=none", "latent_error=nil", "model_made=nil",
        "encode_worker=nil", "denoise_worker=nil", "decode_worker=nil",
        "post_process_worker=nil", "evaluations_lost=nil", "resubmissions=nil",
        "batch_images_mean=nil", "batch_images_max=nil",
      ] + unknown)
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
