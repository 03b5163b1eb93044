import Foundation
import Testing

/// The lines of the README's Notebooks section, run as a user copies them.
@Suite(.needsProgram) struct ReadMeTests {
  /// The commands of a section's shell blocks.
  private static func commands(of section: String) throws -> [String] {
    let text = try String(contentsOfFile: "\(Program.root)/README.md", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: section))
    let body = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") && !$0.hasPrefix("### ") }
    var isCode = false
    return body.filter { line in
      if line.hasPrefix("```") { isCode.toggle() }
      return isCode && !line.hasPrefix("```") && !line.hasPrefix("#")
    }
  }

  private func run(_ command: String, in folder: String) throws -> (status: Int32, out: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(filePath: folder)
    // Debian's Python has Debian's pandas.
    process.environment = ["PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": folder]
      .merging(Program.sanitizerOptions) { $1 }
    let out = Pipe()
    process.standardOutput = out
    process.standardError = out
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test func everyLineOfTheNotebooksWorks() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/out", withIntermediateDirectories: true)
    let result = try Program.release(
      "compare", "\(Program.root)/Scenarios/quickstart.yaml", "--replications", "2", "--db",
      "out/quickstart.sqlite", "--out", "out/quickstart", "--quiet", in: scratch.path)
    try #require(result.status == 0)
    #expect(result.error.isEmpty, "quiet says nothing")
    let commands = try Self.commands(of: "### Notebooks")
    #expect(commands.count == 8)
    for command in commands {
      let tool = command.prefix { $0 != " " }
      let needed = tool == "python3" ? "python3 -c 'import pandas'" : "command -v \(tool)"
      guard try run(needed, in: scratch.path).status == 0 else {
        // Told, not hidden: the line cannot be checked here.
        print("skipped, \(tool) or its library is not installed: \(command)")
        continue
      }
      let (status, out) = try run(command, in: scratch.path)
      #expect(status == 0, "\(command): \(out)")
      #expect(out.split(separator: "\n").count >= 2, "\(command) says nothing: \(out)")
    }
  }

  @Test func theTableOfPoliciesIsTheRegistrys() throws {
    let readme = try String(contentsOfFile: "\(Program.root)/README.md", encoding: .utf8)
    let table = try Program.release("policies", "--markdown", in: Program.root).out
    #expect(readme.contains(table), "the README's table is what 'policies --markdown' prints")
  }

  @Test func everyViewHasRowsAndIsNamed() throws {
    let scratch = try Scratch()
    try scratch.write(CSVFilesTests.scenario, to: "s.yaml")
    try scratch.write(CSVFilesTests.trace, to: "trace.csv")
    try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    let names = try scratch.sqlite(
      "r.sqlite", "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name"
    ).split(separator: "\n").map(String.init)
    #expect(names.count == 23)
    let readme = try String(contentsOfFile: "\(Program.root)/README.md", encoding: .utf8)
    for name in names {
      #expect(readme.contains("`\(name)`"), "the README does not name \(name)")
      let count = try scratch.sqlite("r.sqlite", "SELECT count(*) FROM \(name)")
      // No claims are made here, nothing is set, synthetic latencies have no source, and accelerators stay.
      let empty = ["v_claim", "v_latency_source", "v_setting", "v_worker_event"]
      #expect((count == "0\n") == empty.contains(name), "\(name)")
    }
    // By hand: latencies of 1, 2 and 3 s, the mean of them 2 s, all on time.
    #expect(
      try scratch.sqlite(
        "r.sqlite",
        "SELECT latency_mean_s, latency_p50_s, is_unsteady FROM v_latency_by_load WHERE policy = 'same'"
      ) == "2.0|2.0|0\n")
    #expect(
      try scratch.sqlite(
        "r.sqlite", "SELECT sum(on_time), sum(latency_s) FROM v_query WHERE policy = 'baseline'")
        == "9|18.0\n")
    #expect(
      try scratch.sqlite(
        "r.sqlite",
        "SELECT class, mean FROM v_class WHERE policy = 'same' AND metric = 'latency_mean_s'"
      ) == "a|2.0\nb,\"c\"|2.0\n")
    #expect(
      try scratch.sqlite(
        "r.sqlite",
        "SELECT parent, change, ratio_to_parent FROM v_ablation WHERE metric = 'latency_mean_s'"
      ) == "baseline||1.0\n")
  }

  /// What a horizon cuts off has no latency, and is late only once its deadline has passed.
  @Test func queriesInFlightHaveNoLatency() throws {
    let scratch = try Scratch()
    try scratch.write(CSVFilesTests.scenario, to: "s.yaml")
    try scratch.write(CSVFilesTests.trace, to: "trace.csv")
    // The third query comes at 10 s, takes 3 s and has until 13 s; the second takes 2 s from 1 s on.
    try Program.release(
      "run", "s.yaml", "--db", "r.sqlite", "--set", "run.horizon=12 s", in: scratch.path)
    #expect(
      try scratch.sqlite(
        "r.sqlite",
        "SELECT outcome, ifnull(latency_s, 'none'), ifnull(on_time, 'none') FROM v_query ORDER BY query"
      ) == "completed|1.0|1\ncompleted|2.0|1\nin-flight|none|none\n")
  }
}
