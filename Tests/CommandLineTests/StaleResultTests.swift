import Foundation
import Testing

/// What a database, a folder or a command holds on to is of the program and the scenario that it names, or it is said.
@Suite(.needsProgram) struct StaleResultTests {
  private static let scenario = """
    name: stale
    workload: { arrivals: { poisson: { rate: 20 query/s } }, queries: 60 }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 1 ms } } } }
    policies: { base: { dispatcher: random }, new: { extends: base, dispatcher: least-work-left } }
    run: { replications: 2 }
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    return scratch
  }

  /// Makes a database one that another program wrote, whose figures were others.
  private func tamper(_ scratch: Scratch) throws {
    _ = try scratch.sqlite(
      "r.sqlite",
      "UPDATE provenance SET value = '0.1.0 other' WHERE key = 'program'; UPDATE summary SET mean = 99; UPDATE run_metric SET value = 99;"
    )
  }

  private static let means =
    "SELECT policy, metric, mean FROM summary ORDER BY policy, metric, experiment_id"

  @Test(arguments: [
    ["compare", "s.yaml"], ["run", "s.yaml", "--policy", "new"],
    ["sweep", "s.yaml", "--axis", "run.seed=1,2"],
  ]) func resultsOfAnotherProgramAreReplacedAndThatIsSaid(_ command: [String]) throws {
    let scratch = try scratch()
    let arguments = command + ["--db", "r.sqlite"]
    let first = try Program.release(arguments: arguments, in: scratch.path)
    let means = try scratch.sqlite("r.sqlite", Self.means)
    let program = try scratch.sqlite(
      "r.sqlite", "SELECT DISTINCT value FROM provenance WHERE key = 'program'")
    #expect(program.contains(/^0\.1\.0 [0-9a-f]{32}\n$/))
    try tamper(scratch)
    // What is only read says whose it is.
    let report = try Program.release("report", "r.sqlite", in: scratch.path)
    #expect(report.error.contains("Warning: another program than this one made "))
    let stored = try Program.release("compare", "r.sqlite", in: scratch.path)
    #expect(stored.error.contains("Warning: another program than this one made "))
    let again = try Program.release(arguments: arguments + ["--keep-old"], in: scratch.path)
    #expect(again.status == 0 && again.out == first.out)
    let runs = command[0] == "run" ? "1 run" : command[0] == "sweep" ? "8 runs" : "4 runs"
    let line = try #require(again.error.split(separator: "\n").first { $0.hasPrefix("Replaced ") })
    #expect(
      line.hasPrefix(
        "Replaced \(runs) in r.sqlite: another program had made them (0.1.0 other), and this is 0.1.0 "
      ))
    let kept = try #require(line.firstMatch(of: /r\.old-[0-9a-f]{8}\.sqlite/)).0
    #expect(try scratch.sqlite("r.sqlite", Self.means) == means)
    #expect(try scratch.sqlite(String(kept), "SELECT DISTINCT mean FROM summary") == "99.0\n")
    let once = try Program.release(arguments: arguments, in: scratch.path)
    #expect(!once.error.contains("Replaced") && once.out == first.out)
    #expect(once.error.contains("there already"))
  }

  /// The identity is of the sources: how they are built does not matter.
  @Test(
    .enabled(if: Program.debug.isBuilt, "needs 'swift build --product qosdiff' (a debug build)"))
  func debugAndReleaseAreOneProgram() throws {
    let scratch = try scratch()
    try Program.debug("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    let release = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    #expect(!release.error.contains("Replaced") && release.error.contains("4 runs were there"))
  }

  @Test func filesLeftFromEarlierResultsAreNamed() throws {
    let scratch = try scratch()
    try Program.release("compare", "s.yaml", "--out", "csv", in: scratch.path)
    let more = try Program.release(
      "compare", "s.yaml", "--no-queries", "--out", "csv", in: scratch.path)
    #expect(
      more.error.contains("Warning: csv/queries.csv: left from earlier results, and none of these.")
    )
    let same = try Program.release("compare", "s.yaml", "--out", "csv", in: scratch.path)
    #expect(!same.error.contains("left from earlier results"))
  }

  /// One policy alone is the comparison's first replication, in the database too.
  @Test func aRunIsTheFirstReplicationOfAComparison() throws {
    let scratch = try Scratch()
    let arguments = [
      "\(Program.root)/Scenarios/quickstart.yaml", "--set", "workload.window.length=300s", "--set",
      "latents=\(Program.root)/Tests/CommandLineTests/Fixtures/small.table", "--seed", "4",
    ]
    try Program.release(
      arguments: ["compare"] + arguments + ["--replications", "2", "--db", "c.sqlite"],
      in: scratch.path)
    let columns =
      "SELECT query, arrival_s, deadline_s, start_s, end_s, outcome, evaluations, latent_error FROM v_query"
    for policy in ["baseline", "adaptive", "qos-diff"] {
      let run = try Program.release(
        arguments: ["run"] + arguments + ["--policy", policy, "--db", "\(policy).sqlite"],
        in: scratch.path)
      #expect(run.status == 0, "\(run.error)")
      let alone = try scratch.sqlite("\(policy).sqlite", "\(columns) ORDER BY query")
      #expect(alone.split(separator: "\n").count > 500)
      #expect(
        try alone
          == scratch.sqlite(
            "c.sqlite",
            "\(columns) WHERE policy = '\(policy)' AND replication = 0 ORDER BY query"))
    }
    // Its label is not the baseline's, and the command that makes it again is 'run'.
    try Program.release(
      "report", "adaptive.sqlite", "--out", "rep", "--format", "csv", in: scratch.path)
    let manifest = String(decoding: try #require(scratch.bytes("rep/manifest.json")), as: UTF8.self)
    #expect(manifest.contains("\"baseline\" : \"baseline\""))
    #expect(manifest.contains("qosdiff run ") && manifest.contains("--policy adaptive"))
  }
}

/// Commands say what of a scenario, and of their own options, they have no use for.
@Suite(.needsProgram) struct IdleCommandTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(GridCommandTests.scenario, to: "grid.yaml")
    return scratch
  }

  @Test(arguments: [
    ["run", "grid.yaml"], ["capacity", "grid.yaml", "--policies", "base", "--most", "0.2"],
    ["sweep", "grid.yaml", "--axis", "run.seed=1"],
  ]) func anExperimentIsForCompare(_ command: [String]) throws {
    let scratch = try scratch()
    let noted = try Program.release(arguments: command, in: scratch.path)
    #expect(noted.status == 0, "\(noted.error)")
    #expect(noted.error.contains("Note: experiment has no effect under '\(command[0])': "))
    let set = try Program.release(
      arguments: command + ["--set", "experiment.loads=[0.9]"], in: scratch.path)
    #expect(set.status == 64)
    #expect(
      set.error.contains(
        "--set experiment.loads=[0.9]: error: this has no effect under '\(command[0])': "))
  }

  @Test(arguments: [
    (["run", "grid.yaml", "--set", "run.replications=3"], "no effect under 'run'"),
    (["capacity", "grid.yaml", "--set", "workload.load=0.3"], "no effect under 'capacity'"),
    (["capacity", "grid.yaml", "--set", "run.replications=3"], "no effect under 'capacity'"),
    (["capacity", "grid.yaml", "--fewest-gpus", "--most", "2"], "not for --fewest-gpus"),
    (["capacity", "grid.yaml", "--most-nodes", "9"], "are for --fewest-gpus"),
    (["sweep", "grid.yaml", "--axis", "run.seed=1", "--attempts", "2"], "is for --engine slurm"),
    (
      ["sweep", "grid.yaml", "--axis", "workload.queries=9,10", "--set", "workload.queries=3"],
      "--set workload.queries sets it too, to no effect"
    ),
    (["compare", "grid.yaml", "--stored", "--jobs", "2"], "has no effect with --stored"),
    (["compare", "grid.yaml", "--stored", "--keep-old"], "has no effect with --stored"),
    (["validate", "grid.yaml", "--jobs", "2"], "is for --oracles"),
    (["bench", "--manifest", "m.json", "--threads", "1"], "not for --manifest"),
    (
      ["trace", "generate", "--rate", "1 query/s", "--count", "9", "--cv", "2", "-o", "t.csv"],
      "--cv is for --process gamma"
    ),
    (
      [
        "trace", "generate", "--process", "markov", "--states", "1 query/s:1 s", "--rate",
        "1 query/s",
        "--count", "9", "-o", "t.csv",
      ], "--rate is for poisson and gamma"
    ),
    (
      [
        "trace", "generate", "--rate", "1 query/s", "--count", "9", "--diurnal-peak", "1 h", "-o",
        "t.csv",
      ],
      "is for --diurnal-amplitude"
    ),
    (
      ["trace", "generate", "--rate", "1 query/s", "--count", "9", "--zipf", "2", "-o", "t.csv"],
      "--zipf is for --prompts"
    ),
    (["trace", "convert", "t.csv", "--bin", "5 s", "-o", "u.csv"], "--bin is for --min-rate"),
    (["trace", "convert", "t.csv", "--seed", "5", "-o", "u.csv"], "--seed is for --superpose"),
    (
      ["compare", "grid.yaml", "--precision", "5%", "--replications", "1"],
      "needs --replications of at least 3"
    ),
  ]) func anOptionWithoutEffectIsRefused(_ arguments: [String], _ what: String) throws {
    let scratch = try scratch()
    let result = try Program.release(arguments: arguments, in: scratch.path)
    #expect(result.status == 64 && result.error.contains(what), "\(result.error)")
  }

  /// An experiment over an objective that does not scale is refused where it would be run, and nowhere else.
  @Test func anObjectiveThatDoesNotScaleIsForCommandsWithoutPoints() throws {
    let scratch = try scratch()
    let set = ["--set", "query.slo={ time: 5 s }"]
    for command in [["run"], ["sweep", "--axis", "run.seed=1"]] {
      let result = try Program.release(
        arguments: [command[0], "grid.yaml"] + command.dropFirst() + set, in: scratch.path)
      #expect(result.status == 0, "\(result.error)")
    }
    let grid = try Program.release(arguments: ["compare", "grid.yaml"] + set, in: scratch.path)
    #expect(grid.status == 65 && grid.error.contains("this objective is a time"))
  }

  /// What was published of a cascade is of one heavy model.
  @Test func aCascadesFIDIsOfTheModelThatIsAskedFor() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      name: cascade
      models: { other: { latency_of: sd15 }, sd-turbo: { latency_of: sd-turbo, guidance: false } }
      workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 40, mix: { models: { sd15: 1 } } }
      cluster:
        nodes: [{ name: n, accelerators: { count: 2, profile: \(Program.root)/Scenarios/Profiles/a100-diffserve.json } }]
      policies: { p: { steps: cascade } }
      """, to: "s.yaml")
    func line(_ models: String) throws -> String {
      let result = try Program.release(
        "run", "s.yaml", "--set", "workload.mix.models=\(models)", in: scratch.path)
      #expect(result.status == 0, "\(result.error)")
      return String(
        try #require(result.out.split(separator: "\n").first { $0.hasPrefix("FID of the") }))
    }
    #expect(try !line("{ sd15: 1 }").contains("none"))
    #expect(try line("{ x: 1 }").contains("none"))
    #expect(try line("{ sd15: 1, x: 1 }").contains("none"))
  }

  /// The axis of which every point is the same.
  @Test func anAxisWithoutEffectIsNamed() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      name: own
      workload: { trace: t.csv }
      cluster:
        nodes: [{ name: n, accelerators: { synthetic: { denoise: { deterministic: 10 ms } } } }]
      policies: { p: { steps: fixed } }
      run: { replications: 2 }
      """, to: "s.yaml")
    try scratch.write("arrival_s,slo_s\n0,1\n1,0.1\n", to: "t.csv")
    let result = try Program.release(
      "sweep", "s.yaml", "--axis", "query.slo.scale=1,3", "--axis", "query.steps=10,20",
      in: scratch.path)
    #expect(result.status == 0)
    #expect(
      result.error.contains(
        "Note: the axis query.slo.scale has no effect: all of its values gave the same figures."))
    #expect(!result.error.contains("the axis query.steps"))
    #expect(result.out.contains("query.slo has no effect: every row of the trace has its own SLO"))
  }

  @Test func aGridSaysWhatItsPointsTakeThePlaceOf() throws {
    let scratch = try Scratch()
    try scratch.write(
      GridCommandTests.scenario.replacing("queries: 300 }", with: "queries: 300, load: 0.4 }"),
      to: "grid.yaml")
    let result = try Program.release("compare", "grid.yaml", "--policies", "base", in: scratch.path)
    #expect(
      result.error.contains(
        "Note: workload.load has no effect: experiment.loads says what is offered here."))
    #expect(
      result.error.contains(
        "Note: experiment.claims.0 has no effect: 'new' is not among the policies"))
  }
}
