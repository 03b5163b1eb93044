import EventEngine
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
  for round in 0..<(isQuick ? 3 : 9) {
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
  let (count, reference) = (Double(queries), fastest(times.reference))
  tell(
    Row(
      what: "M/M/8, C++ loop on std::priority_queue", figure: 2 * count / reference,
      unit: "events/s"))
  tell(
    Row(
      what: "M/M/8, EventEngine", figure: 2 * count / fastest(times.engine), unit: "events/s",
      reference: "C++", ratio: reference / fastest(times.engine), target: 1))
  let whole = fastest(times.cluster)
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
  var decisions = 0.0
  var (times, references): ([Double], [Double]) = ([], [])
  for round in 0..<(isQuick ? 3 : 5) {
    references.append(mmc_reference(200_000, 8, 0.8, UInt64(round)).seconds / 400_000)
    times.append(
      seconds {
        let run = experiment.simulate(policy: 0, replication: 0)
        // Each query is looked at after every step of its schedule but the last.
        decisions = run.records.reduce(0) {
          $0 + Double(max(Int($1.evaluations) - 1, 0) * $1.parts)
        }
      })
  }
  let rate = decisions / fastest(times)
  tell(
    Row(
      what: "full model, 64 GPUs, entropy at every step", figure: rate, unit: "decisions/s",
      target: 5e6))
  // The targets are of a machine on which the C++ loop handles 21.8 million events a second.
  tell(
    Row(
      what: "full model, against the C++ loop's events", figure: rate, unit: "decisions/s",
      reference: "C++", ratio: rate * fastest(references), target: 5 / 21.8))
  tell(
    Row(
      what: "full model, queries", figure: Double(queries) / fastest(times), unit: "queries/s"))
}

// MARK: SQLite

@MainActor func sqlite() async throws {
  let queries = isQuick ? 100_000 : 1_000_000
  let experiment = try experiment("mm8.yaml", set: ["workload.queries=\(queries)"])
  let path = "\(scratch)/rows.sqlite"
  let runner = ExperimentRunner(experiment, jobs: 1, keepsQueries: true)
  func run(into store: ResultStore?) async throws -> Double {
    let start = ContinuousClock.now
    _ = try await runner.run(into: store)
    return (ContinuousClock.now - start) / .seconds(1)
  }
  func shell(_ command: String) throws -> Double {
    try child(["/bin/sh", "-c", "cd \(scratch) && \(command)"]).seconds
  }
  var (storing, importing): ([Double], [Double]) = ([], [])
  for _ in 0..<3 {
    for file in ["rows.sqlite", "bare.sqlite"] { removeDatabase("\(scratch)/\(file)") }
    let without = try await run(into: nil)
    storing.append(try await run(into: try ResultStore(creatingAt: path)) - without)
    _ = try shell("sqlite3 -csv rows.sqlite 'SELECT * FROM query' > rows.csv")
    _ = try shell("sqlite3 rows.sqlite '.schema query' > schema.sql")
    importing.append(
      try shell("sqlite3 bare.sqlite '.read schema.sql' '.mode csv' '.import rows.csv query'"))
  }
  let (ours, theirs) = (median(storing), median(importing))
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
    ])
  let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  let spent = try child([program, "trace", "inspect", path]).seconds
  tell(Row(what: "trace, rows", figure: Double(rows) / spent, unit: "rows/s"))
  tell(Row(what: "trace, bytes", figure: Double(bytes) / 1e6 / spent, unit: "MB/s"))
}

// MARK: Growth

/// Runs M/M/8 with more and more queries; `options` of `qosdiff run` for each number.
@MainActor func growth(
  _ how: String, _ exponents: ClosedRange<Int>, _ options: (Int) throws -> [String]
) throws {
  var last: Double?
  for exponent in exponents {
    let queries = Int(pow(10, Double(exponent)))
    let database = "\(scratch)/growth.sqlite"
    let options = try options(queries)
    let runs = try (0..<(exponent < 7 ? 3 : 2)).map { _ in
      defer { removeDatabase(database) }
      return try child(
        [program, "run", "\(root)/Tests/Benchmarks/mm8.yaml", "--db", database] + options)
    }
    let spent = fastest(runs.map(\.seconds))
    tell(
      Row(
        what: "\(queries) queries, \(how)", figure: spent, unit: "s",
        reference: last == nil ? "" : "linear", ratio: last.map { spent / $0 / 10 },
        target: last == nil ? nil : 1.1, isLimit: true))
    tell(
      Row(
        what: "\(queries) queries, \(how): peak memory",
        figure: runs.map(\.megabytes).max() ?? 0, unit: "MB", target: 300, isLimit: true))
    last = spent
  }
}

@MainActor func growth() throws {
  let exponents = 5...(isQuick ? 6 : 7)
  try growth("no rows stored", exponents) {
    ["--set", "workload.queries=\($0)", "--no-queries"]
  }
  let trace = "\(scratch)/growth.csv"
  try growth("from a trace, rows stored", exponents) { queries in
    try writeTrace(queries, to: trace)
    return ["--set", "workload={ trace: \(trace) }"]
  }
  try? FileManager.default.removeItem(atPath: trace)
}

/// A trace of Poisson arrivals at 6.4 queries a second.
@MainActor func writeTrace(_ rows: Int, to path: String) throws {
  guard FileManager.default.createFile(atPath: path, contents: nil),
    let file = FileHandle(forWritingAtPath: path)
  else { throw Failure(what: path) }
  var random = RandomStream(seed: 1, stream: RandomStreamID(rawValue: 4))
  let gap = Distribution.exponential(mean: 1 / 6.4)
  var microseconds = 0.0
  var text = "arrival_s\n"
  for row in 1...rows {
    microseconds += (gap.sample(using: &random) * 1e6).rounded()
    let (whole, rest) = Int(microseconds).quotientAndRemainder(dividingBy: 1_000_000)
    text += "\(whole).\(String(1_000_000 + rest).dropFirst())\n"
    if row % 10_000 == 0 || row == rows {
      try file.write(contentsOf: Data(text.utf8))
      text = ""
    }
  }
  try file.close()
}

// MARK: Start

@MainActor func start() throws {
  let times = try (0..<11).map { _ in
    // A new database each time: an experiment that is stored already would not be stored again.
    removeDatabase("\(scratch)/start.sqlite")
    return try child(
      [
        program, "run", "\(root)/Tests/Benchmarks/mm8.yaml", "--set", "workload.queries=10",
        "--db", "\(scratch)/start.sqlite", "--quiet",
      ]
    ).seconds
  }
  tell(
    Row(
      what: "start-up of `qosdiff run`, a tiny scenario", figure: 1000 * median(times), unit: "ms",
      target: 50, isLimit: true))
}

if wants("growth") { try growth() }
if wants("start") { try start() }
if wants("mmc") { try mmc() }
if wants("hold") { hold() }
if wants("full") { try full() }
if wants("sqlite") { try await sqlite() }
if wants("trace") { try trace() }

let verdicts = rows.compactMap(\.verdict)
print("\(verdicts.count { $0 == "met" }) of \(verdicts.count) targets met")

if let jsonPath {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  try encoder.encode(rows).write(to: URL(fileURLWithPath: jsonPath))
}
