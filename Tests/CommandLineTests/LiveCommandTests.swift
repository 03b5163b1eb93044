import Foundation
import Testing

/// Serving for real, as a user does it; a run of seconds, of which only the accounts are judged.
@Suite(.needsProgram, .needsTwoCores, .serialized) struct LiveCommandTests {
  private static let scenario = "\(Program.root)/Scenarios/live.yaml"
  private static let short = ["--measure", "0.02"]
  /// So many queries however slow the machine is.
  private static let few = "arrivals: { poisson: { rate: 4 query/s } }, queries: 5"

  private struct Listing: Decodable {
    struct Account: Decodable {
      let point: String
      let policy: String
      let run: Int
      let side: String
      let offered: Int
      let completed: Int
      let dropped: Int
      let in_flight: Int
    }
    let accounts: [Account]
  }

  @Test func bothSidesAccountForEveryQuery() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      arguments: [
        "validate", "--live", Self.scenario, "--policies", "baseline,pipelining", "--json", "--out",
        "out", "--set", "experiment.loads=[0.5]", "--set",
        "experiment.workloads={ steady: { \(Self.few) }, burst: { \(Self.few), load: 0.6 } }",
      ] + Self.short, in: scratch.path)
    // Whether the aims are met is the machine's affair.
    #expect(result.status == 0 || result.status == 1, "\(result.error)")
    let accounts = try JSONDecoder().decode(Listing.self, from: Data(result.out.utf8)).accounts
    // Two points, two policies, two live runs of each; a replay and two times twenty draws for each of those.
    let sides = Dictionary(grouping: accounts, by: \.side).mapValues(\.count)
    #expect(sides == ["live": 8, "replayed": 8, "simulated": 160, "first profile": 160])
    #expect(
      Set(accounts.map { "\($0.point) \($0.policy) \($0.run)" }).count == 8 && accounts.count == 336
    )
    for account in accounts {
      #expect(account.offered == 5 && account.in_flight == 0)
      #expect(account.offered == account.completed + account.dropped)
    }
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/out"))
        == [
          "comparison.txt", "distributions.svg", "live-accelerator.json", "live-core.json",
          "live.csv", "live.sqlite", "runs.csv", "session-accelerator.json", "session-core.json",
          "work.csv",
        ])
    #expect(
      try scratch.sqlite(
        "out/live.sqlite",
        "SELECT count(*), sum(offered), sum(completed) FROM run, experiment WHERE execution = 'live' AND is_complete AND replications = 2 AND experiment.id = experiment_id"
      ) == "8|40|40\n")
    // Every query has eight steps in batches of one to four, three stages of a core, and the header is a line.
    let work = try String(contentsOfFile: scratch.path + "/out/work.csv", encoding: .utf8)
    let lines = work.split(separator: "\n")
    #expect(lines.count { $0.contains(",cpu,") } == 8 * 5 * 3)
    #expect((8 * 8 * 2...8 * 8 * 5).contains(lines.count { $0.contains(",accelerator,denoise,") }))
    let sheet = try String(
      contentsOfFile: scratch.path + "/out/distributions.svg", encoding: .utf8)
    #expect(sheet.hasPrefix("<svg ") && sheet.hasSuffix("</svg>\n"))
    // A curve for each side of four comparisons, and two in the legend.
    #expect(sheet.components(separatedBy: "stroke-width=\"1.5\"").count - 1 == 10)
  }

  @Test func aLiveRunIsStoredAndMarked() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      arguments: [
        "live", Self.scenario, "--db", "r.sqlite", "--set", "workload={ \(Self.few), load: 0.6 }",
      ]
        + Self.short, in: scratch.path)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.out.contains("served for real on this machine"))
    #expect(
      try scratch.sqlite(
        "r.sqlite",
        "SELECT execution, is_complete, (SELECT count(*) FROM query WHERE outcome = 'completed') = offered FROM experiment, run"
      ) == "live|1|1\n")
  }

  /// Runs the program until it has said `words`, and interrupts it so many seconds later.
  private static func interrupted(
    _ arguments: [String], after words: String, seconds: UInt32 = 0, in scratch: Scratch
  ) throws -> (status: Int32, out: String, error: String) {
    let process = Process()
    process.executableURL = URL(filePath: Program.release.path)
    process.arguments = arguments + short
    process.currentDirectoryURL = URL(filePath: scratch.path)
    let (out, error) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (out, error)
    try process.run()
    var said = ""
    while !said.contains(words) {
      let more = error.fileHandleForReading.availableData
      if more.isEmpty { break }
      said += String(decoding: more, as: UTF8.self)
    }
    sleep(seconds)
    process.interrupt()
    let shown = String(
      decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    said += String(decoding: try error.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, shown, said)
  }

  /// Whichever policy is served, its queries arrive and are due as those of a simulation by the same profiles do: load and
  /// deadlines are the baseline's.
  @Test func whoIsServedChangesNeitherLoadNorDeadlines() throws {
    let scratch = try Scratch()
    let cut = ["--set", "workload={ \(Self.few), load: 0.6 }"]
    let live = try Program.release(
      arguments: [
        "live", Self.scenario, "--policy", "qos-diff", "--profiles", "own", "--db", "live.sqlite",
      ] + cut + Self.short, in: scratch.path)
    try #require(live.status == 0, "\(live.error)")
    let queries = "SELECT query, arrival_s, deadline_s FROM v_query ORDER BY query"
    let served = try scratch.sqlite("live.sqlite", queries)
    #expect(served.split(separator: "\n").count == 5)
    for policy in ["baseline", "qos-diff"] {
      let run = try Program.release(
        arguments: [
          "run", Self.scenario, "--policy", policy, "--db", "\(policy).sqlite", "--set",
          "cluster.nodes.machine.accelerators.profile=\(scratch.path)/own/live-accelerator.json",
          "--set",
          "cluster.nodes.machine.cpu.profile=\(scratch.path)/own/live-core.json",
        ] + cut, in: scratch.path)
      try #require(run.status == 0, "\(run.error)")
      #expect(try scratch.sqlite("\(policy).sqlite", queries) == served, "\(policy)")
    }
  }

  @Test func anInterruptKeepsWhatWasServed() throws {
    let scratch = try Scratch()
    let result = try Self.interrupted(
      ["live", Self.scenario, "--db", "r.sqlite", "--set", "workload.duration=200s"],
      after: "live: serving", seconds: 3, in: scratch)
    #expect(result.status == 130, "\(result.error)")
    let counts = try scratch.sqlite(
      "r.sqlite", "SELECT offered = completed + dropped + in_flight, completed > 0 FROM run")
    #expect(counts == "1|1\n")
    let kept = try scratch.sqlite("r.sqlite", "SELECT completed FROM run")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(result.error.contains("r.sqlite keeps the \(kept) queries that were served"))
  }

  @Test(arguments: [
    ("cluster.nodes.machine.cpu.cores=4000", 65, "take 4001 cores, and this machine has"),
    ("cluster.nodes.machine.link={ bandwidth: 1 GB/s }", 65, "the cluster has links"),
    ("query.images=2", 65, "queries of several images; give 'images: 1'"),
    ("workload.duration=2000s", 65, "and --time-limit is 600 s; shorten the workload"),
    ("run.horizon=5s", 65, "leave run.horizon and run.warmup out"),
    ("workload.mix={ sizes: { 64x64: 0.5, 128x128: 0.5 } }", 65, "several models or sizes"),
    (
      "policies.baseline.steps={ cascade: { light: sd15-mini } }", 65, "changes models"
    ),
    (
      "cluster.nodes.machine.accelerators={ synthetic: { denoise: { deterministic: 9 ms } } }", 65,
      "synthetic times"
    ),
  ]) func whatCannotBeServedIsRefused(_ setting: String, _ status: Int32, _ what: String) throws {
    let scratch = try Scratch()
    let result = try Program.release(
      arguments: ["live", Self.scenario, "--db", "r.sqlite", "--set", setting] + Self.short,
      in: scratch.path)
    let lines = result.error.split(separator: "\n").filter { $0.contains("error:") }
    #expect(result.status == status && lines.count == 1, "\(result.error)")
    #expect(lines.first?.contains(what) ?? false, "\(result.error)")
  }

  /// Of those that this process may use.
  private static func firstCore() throws -> String {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let match = try #require(status.firstMatch(of: /Cpus_allowed_list:\s*(\d+)/))
    return String(match.1)
  }

  @Test func oneCoreIsTooFew() throws {
    let scratch = try Scratch()
    let taskset = Program(path: "/usr/bin/taskset")
    let result = try taskset(
      arguments: [
        "-c", try Self.firstCore(), Program.release.path, "live", Self.scenario, "--db", "r.sqlite",
      ],
      in: scratch.path)
    #expect(result.status == 65)
    #expect(
      result.error.contains(
        "1 accelerators and 1 CPU cores take 2 cores, and this machine has 1; an accelerator and the CPU pool need a core each"
      ), "\(result.error)")
    #expect(try scratch.names().isEmpty, "no database of a run that never was")
  }

  private static let longValidation = [
    "validate", "--live", scenario, "--policies", "baseline", "--out", "out", "--set",
    "experiment.workloads.steady.duration=100s", "--set", "experiment.loads=[0.5]",
  ]

  @Test func whatWasNotServedTwiceIsNotJudged() throws {
    let result = try Self.interrupted(Self.longValidation, after: "about", in: Scratch())
    #expect(result.status == 130, "\(result.error)")
    #expect(
      result.out.contains("No verdict: nothing was served twice to its end."), "\(result.out)")
  }

  @Test func aValidationThatIsInterruptedKeepsFinishedQueries() throws {
    let scratch = try Scratch()
    let result = try Self.interrupted(
      Self.longValidation, after: "about", seconds: 6, in: scratch)
    #expect(result.status == 130, "\(result.error)")
    #expect(
      try scratch.sqlite(
        "out/live.sqlite",
        "SELECT execution, completed > 0, offered = completed + dropped + in_flight, notes LIKE '%baseline, run 1, was interrupted%' FROM run, experiment"
      ) == "live|1|1|1\n")
  }

  @Test func whatTakesTooLongIsRefused() throws {
    let scratch = try Scratch()
    // Two thousand queries in twenty seconds are no twenty seconds of work.
    let queries = try Program.release(
      arguments: [
        "live", Self.scenario, "--db", "r.sqlite", "--time-limit", "25", "--set",
        "workload={ arrivals: { poisson: { rate: 100 query/s } }, queries: 2000 }",
      ] + Self.short, in: scratch.path)
    #expect(queries.status == 65)
    #expect(queries.error.contains("serving the queries takes"), "\(queries.error)")
    // Fifty steps of each batch size.
    try Self.write(
      "live.yaml", without: ["entropy-steps:", "one-last-step:", "qos-diff:", "latents:"], scratch)
    let stages = try Program.release(
      arguments: [
        "live", "own.yaml", "--db", "r.sqlite", "--time-limit", "2", "--set", "query.size=256x256",
      ] + Self.short, in: scratch.path)
    #expect(stages.status == 65)
    #expect(stages.error.contains("timing every stage once takes about"), "\(stages.error)")
  }

  /// A shipped scenario without some of its lines, as `own.yaml`.
  private static func write(_ name: String, without parts: [String], _ scratch: Scratch) throws {
    let text = try String(contentsOfFile: "\(Program.root)/Scenarios/\(name)", encoding: .utf8)
    let lines = text.split(separator: "\n").filter { line in !parts.contains { line.contains($0) } }
    try scratch.write(
      lines.joined(separator: "\n").replacing(
        /(: )(\.\.\/Traces|Profiles|Latents)/, with: { "\($0.1)\(Program.root)/Scenarios/\($0.2)" }),
      to: "own.yaml")
  }

  @Test func aHeavyModelIsRefused() throws {
    let scratch = try Scratch()
    try Self.write("quickstart.yaml", without: ["link:"], scratch)
    let result = try Program.release(
      "live", "own.yaml", "--db", "r.sqlite", "--set", "cluster.nodes.gpu.count=1", "--set",
      "cluster.nodes.gpu.accelerators.count=1", "--set", "cluster.nodes.gpu.cpu.cores=1",
      in: scratch.path)
    #expect(result.status == 65)
    #expect(
      result.error.contains("model 'sd15' at 512x512 is too heavy: a step would take one core"))
  }

  @Test func aLoadAboveCapacityIsWarnedOf() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      arguments: [
        "live", Self.scenario, "--db", "r.sqlite", "--set", "workload={ \(Self.few) }", "--set",
        "workload.load=1.5",
      ] + Self.short, in: scratch.path)
    #expect(result.status == 0 && result.error.contains("Warning: the load is 1.50 of what"))
  }

  @Test(arguments: [
    ["--measure", "1e-300"], ["--measure", "inf"], ["--repeats", "1"],
    ["--repeats", "9223372036854775807"], ["--time-limit", "0"],
  ]) func optionsOutOfRangeAreRefused(_ options: [String]) throws {
    let result = try Program.release(arguments: ["validate", "--live", Self.scenario] + options)
    #expect(result.status == 64, "\(result.error)")
  }

  @Test func optionsOfLiveAreForLive() throws {
    let result = try Program.release("validate", Self.scenario, "--repeats", "3")
    #expect(result.status == 64 && result.error.contains("are for --live"))
  }
}
