import Foundation
import Testing

/// The same scenario and seed give the same tables: twice, with any number of jobs (and every build: `GoldenHashTests`).
@Suite(.needsProgram) struct RepeatTests {
  /// All tables but `provenance`, as SQL.
  private func tables(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "sqlite3", path,
      "select * from query order by id", "select * from run order by id",
      "select * from run_metric order by run_id, class, metric",
      "select * from summary order by policy_index, metric", "select * from worker",
      "select * from cpu_pool", "select * from experiment", "select hash, name from profile",
    ]
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  private let scenario = Program.root + "/Scenarios/heterogeneous.yaml"

  @Test func twiceWithOneSeed() throws {
    let scratch = try Scratch()
    for name in ["a", "b"] {
      let run = try Program.release(
        "run", scenario, "--policy", "earliest-finish", "--db", "\(name).sqlite",
        in: scratch.path)
      #expect(run.status == 0)
    }
    let first = try tables(scratch.path + "/a.sqlite")
    #expect(first.count > 100_000)
    #expect(try first == tables(scratch.path + "/b.sqlite"))
    try Program.release(
      "run", scenario, "--policy", "earliest-finish", "--seed", "2", "--db", "c.sqlite",
      in: scratch.path)
    #expect(try first != tables(scratch.path + "/c.sqlite"))
  }

  @Test func anyNumberOfJobs() throws {
    let scratch = try Scratch()
    for jobs in ["1", "2", "3"] {
      try Program.release(
        "compare", scenario, "--replications", "3", "--jobs", jobs, "--db", "\(jobs).sqlite",
        in: scratch.path)
    }
    let one = try tables(scratch.path + "/1.sqlite")
    #expect(try one == tables(scratch.path + "/2.sqlite"))
    #expect(try one == tables(scratch.path + "/3.sqlite"))
  }

  @Test func theSameExperimentAgainReplacesItself() throws {
    let scratch = try Scratch()
    for _ in 0..<2 {
      let run = try Program.release(
        "run", scenario, "--db", "same.sqlite", in: scratch.path)
      #expect(run.status == 0)
    }
    let twice = try tables(scratch.path + "/same.sqlite")
    try Program.release("run", scenario, "--db", "once.sqlite", in: scratch.path)
    #expect(try twice == tables(scratch.path + "/once.sqlite"))
  }
}
