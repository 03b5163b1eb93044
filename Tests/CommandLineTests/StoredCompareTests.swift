import Foundation
import Testing

/// `compare` on what a database holds, and databases of older programs.
@Suite(.needsProgram) struct StoredCompareTests {
  static let scenario = """
    name: stored
    workload: { arrivals: { poisson: { rate: 20 query/s } }, queries: 300 }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 1 ms } } } }
    policies:
      base: { dispatcher: random }
      new: { extends: base, dispatcher: join-shortest-queue }
      other: { extends: base, dispatcher: round-robin }
    run: { seed: 5, replications: 4 }
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    return scratch
  }

  private func table(_ text: String) -> Substring {
    let start = text.range(of: "\nmetric")?.lowerBound ?? text.startIndex
    let end = text.range(of: "\n\n±")?.lowerBound ?? text.endIndex
    return text[start..<end]
  }

  @Test func theSameTableWithoutASimulation() throws {
    let scratch = try scratch()
    let both = try Program.release(
      "compare", "s.yaml", "--policies", "new", "--db", "r.sqlite", in: scratch.path)
    let before = try #require(scratch.bytes("r.sqlite"))
    for arguments in [
      ["r.sqlite"], ["s.yaml", "--stored", "--db", "r.sqlite", "--policies", "new"],
    ] {
      let stored = try Program.release(arguments: ["compare"] + arguments, in: scratch.path)
      #expect(stored.status == 0 && stored.error.isEmpty)
      #expect(table(stored.out).count > 500 && table(stored.out) == table(both.out))
      #expect(stored.out.contains("- stored runs, nothing simulated: replications 0-3"))
    }
    #expect(scratch.bytes("r.sqlite") == before)
  }

  @Test func whatIsMissingIsNamed() throws {
    let scratch = try scratch()
    try Program.release(
      "compare", "s.yaml", "--policies", "new", "--db", "r.sqlite", in: scratch.path)
    let result = try Program.release(
      "compare", "s.yaml", "--stored", "--db", "r.sqlite", "--replications", "6", "--out", "csv",
      in: scratch.path)
    #expect(result.status == 0)
    #expect(
      result.error.hasPrefix(
        "Missing in stored: base, replications 4-5; new, replications 4-5; other, all runs.\n"))
    let csv = String(decoding: scratch.bytes("csv/summary.csv") ?? Data(), as: UTF8.self)
    #expect(csv.contains(",new,1,slo_violation_ratio,,4,"))
  }

  @Test(arguments: [
    (
      ["s.yaml", "--stored", "--db", "none.sqlite"], 66 as Int32, "none.sqlite: error: there is no "
    ),
    (
      ["s.yaml", "--stored", "--db", "r.sqlite", "--seed", "6"], 66,
      "r.sqlite: error: the database holds no run of this scenario, "
    ),
    (
      ["r.sqlite", "--baseline", "nex"], 65,
      "r.sqlite: error: there is no run of the baseline 'nex'"
    ),
    (["r.sqlite", "--precision", "2%"], 64, "r.sqlite: error: a database is compared as it is: "),
    (["r.sqlite", "--set", "a=1"], 64, "r.sqlite: error: a database is compared as it is: "),
    (
      ["s.yaml", "--precision", "2"], 65, "--precision: error: run.precision lacks a unit"
    ),
  ])
  func whatCannotBeComparedIsOneLine(
    arguments: [String], status: Int32, line: String
  ) throws {
    let scratch = try scratch()
    try Program.release(
      "compare", "s.yaml", "--policies", "new", "--db", "r.sqlite", in: scratch.path)
    let result = try Program.release(arguments: ["compare"] + arguments, in: scratch.path)
    #expect(result.status == status)
    #expect(result.error.hasPrefix(line), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1 && result.out.isEmpty)
  }

  @Test func aGridsStoredPoints() throws {
    let scratch = try scratch()
    try scratch.write(Self.scenario + "\nexperiment: { loads: [0.3, 0.6] }\n", to: "g.yaml")
    let grid = try Program.release("compare", "g.yaml", "--db", "g.sqlite", in: scratch.path)
    try scratch.sqlite(
      "g.sqlite",
      "PRAGMA foreign_keys = 1; delete from experiment where load_asked = 0.6")
    let stored = try Program.release(
      "compare", "g.yaml", "--stored", "--db", "g.sqlite", in: scratch.path)
    #expect(stored.status == 0)
    #expect(
      stored.error
        == "Missing: workload, load 0.6, SLO scale 3.0: the database holds no run of this scenario, seed, profiles, trace and program version.\n"
    )
    let table = grid.out.split(separator: "\n").first { $0.hasPrefix("new ") }
    #expect(stored.out.contains(try #require(table)))
  }

  @Test func pointsOfASweepCanBeToldApart() throws {
    let scratch = try scratch()
    try Program.release(
      "sweep", "s.yaml", "--db", "r.sqlite", "--axis", "workload.load=0.6,0.45,0.5",
      in: scratch.path)
    for command in ["report", "compare"] {
      let lines = try Program.release(command, "r.sqlite", in: scratch.path).out
        .split(separator: "\n").filter { $0.hasPrefix("- set: ") }
      #expect(
        lines == [
          "- set: workload.load=0.45", "- set: workload.load=0.5", "- set: workload.load=0.6",
        ])
    }
  }

  /// Schema 2 knew neither content nor differences.
  @Test func aDatabaseOfAnOlderSchemaIsReadAndBroughtUpToDate() throws {
    let scratch = try scratch()
    let first = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    let views = try scratch.sqlite("r.sqlite", "SELECT name FROM sqlite_master WHERE type = 'view'")
      .split(separator: "\n").map { "DROP VIEW \($0);" }
    let tables = [
      "policy", "class_summary", "latency_cdf", "ablation", "series", "note", "setting",
      "worker_event",
    ].map {
      "DROP TABLE \($0);"
    }
    let drops = [
      "experiment DROP COLUMN workload", "experiment DROP COLUMN slo_scale",
      "experiment DROP COLUMN controls_of", "experiment DROP COLUMN settings",
      "experiment DROP COLUMN replications_asked", "experiment DROP COLUMN execution",
      "experiment DROP COLUMN load_asked", "experiment DROP COLUMN slo_s",
      "experiment DROP COLUMN trace", "experiment DROP COLUMN latents",
      "experiment DROP COLUMN content", "experiment DROP COLUMN policies",
      "summary DROP COLUMN difference",
      "summary DROP COLUMN difference_lower", "summary DROP COLUMN difference_upper",
      "summary DROP COLUMN p_value_holm", "summary DROP COLUMN coverage",
      "summary DROP COLUMN replications_with_any", "summary DROP COLUMN queue",
      "summary DROP COLUMN replications_unsettled", "summary DROP COLUMN note_code",
      "summary DROP COLUMN note_arguments", "run DROP COLUMN latency_quantiles",
    ].map { "ALTER TABLE \($0);" }
    let states = [
      "waiting", "displaced", "loading", "encode", "denoise", "decode", "post_process", "hand_off",
      "batch_wait", "core_wait", "blocked",
    ].map { "\($0)_ns" }
    let journeys = [
      "model_made", "encode_worker", "denoise_worker", "decode_worker", "post_process_worker",
      "evaluations_lost", "resubmissions", "batch_images_mean", "batch_images_max",
    ]
    let told =
      (states + journeys).map { "ALTER TABLE query DROP COLUMN \($0);" }
      + ["loading", "active", "down", "lent"].map { "ALTER TABLE worker DROP COLUMN \($0)_ns;" }
    let bases = ["worker", "cpu_pool"].flatMap { table in
      ["measured", "published", "derived", "assumed"].map {
        "ALTER TABLE \(table) DROP COLUMN \($0)_ns;"
      }
    }
    try scratch.sqlite(
      "r.sqlite",
      (views + tables + drops + told + bases).joined()
        + "PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE);")
    for arguments in [["report"], ["compare"]] {
      let result = try Program.release(arguments: arguments + ["r.sqlite"], in: scratch.path)
      #expect(result.status == 0)
      #expect(result.out.contains("SLO violation ratio"))
    }
    let report = try Program.release(
      "report", "r.sqlite", "--out", "out", "--format", "csv,tex,html", in: scratch.path)
    #expect(report.status == 0)
    #expect(
      try scratch.sqlite("r.sqlite", "PRAGMA user_version") == "2\n", "reading changes nothing")
    let again = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    // What is there says nothing of what its times rest on.
    let line = "Accelerator time rests on figures: 100 % assumed by the scenario.\n"
    #expect(again.out + line == first.out)
    #expect(try scratch.sqlite("r.sqlite", "PRAGMA user_version") == "14\n")
  }
}
