import Foundation
import Testing

/// Sweeps: every point once, the same tables whatever the jobs and however often interrupted.
@Suite(.needsProgram) struct SweepCommandTests {
  static let axes = [
    "--axis", "workload.load=0.4,0.7,0.9", "--axis", "policies.new.steps.slack.min=5,10",
  ]

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try GridCommandTests.scenario.write(
      toFile: scratch.path + "/s.yaml", atomically: true, encoding: .utf8)
    return scratch
  }

  private func sweep(_ scratch: Scratch, _ arguments: String...) throws -> Program.Output {
    try Program.release(arguments: ["sweep", "s.yaml"] + arguments, in: scratch.path)
  }

  /// All tables but `provenance`, each in the order of its key.
  private func tables(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "sqlite3", path, "select * from experiment order by id", "select * from run order by id",
      "select * from run_metric order by run_id, class, metric",
      "select * from summary order by experiment_id, policy_index, metric",
      "select * from worker order by run_id, id", "select * from cpu_pool order by run_id, id",
    ]
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  @Test func jobsAndInterruptionsLeaveTheSameTables() throws {
    let scratch = try scratch()
    let one = try Program.release(
      arguments: ["sweep", "s.yaml", "--jobs", "1", "--db", "1.sqlite"] + Self.axes,
      in: scratch.path)
    #expect(one.status == 0)
    let two = try Program.release(
      arguments: ["sweep", "s.yaml", "--jobs", "2", "--db", "2.sqlite"] + Self.axes,
      in: scratch.path)
    #expect(one.out == two.out)
    let expected = try tables(scratch.path + "/1.sqlite")
    #expect(expected.count > 10_000)
    #expect(try expected == tables(scratch.path + "/2.sqlite"))
    // A third of the points first, as an interruption would leave it, then all.
    _ = try sweep(
      scratch, "--db", "3.sqlite", "--axis", "workload.load=0.7", "--axis",
      "policies.new.steps.slack.min=5,10")
    let rest = try Program.release(
      arguments: ["sweep", "s.yaml", "--db", "3.sqlite"] + Self.axes, in: scratch.path)
    #expect(rest.error.contains("6 points, 2 of them there already"))
    #expect(rest.out == one.out)
    #expect(try expected == tables(scratch.path + "/3.sqlite"))
  }

  @Test func aListNamesItsPoints() throws {
    let scratch = try scratch()
    try "workload.load,query.slo\r\n0.4,{ scale: 2 }\r\n0.7, \"{ scale: 5 }\"\r\n".write(
      toFile: scratch.path + "/points.csv", atomically: true, encoding: .utf8)
    let result = try sweep(scratch, "--list", "points.csv", "--db", "r.sqlite", "--out", "out")
    #expect(result.status == 0)
    #expect(
      result.out.contains("\n\nworkload.load=0.7, query.slo={ scale: 5 }: seed 5, 4 replications\n")
    )
    let rows = try String(contentsOfFile: scratch.path + "/out/summary.csv", encoding: .utf8)
    // The axes are columns.
    #expect(
      rows.hasPrefix("experiment,experiment_id,")
        && rows.contains(",note,note_code,workload.load,query.slo\n"))
    #expect(rows.contains(",0.7,{ scale: 5 }\n"))
    #expect(
      Set(rows.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[1] }).count == 2)
  }

  @Test func aSweepOfPrecisionGoesOnAndMayBeResumed() throws {
    let scratch = try scratch()
    let arguments = [
      "sweep", "s.yaml", "--db", "r.sqlite", "--precision", "10%", "--most-replications", "8",
      "--axis", "workload.load=0.4,0.6",
    ]
    #expect(
      try Program.release(arguments: arguments + ["--resume"], in: scratch.path).error.contains(
        "r.sqlite: error: there is no sweep to go on with; "))
    let first = try Program.release(arguments: arguments, in: scratch.path)
    #expect(first.status == 0)
    let counts = try scratch.sqlite(
      "r.sqlite", "select min(replications), max(replications) from experiment")
    #expect(counts == "8|8\n", "more than the scenario's 4")
    let again = try Program.release(arguments: arguments + ["--resume"], in: scratch.path)
    #expect(again.error.contains("2 points, 2 of them there already") && again.out == first.out)
  }

  @Test func twoSweepsIntoOneDatabaseAtATimeBothFinish() async throws {
    let scratch = try scratch()
    let arguments = [
      "sweep", "s.yaml", "--db", "r.sqlite", "--axis",
      "workload.load=0.30,0.35,0.40,0.45,0.50,0.55,0.60,0.65",
    ]
    let folder = scratch.path
    async let first = Task.detached {
      try Program.release(arguments: arguments, in: folder)
    }.value
    async let second = Task.detached {
      try Program.release(arguments: arguments, in: folder)
    }.value
    for result in try await [first, second] {
      #expect(result.status == 0, "\(result.error)")
      #expect(result.error.contains("8 points"))
    }
    let counts = try scratch.sqlite(
      "r.sqlite", "select (select count(*) from experiment where is_complete), count(*) from run")
    #expect(counts == "8|64\n")
  }

  @Test func aBadPointIsNamedAndTheOthersAreRun() throws {
    let scratch = try scratch()
    let result = try sweep(scratch, "--db", "r.sqlite", "--axis", "run.warmup=0 s,99999 s,1 s")
    #expect(result.status == 65)
    let lines = result.error.split(separator: "\n").filter { !$0.hasPrefix("Note: ") }
    #expect(lines.count == 2 && lines[0].hasPrefix("Database: r.sqlite. 2 points"))
    #expect(
      lines.last?.hasPrefix("--axis run.warmup=99999 s: error: run.warmup leaves no query to count")
        ?? false)
    #expect(result.out.contains("run.warmup=1 s: "))
    try scratch.write("\u{FEFF}workload.load\n0.5\nabc\n", to: "points.csv")
    let list = try sweep(scratch, "--list", "points.csv", "--db", "l.sqlite")
    #expect(
      list.status == 65 && list.error.hasPrefix("points.csv:3:1: error: workload.load cannot be"))
  }

  @Test func tablesFit100Columns() throws {
    let scratch = try scratch()
    let result = try sweep(scratch, "--db", "r.sqlite", "--axis", "workload.load=0.5,1.5")
    #expect(result.out.contains("\nworkload.load=1.5: seed 5, 4 replications\n"))
    #expect(result.out.contains("unsteady"))
    for line in result.out.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test(arguments: [
    (
      ["--axis", "workload.lod=1"], Int32(65), "--axis workload.lod=1: error: unknown key 'lod' in "
    ),
    (
      ["--axis", "workload.load="], 64,
      "--axis workload.load=: error: the axis has an empty value; "
    ),
    (["--axis", "workload.load"], 64, "--axis workload.load: error: this is no PATH=V1,V2,...; "),
    (["--list", "none.csv"], 66, "none.csv: error: the list of points cannot be read"),
    (["--list", "s.yaml"], 65, "s.yaml:1:1: error: 'name: grid' is no path "),
    (
      [
        "--axis", "run.seed=" + (1...40).map(String.init).joined(separator: ","), "--axis",
        "workload.queries=" + (1...40).map(String.init).joined(separator: ","),
      ], 64,
      "error: the grid has 1600 points, more than 1000; add --yes to run them all"
    ),
    (
      ["--axis", "run.seed=1,2", "--seed", "5"], 64,
      "--axis run.seed: error: --seed sets it too; leave one of the two away"
    ),
    (
      ["--axis", "workload.load=0.5", "--axis", "workload.load=0.6"], 64,
      "--axis workload.load: error: 'workload.load' is given twice"
    ),
    (
      ["--axis", "run={seed: 1},{seed: 2}", "--seed", "5"], 64,
      "--axis run: error: --seed sets it too; leave one of the two away"
    ),
    (
      ["--axis", "query.slo={scale: 2},{scale: 3}", "--axis", "query.slo.scale=4"], 64,
      "--axis query.slo.scale: error: 'query.slo' and 'query.slo.scale' set the same place"
    ),
    (
      ["--axis", "experiment.loads=[0.5]"], 64,
      "--axis experiment.loads: error: a sweep takes the place of the scenario's experiment"
    ),
    (
      ["--axis", "workload.load=0.5", "--precision", "2"], 65,
      "--precision: error: run.precision lacks a unit: '2'; write '2 %'"
    ),
    ([], 64, ""),
  ])
  func badSweepsAreRefused(_ arguments: [String], _ status: Int32, _ line: String) throws {
    let scratch = try scratch()
    let result = try Program.release(
      arguments: ["sweep", "s.yaml", "--db", "r.sqlite"] + arguments, in: scratch.path)
    #expect(result.status == status)
    #expect(line.isEmpty || result.error.hasPrefix(line), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/r.sqlite"))
  }
}

/// A disk that fills up, on a file system of 1.5 MB: the write-ahead log of a few points.
@Suite(.needsProgram) struct FullDiskTests {
  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  static let canMount: Bool = {
    guard let scratch = try? Scratch(), run("mount", "-t", "tmpfs", "tmpfs", scratch.path) else {
      return false
    }
    return run("umount", scratch.path)
  }()

  @Test(.enabled(if: canMount, "needs the right to mount a file system"))
  func finishedPointsAreKeptAndTheSweepGoesOn() throws {
    let scratch = try Scratch()
    try GridCommandTests.scenario.write(
      toFile: scratch.path + "/s.yaml", atomically: true, encoding: .utf8)
    let disk = scratch.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    #expect(Self.run("mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk))
    defer { _ = Self.run("umount", disk) }
    let loads = (1...30).map { "0.\(10 + $0)" }.joined(separator: ",")
    let arguments = [
      "sweep", "s.yaml", "--db", "disk/r.sqlite", "--axis", "workload.load=\(loads)",
    ]
    let full = try Program.release(arguments: arguments, in: scratch.path)
    #expect(full.status == 74)
    let lines = full.error.split(separator: "\n").filter { !$0.hasPrefix("Note: ") }
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("disk/r.sqlite: error: the database could not be written: "))
    #expect(Self.run("mount", "-o", "remount,size=40m", disk))
    #expect(try scratch.sqlite("disk/r.sqlite", "PRAGMA integrity_check") == "ok\n")
    let finished = try scratch.sqlite(
      "disk/r.sqlite", "select count(*) from experiment where is_complete"
    ).trimmingCharacters(in: .newlines)
    #expect((1...29).contains(Int(finished) ?? 0))
    let rest = try Program.release(arguments: arguments, in: scratch.path)
    #expect(rest.status == 0)
    #expect(rest.error.contains("30 points, \(finished) of them there already"))
  }
}
