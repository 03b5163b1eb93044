import Experiments
import Foundation
import MMcReference
import Results
import Scenarios

// What the simulator reaches, each figure beside something measured in turn in the same run: see README.md here.
// simulation [--quick] [--json FILE] [PART...], from the package's root folder.

let arguments = Array(CommandLine.arguments.dropFirst())
let isQuick = arguments.contains("--quick")
let jsonPath = arguments.firstIndex(of: "--json").map { arguments[$0 + 1] }
let parts = arguments.filter { !$0.hasPrefix("--") && $0 != jsonPath }
let root = FileManager.default.currentDirectoryPath
let program = "\(root)/.build/release/qosdiff"
let scratch = FileManager.default.temporaryDirectory.appending(path: "qosdiff-bench").path
try? FileManager.default.removeItem(atPath: scratch)
try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
var rows: [Row] = []

@MainActor func tell(_ row: Row) {
  rows.append(row)
  print(row.line)
}

@MainActor func wants(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }

@MainActor func experiment(_ scenario: String, set overrides: [String] = []) throws -> Experiment {
  try Experiment(
    ScenarioReader().read(path: "\(root)/Tests/Benchmarks/\(scenario)", overrides: overrides))
}

// MARK: M/M/8: the engine alone and the whole cluster, beside the C++ loop

@MainActor func mmc() throws {
  let queries = isQuick ? 200_000 : 1_000_000
  let engine = MMcEngine(queries: queries, servers: 8, rho: 0.8, seed: 1)
  let cluster = try experiment("mm8.yaml", set: ["workload.queries=\(queries)"])
  var times: (engine: [Double], cluster: [Double], reference: [Double]) = ([], [], [])
  for round in 0..<(isQuick ? 3 : 5) {
    let reference = mmc_reference(UInt32(queries), 8, 0.8, UInt64(round))
    times.reference.append(reference.seconds)
    var told = (events: 0, meanWait: 0.0)
    times.engine.append(seconds { told = engine.run() })
    times.cluster.append(
      seconds {
        let run = cluster.simulate(policy: 0, replication: 0)
        precondition(run.usage.completed == queries)
      })
    // The same queue: theory says 0.286.
    precondition(told.events == 2 * queries && abs(told.meanWait - 0.286) < 0.05)
    precondition(abs(reference.mean_wait - 0.286) < 0.05)
  }
  let (count, reference) = (Double(queries), median(times.reference))
  tell(
    Row(
      what: "M/M/8, C++ loop on std::priority_queue", figure: 2 * count / reference,
      unit: "events/s"))
  tell(
    Row(
      what: "M/M/8, EventEngine", figure: 2 * count / median(times.engine), unit: "events/s",
      reference: "C++", ratio: reference / median(times.engine), target: 1))
  let whole = median(times.cluster)
  tell(
    Row(
      what: "M/M/8, whole cluster, records kept", figure: count / whole, unit: "queries/s",
      target: 1e6))
  tell(
    Row(
      what: "M/M/8, whole cluster, against the C++ loop", figure: count / whole,
      unit: "queries/s", reference: "C++", ratio: reference / whole, target: 0.1))
}

// MARK: The queue alone

@MainActor func hold() {
  for exponent in 1...(isQuick ? 5 : 7) {
    let pending = Int(pow(10, Double(exponent)))
    let model = HoldModel(pending: pending, holds: isQuick ? 300_000 : 2_000_000)
    let runs = (0..<3).map { _ in model.run() }
    let (queue, heap) = (median(runs.map(\.queue)), median(runs.map(\.heap)))
    tell(
      Row(
        what: "hold, \(pending) pending", figure: Double(model.holds) / queue, unit: "holds/s",
        reference: "swift-collections Heap", ratio: heap / queue))
  }
}

// MARK: The full model

@MainActor func full() throws {
  let queries = isQuick ? 40_000 : 1_000_000
  let experiment = try experiment("full.yaml", set: ["workload.queries=\(queries)"])
  var decisions = 0
  let spent = seconds {
    let run = experiment.simulate(policy: 0, replication: 0)
    // Each query is looked at after every step of its schedule but the last.
    decisions = run.records.reduce(0) { $0 + max(Int($1.evaluations) - 1, 0) * $1.parts }
  }
  tell(
    Row(
      what: "full model, 64 GPUs, entropy at every step", figure: Double(decisions) / spent,
      unit: "decisions/s", target: 5e6))
  tell(
    Row(what: "full model, queries", figure: Double(queries) / spent, unit: "queries/s"))
}

// MARK: SQLite

@MainActor func sqlite() async throws {
  let queries = isQuick ? 100_000 : 1_000_000
  let experiment = try experiment("mm8.yaml", set: ["workload.queries=\(queries)"])
  let path = "\(scratch)/rows.sqlite"
  var without = 0.0
  var with = 0.0
  let runner = ExperimentRunner(experiment, jobs: 1, keepsQueries: true)
  let start = ContinuousClock.now
  _ = try await runner.run(into: nil)
  without = (ContinuousClock.now - start) / .seconds(1)
  let store = try ResultStore(creatingAt: path)
  let again = ContinuousClock.now
  _ = try await runner.run(into: store)
  with = (ContinuousClock.now - again) / .seconds(1)
  let ours = with - without
  func shell(_ command: String) throws -> Double {
    try child(["/bin/sh", "-c", command], in: scratch).seconds
  }
  _ = try shell("sqlite3 -csv rows.sqlite 'SELECT * FROM query' > rows.csv")
  _ = try shell("sqlite3 rows.sqlite '.schema query' > schema.sql")
  let theirs = try shell(
    "rm -f bare.sqlite; sqlite3 bare.sqlite '.read schema.sql' '.mode csv' '.import rows.csv query'"
  )
  tell(
    Row(
      what: "SQLite, per-query rows", figure: Double(queries) / ours, unit: "rows/s",
      reference: "sqlite3 .import", ratio: theirs / ours, target: 1))
}

// MARK: Traces

@MainActor func trace() throws {
  let rows = isQuick ? 100_000 : 2_000_000
  let path = "\(scratch)/trace.csv"
  _ = try child(
    [
      program, "trace", "generate", "--process", "poisson", "--rate", "100 query/s", "--count",
      "\(rows)", "--out", path,
    ], in: scratch)
  let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  let spent = try child([program, "trace", "inspect", path], in: scratch).seconds
  tell(Row(what: "trace, rows", figure: Double(rows) / spent, unit: "rows/s"))
  tell(Row(what: "trace, bytes", figure: Double(bytes) / 1e6 / spent, unit: "MB/s"))
}

// MARK: Growth

@MainActor func growth() throws {
  var times: [Double] = []
  for exponent in 5...(isQuick ? 6 : 7) {
    let queries = Int(pow(10, Double(exponent)))
    let run = try child(
      [
        program, "run", "\(root)/Tests/Benchmarks/mm8.yaml", "--set",
        "workload.queries=\(queries)", "--no-queries", "--db", "\(scratch)/growth.sqlite",
      ], in: scratch)
    times.append(run.seconds)
    tell(
      Row(
        what: "\(queries) queries, `qosdiff run --no-queries`", figure: run.seconds, unit: "s",
        reference: "linear",
        ratio: times.count > 1 ? run.seconds / times[times.count - 2] / 10 : nil,
        target: times.count > 1 ? 1.1 : nil, isLimit: true))
    tell(
      Row(
        what: "\(queries) queries, peak memory", figure: run.megabytes, unit: "MB", target: 300,
        isLimit: true))
  }
}

// MARK: Start

@MainActor func start() throws {
  let times = try (0..<11).map { _ in
    try child(
      [
        program, "run", "\(root)/Tests/Benchmarks/mm8.yaml", "--set", "workload.queries=10",
        "--db", "\(scratch)/start.sqlite", "--quiet",
      ], in: scratch
    ).seconds
  }
  tell(
    Row(
      what: "start-up of `qosdiff run`, a tiny scenario", figure: 1000 * median(times), unit: "ms",
      target: 50, isLimit: true))
}

// Growth first: the peak memory is the largest of all programs run so far.
if wants("growth") { try growth() }
if wants("start") { try start() }
if wants("mmc") { try mmc() }
if wants("hold") { hold() }
if wants("full") { try full() }
if wants("sqlite") { try await sqlite() }
if wants("trace") { try trace() }

if let jsonPath {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  try encoder.encode(rows).write(to: URL(fileURLWithPath: jsonPath))
}
