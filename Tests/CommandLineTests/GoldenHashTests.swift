import Foundation
import Testing

/// Small scenarios give the results of the committed hashes, wherever and however they run.
///
/// A line has a scenario's name, a hash of its schedules (every query and every device) and one of its metrics, which
/// alone moves with a new metric. A change must be explained in the changelog; `UPDATE_SNAPSHOTS=1` writes the new hashes.
@Suite(.needsProgram) struct GoldenHashTests {
  /// `qosdiff latents generate --prompts 40`: what the analyses cost follows the prompts.
  private static let latents = "latents=../Tests/CommandLineTests/Fixtures/small.table"

  /// Each shipped scenario, so far cut down that a debug build takes seconds.
  static let scenarios: [(name: String, settings: [String])] =
    [
      ("quickstart", ["workload.window.length=300s"]),
      ("heterogeneous", ["workload.queries=150"]),
      ("fleet", ["workload.queries=150"]),
      ("mixed-sizes", ["workload.queries=100"]),
      ("live", ["experiment.loads=[0.85]"]),
      (
        "here",
        // In place of what this machine would be measured at.
        [
          "workload.queries=150",
          "cluster.nodes.here.accelerators.profile=Profiles/cpu-socket-64.json",
        ]
          + ["t4", "here"].map { "cluster.nodes.\($0).cpu.profile=Profiles/epyc-zen5-core.json" }
      ),
      (
        "rivals",
        [
          "workload.queries=60", "experiment.loads=[0.9]", latents,
          "policies.nirvana.steps={ approximate-caching: { capacity: 20 } }",
        ]
      ),
      (
        "qosdiff-paper",
        [
          "experiment.slo_scales=[3]", "experiment.loads=[0.95]", latents,
          "experiment.workloads.poisson.queries=100",
          "experiment.workloads.look-alike.window.length=600s",
        ]
      ),
    ] + oracles

  private static let oracles: [(name: String, settings: [String])] =
    ((try? FileManager.default.contentsOfDirectory(atPath: Program.root + "/Scenarios/oracles"))
    ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()
    .map { ("oracles/\($0.dropLast(5))", ["workload.queries=200"]) }

  private static func arguments(_ scenario: (name: String, settings: [String])) -> [String] {
    ["Scenarios/\(scenario.name).yaml"]
      + (["run.warmup=0s"] + scenario.settings).flatMap { ["--set", $0] }
      + (scenario.name == "qosdiff-paper" ? ["--policies", "baseline,qos-diff"] : [])
  }

  /// Results by policy and replication: ids change with every comment in a scenario.
  private static let tables = {
    // As schemas before 13 wrote it, among the overrides.
    let place =
      "overrides || CASE WHEN workload = '' THEN '' ELSE char(10) || 'point.workload=' || workload || char(10) || 'point.load=' || load_asked || char(10) "
      + "|| 'point.slo_scale=' || slo_scale || coalesce(char(10) || 'point.controls_of=' || controls_of, '') END"
    let run =
      "JOIN run r ON r.id = run_id JOIN experiment e ON e.id = experiment_id ORDER BY 1, 2, 3, 4, 5"
    let schedules = [
      "SELECT \(place), r.policy, replication, q.id, 0, arrival_ns, start_ns, q.end_ns, deadline_ns, outcome, evaluations, "
        + "first_step, finish, latent_error, worker FROM query q \(run)",
      "SELECT \(place), r.policy, replication, w.id, node, encode_ns, denoise_ns, decode_ns, evaluations "
        + "FROM worker w \(run)",
    ]
    let metrics = [
      "SELECT \(place), r.policy, replication, class, metric, value FROM run_metric \(run)",
      "SELECT \(place), policy, metric, mean, lower, upper, ratio FROM summary s "
        + "JOIN experiment e ON e.id = experiment_id ORDER BY 1, 2, 3",
    ]
    return [schedules, metrics]
  }()

  /// Hashes of schedules and of metrics.
  private func hash(
    _ arguments: [String], by program: Program = .release, environment: [String: String] = [:],
    before: String = ""
  ) throws -> String {
    let scratch = try Scratch()
    let words =
      (arguments + ["--replications", "2", "--quiet", "--db", "\(scratch.path)/r.sqlite"])
      .map { "'\($0)'" }.joined(separator: " ")
    let shell = Program(path: "/bin/bash")
    let run = try shell(
      "-c", "\(before) '\(program.path)' compare \(words) > /dev/null",
      environment: environment)
    #expect(run.status == 0, "\(run.error)")
    return try Self.tables.map { queries in
      let read = try shell(
        "-c",
        "sqlite3 '\(scratch.path)/r.sqlite' " + queries.map { "\"\($0)\"" }.joined(separator: " ")
          + " | sha256sum | cut -c1-16")
      return read.out.trimmingCharacters(in: .whitespacesAndNewlines)
    }.joined(separator: " ")
  }

  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "GoldenHashes.txt")

  @Test func resultsAreThoseOfTheCommittedHashes() throws {
    let lines = try Self.scenarios.map { "\($0.name) \(try hash(Self.arguments($0)))" }
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: Self.file, encoding: .utf8))
    // A queue that never fills is one without a limit: two oracles are the same system that far.
    for column in 1...2 {
      #expect(Set(lines.map { $0.split(separator: " ")[column] }).count >= lines.count - 1)
    }
  }

  /// In debug and release, with one job and two, each twice.
  @Test(
    .enabled(if: Program.debug.isBuilt, "needs 'swift build --product qosdiff' (a debug build)"),
    arguments: scenarios.indices)
  func everyBuildAndEveryRunGivesTheSame(_ index: Int) throws {
    let scenario = Self.scenarios[index]
    let hashes = try [Program.release, .debug].flatMap { program in
      try ["1", "2", "1", "2"].map { jobs in
        try hash(Self.arguments(scenario) + ["--jobs", jobs], by: program)
      }
    }
    #expect(hashes.count == 8 && Set(hashes).count == 1, "\(scenario.name): \(hashes)")
  }

  @Test func everyShippedScenarioIsHeld() throws {
    let shipped = try FileManager.default.contentsOfDirectory(atPath: Program.root + "/Scenarios")
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    // Its trace is not shipped.
    #expect(Set(shipped).subtracting(["gentd26"]).isSubset(of: Self.scenarios.map(\.name)))
  }

  /// Language, time zone, folders, umask and jobs change nothing.
  @Test func theEnvironmentChangesNothing() throws {
    let arguments = Self.arguments(Self.scenarios[0])
    let plain = try hash(arguments)
    let scratch = try Scratch()
    for environment in [
      ["LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"], ["TZ": "Asia/Kolkata"],
      ["TMPDIR": scratch.path], ["TMPDIR": "/nowhere"], ["HOME": "/nowhere"], ["HOME": ""],
      ["TERM": "dumb", "NO_COLOR": "1"],
    ] {
      #expect(try hash(arguments, environment: environment) == plain, "\(environment)")
    }
    #expect(try hash(arguments, before: "umask 077;") == plain)
    #expect(try hash(arguments + ["--jobs", "1"]) == plain)
    #expect(try hash(arguments + ["--seed", "99"]) != plain, "the hash tells results apart")
  }
}
