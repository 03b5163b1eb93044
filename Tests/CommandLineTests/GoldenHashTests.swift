import Foundation
import Testing

/// Small scenarios give the results of the committed hashes, wherever and however they run.
///
/// A change must be explained in the changelog; `UPDATE_SNAPSHOTS=1` writes the new hashes.
@Suite(.needsProgram) struct GoldenHashTests {
  /// Each shipped scenario, so far cut down that it takes a second.
  static let scenarios: [(name: String, arguments: [String])] = [
    ("quickstart", ["Scenarios/quickstart.yaml", "--set", "workload.queries=400"]),
    ("heterogeneous", ["Scenarios/heterogeneous.yaml", "--set", "workload.queries=400"]),
    ("fleet", ["Scenarios/fleet.yaml", "--set", "workload.queries=300"]),
    ("mixed-sizes", ["Scenarios/mixed-sizes.yaml", "--set", "workload.queries=300"]),
    (
      "rivals",
      [
        "Scenarios/rivals.yaml", "--set", "workload.queries=300", "--set",
        "policies.nirvana.steps={ approximate-caching: { capacity: 50 } }",
      ]
    ),
    (
      "qosdiff-paper",
      [
        "Scenarios/qosdiff-paper.yaml", "--policies", "baseline,qos-diff", "--set",
        "experiment.slo_scales=[3]", "--set", "experiment.loads=[0.95]",
      ]
    ),
    (
      "mm4",
      [
        "Scenarios/oracles/mm4-rho0.7.yaml", "--set", "workload.queries=2000", "--set",
        "run.warmup=0s",
      ]
    ),
  ]

  /// Results by policy and replication: ids change with every comment in a scenario.
  private static let tables = {
    let run =
      "JOIN run r ON r.id = run_id JOIN experiment e ON e.id = experiment_id ORDER BY 1, 2, 3, 4, 5"
    return [
      "SELECT overrides, r.policy, replication, q.id, 0, arrival_ns, start_ns, q.end_ns, deadline_ns, outcome, evaluations, "
        + "first_step, finish, latent_error, worker FROM query q \(run)",
      "SELECT overrides, r.policy, replication, class, metric, value FROM run_metric \(run)",
      "SELECT overrides, r.policy, replication, w.id, node, encode_ns, denoise_ns, decode_ns, evaluations "
        + "FROM worker w \(run)",
      "SELECT overrides, policy, metric, mean, lower, upper, ratio FROM summary s "
        + "JOIN experiment e ON e.id = experiment_id ORDER BY 1, 2, 3",
    ]
  }()

  /// A hash of all results.
  private func hash(
    _ arguments: [String], environment: [String: String] = [:], before: String = ""
  ) throws -> String {
    let scratch = try Scratch()
    let words =
      (arguments + ["--replications", "1", "--quiet", "--db", "\(scratch.path)/r.sqlite"])
      .map { "'\($0)'" }.joined(separator: " ")
    let shell = Program(path: "/bin/bash")
    let run = try shell(
      "-c", "\(before) '\(Program.release.path)' compare \(words) > /dev/null",
      environment: environment)
    #expect(run.status == 0, "\(run.error)")
    let read = try shell(
      "-c",
      "sqlite3 '\(scratch.path)/r.sqlite' " + Self.tables.map { "\"\($0)\"" }.joined(separator: " ")
        + " | sha256sum | cut -c1-16")
    return read.out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "GoldenHashes.txt")

  @Test func resultsAreThoseOfTheCommittedHashes() throws {
    let lines = try Self.scenarios.map { "\($0.name) \(try hash($0.arguments))" }
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: Self.file, encoding: .utf8))
    #expect(Set(lines.map { $0.split(separator: " ").last }).count == lines.count)
  }

  /// Language, time zone, folders, umask and jobs change nothing.
  @Test func theEnvironmentChangesNothing() throws {
    let arguments = Self.scenarios[0].arguments
    let plain = try hash(arguments)
    let scratch = try Scratch()
    for environment in [
      ["LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"], ["TZ": "Asia/Kolkata"],
      ["TMPDIR": scratch.path], ["HOME": "/nowhere"], ["HOME": ""],
      ["TERM": "dumb", "NO_COLOR": "1"],
    ] {
      #expect(try hash(arguments, environment: environment) == plain, "\(environment)")
    }
    #expect(try hash(arguments, before: "umask 077;") == plain)
    #expect(try hash(arguments + ["--jobs", "1"]) == plain)
    #expect(try hash(arguments + ["--seed", "99"]) != plain, "the hash tells results apart")
  }
}
