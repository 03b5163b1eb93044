import Foundation
import Testing

/// A comparison that is killed or stopped keeps its finished runs, and the same command goes on with the rest.
@Suite(.needsProgram, .serialized) struct InterruptTests {
  static let scenario = """
    name: long
    query: { steps: 10, slo: { scale: 3 } }
    workload: { arrivals: { poisson: { rate: 30 query/s } }, queries: 12000 }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 4, synthetic: { denoise: { exponential: { mean: 10 ms } } } }
    policies:
      base: { dispatcher: random }
      least: { extends: base, dispatcher: least-work-left }
    run: { seed: 3, replications: 6 }
    """
  private let arguments = ["compare", "s.yaml", "--db", "r.sqlite", "--jobs", "1"]

  private func query(_ sql: String, in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sqlite3", "\(folder)/r.sqlite", sql]
    let out = Pipe()
    (process.standardOutput, process.standardError) = (out, FileHandle.nullDevice)
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Starts the command and signals it once `runs` runs are stored; returns its exit code and what it said.
  private func stopped(
    _ number: Int32, times: Int = 1, after runs: Int, in scratch: Scratch, _ other: [String]? = nil
  ) throws -> (status: Int32, reason: Process.TerminationReason, error: String) {
    let process = Process()
    process.executableURL = URL(filePath: Program.release.path)
    process.arguments = other ?? arguments
    process.currentDirectoryURL = URL(filePath: scratch.path)
    let error = Pipe()
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, error)
    try process.run()
    // Once the experiment's row is there, signals are heeded.
    let counts = "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM experiment)"
    while process.isRunning, try Int(query(counts, in: scratch.path)) ?? 0 < runs + 1 {
      usleep(2000)
    }
    for _ in 0..<times {
      kill(process.processIdentifier, number)
      usleep(20_000)
    }
    let text = String(
      decoding: try error.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, process.terminationReason, text)
  }

  private func reference(_ scratch: Scratch) throws -> String {
    try scratch.write(Self.scenario, to: "s.yaml")
    let result = try Program.release(arguments: arguments, in: scratch.path)
    #expect(result.status == 0)
    let all = try content(scratch)
    #expect(all.count > 500_000)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(scratch.path)/r.sqlite\(suffix)")
    }
    return all
  }

  private func content(_ scratch: Scratch) throws -> String {
    try [
      "SELECT * FROM query ORDER BY run_id, id", "SELECT * FROM run ORDER BY id",
      "SELECT * FROM run_metric ORDER BY run_id, class, metric",
      "SELECT * FROM summary ORDER BY policy_index, metric",
      "SELECT * FROM latency_cdf ORDER BY policy, probability", "SELECT * FROM series",
      "SELECT id, notes, replications, is_complete FROM experiment",
    ].map { try query($0, in: scratch.path) }.joined(separator: "\n")
  }

  @Test func killedAndGivenAgain() throws {
    let scratch = try Scratch()
    let whole = try reference(scratch)
    for runs in [2, 5] {
      let end = try stopped(SIGKILL, after: runs, in: scratch)
      #expect(end.reason == .uncaughtSignal && end.status == SIGKILL)
      #expect(try query("PRAGMA integrity_check", in: scratch.path) == "ok")
      #expect(try query("SELECT is_complete FROM experiment", in: scratch.path) == "0")
      let report = try Program.release("report", "r.sqlite", in: scratch.path)
      #expect(report.status != 0 || report.error.contains("unfinished"))
    }
    let kept = try #require(try Int(query("SELECT count(*) FROM run", in: scratch.path)))
    #expect(kept >= 5)
    let last = try Program.release(arguments: arguments, in: scratch.path)
    #expect(last.status == 0 && last.error.contains("\(kept) runs were there already"))
    #expect(try content(scratch) == whole)
    // All is there: nothing is run again, and the output is the same.
    let again = try Program.release(arguments: arguments, in: scratch.path)
    #expect(again.out == last.out && again.error.contains("12 runs were there already. 0 events"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aSignalStopsBetweenRuns(_ number: Int32) throws {
    let scratch = try Scratch()
    let whole = try reference(scratch)
    let end = try stopped(number, after: 1, in: scratch)
    #expect(end.reason == .exit && end.status == 128 + number)
    #expect(end.error.contains("a second signal stops at once"))
    let kept = try #require(try Int(query("SELECT count(*) FROM run", in: scratch.path)))
    #expect(end.error.contains("r.sqlite keeps \(kept) of the present comparison's 12 runs"))
    let again = try Program.release(arguments: arguments, in: scratch.path)
    #expect(again.status == 0 && again.error.contains("\(kept) runs were there already"))
    #expect(try content(scratch) == whole)
  }

  @Test func aSweepKeepsTheRunsOfAnUnfinishedPoint() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let sweep = [
      "sweep", "s.yaml", "--axis", "query.steps=10,12", "--db", "r.sqlite", "--jobs", "1",
      "--quiet",
    ]
    #expect(try Program.release(arguments: sweep, in: scratch.path).status == 0)
    let whole = try content(scratch)
    try FileManager.default.removeItem(atPath: scratch.path + "/r.sqlite")
    let end = try stopped(SIGTERM, after: 2, in: scratch, sweep)
    #expect(end.status == 143 && end.error.contains("their finished runs are kept"))
    let kept = try #require(try Int(query("SELECT count(*) FROM run", in: scratch.path)))
    #expect(kept >= 2 && kept < 24)
    #expect(try Program.release(arguments: sweep, in: scratch.path).status == 0)
    #expect(try content(scratch) == whole)
  }

  @Test func whatCannotBeSaidHarmsNothing() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let shell = Program(path: "/bin/bash")
    let run = "'\(Program.release.path)' run s.yaml --set workload.queries=10 --db r.sqlite"
    for (command, status) in [
      ("\(run) 2> /dev/full > out", "0"), ("\(run) 2>&- > out", "0"),
      ("'\(Program.release.path)' run nosuch.yaml 2> /dev/full", "66"),
      ("\(run) > /dev/full", "74"), ("'\(Program.release.path)' schema > /dev/full", "74"),
      ("trap '' PIPE; \(run) 2>&1 | true; (exit ${PIPESTATUS[0]})", "141"),
    ] {
      let result = try shell("-c", "\(command); echo $? >&2", in: scratch.path)
      let lines = result.error.split(separator: "\n")
      #expect(lines.last.map(String.init) == status, "\(command): \(result.error)")
      if status == "74" {
        #expect(
          lines.contains { $0.hasPrefix("standard output: error: the result cannot be written") })
      }
    }
    #expect(try query("SELECT count(*) FROM run", in: scratch.path) == "1")
  }

  @Test func aSecondSignalStopsAtOnce() throws {
    let scratch = try Scratch()
    // One run takes seconds.
    let endless = Self.scenario.replacing("queries: 12000", with: "queries: 3000000")
    try scratch.write(endless, to: "s.yaml")
    let end = try stopped(SIGINT, times: 2, after: 0, in: scratch)
    #expect(end.reason == .exit && end.status == 130)
    #expect(end.error.contains("Stopped at once: finished runs are in the database."))
    #expect(try query("SELECT count(*) FROM run", in: scratch.path) == "0")
  }

  @Test func aDatabaseThatAnotherProgramHoldsIsNamedAfterAWait() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let few = "run s.yaml --db r.sqlite --quiet --set workload.queries=10"
    let shell = try Program(path: "/bin/bash")(
      "-c",
      """
      '\(Program.release.path)' \(few) > /dev/null
      mkfifo lines; sqlite3 r.sqlite < lines & exec 3> lines
      echo "BEGIN EXCLUSIVE; SELECT 'held';" >&3; sleep 1
      '\(Program.release.path)' \(few) --seed 5; echo $?
      exec 3>&-; wait
      """, in: scratch.path)
    #expect(shell.out.hasSuffix("73\n"))
    #expect(
      shell.error.split(separator: "\n").first
        == "r.sqlite: error: the database cannot be written: database is locked; another program has been writing it for 30 s: give the same command when that is done, or name another file"
    )
    #expect(try query("SELECT count(*) FROM run", in: scratch.path) == "1")
  }

  @Test func aClosedPipeIsSilent() throws {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "'\(Program.release.path)' policies --json | head -1"]
    let (out, error) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (out, error)
    process.currentDirectoryURL = URL(filePath: scratch.path)
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let said = try error.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(text == "{\n" && said.isEmpty)
  }
}
