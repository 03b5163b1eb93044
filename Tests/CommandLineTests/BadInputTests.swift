import Foundation
import Testing

/// Every bad input: one line `FILE:LINE:COL: error: what; what would be right`, its exit code, and no
/// database left behind.
@Suite(.needsProgram) struct BadInputTests {
  static let scenario = """
    name: bad
    query: { steps: 10, slo: { time: 60 s } }
    workload:
      trace: trace.csv
    cluster:
      nodes:
        - name: gpu
          accelerators: { count: 1, profile: gpu.json }
    policies:
      baseline:
        steps: fixed
    run: { replications: 2 }
    """
  static let profile = """
    {"schema": 1, "name": "p", "provenance": "derived", "device": "d", "source": "s", "mode": "m",
     "entries": [
      {"model": "sd15", "stage": "encode", "height": 0, "width": 0, "guidance": true, "batch": 1, "median_s": 0.01, "provenance": "derived"},
      {"model": "sd15", "stage": "denoise", "height": 512, "width": 512, "guidance": true, "batch": 1, "median_s": 0.1, "provenance": "derived"},
      {"model": "sd15", "stage": "decode", "height": 512, "width": 512, "batch": 1, "median_s": 0.1, "provenance": "derived"}
     ]}
    """
  static let trace = "arrival_s,steps\n0,10\n1,20\n"

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Which file is changed, and how.
    var file = "scenario.yaml"
    var replace: (String, String) = ("", "")
    var arguments: [String] = []
    let status: Int32
    /// What the first line of standard error starts with, and what it must hold.
    let place: String
    let holds: [String]
    var testDescription: String { name }
  }

  static let rivalCases = [
    Case(
      name: "unprofiled light model",
      replace: ("    steps: fixed", "    steps: { few: { model: sd-turbo } }"), status: 65,
      place: "scenario.yaml:11:12: error: policy 'baseline' uses a model that nobody has measured",
      holds: ["node 'gpu' has no encode latency of 'sd-turbo'", "it has sd15"]),
    Case(
      name: "heavy model that nobody asks for",
      replace: (
        "    steps: fixed",
        "    steps: { diffserve: { light: sd15, heavy: twin } }\nmodels: { twin: { latency_of: sd15 } }"
      ),
      status: 65,
      place: "scenario.yaml:11:12: error: policy 'baseline' plans for the heavy model 'twin'",
      holds: ["queries ask for 'sd15'", "give 'heavy: sd15'"]),
    Case(
      name: "light model that is no lighter",
      replace: ("    steps: fixed", "    steps: { diffserve: { light: sd15, light-steps: 50 } }"),
      status: 65, place: "scenario.yaml:11:12: error: policy 'baseline' meets 'sd15' first",
      holds: ["the light model must be the quicker one"]),
    Case(
      name: "cache beyond the trace",
      replace: ("    steps: fixed", "    steps: { approximate-caching: { capacity: 3 } }"),
      status: 65,
      place: "scenario.yaml:11:12: error: policy 'baseline' caches 3 prompts",
      holds: ["the workload has 2", "lower 'capacity'"]),
    Case(
      name: "no such solver",
      replace: ("    steps: fixed", "    steps: { accuracy-scaling: { solver: libno.so } }"),
      status: 65,
      place: "scenario.yaml:11:42: error: the solver GLPK ('libno.so') is not there",
      holds: ["libglpk40"]),
    Case(
      name: "a solver of one's own",
      replace: ("    steps: fixed", "    steps: { accuracy-scaling: { solver: ./evil.so } }"),
      status: 65, place: "scenario.yaml:11:42: error: 'solver' is the name of a library",
      holds: ["not a path"]),
    Case(
      name: "more accelerators than a node has",
      replace: ("    steps: fixed", "    steps: { round-parallel: { accelerators: 2 } }"),
      status: 65,
      place: "scenario.yaml:11:12: error: policy 'baseline' shares steps among 2 accelerators",
      holds: ["no node that denoises has more than 1"]),
  ]

  static let scenarioCases =
    rivalCases + [
      Case(
        name: "unknown key", replace: ("  trace:", "  trase:"), status: 65,
        place: "scenario.yaml:4:3: error: unknown key 'trase'", holds: ["did you mean 'trace'?"]),
      Case(
        name: "missing unit", replace: ("60 s", "60"), status: 65,
        place: "scenario.yaml:2:34: error:",
        holds: ["query.slo.time lacks a unit: '60'", "write '60' with one of"]),
      Case(
        name: "unknown unit", replace: ("60 s", "60 sec"), status: 65,
        place: "scenario.yaml:2:34: error:", holds: ["unknown unit: 'sec'"]),
      Case(
        name: "negative time", replace: ("60 s", "-1 s"), status: 65,
        place: "scenario.yaml:2:34: error:", holds: ["above zero"]),
      Case(
        name: "policy that doesn't exist", replace: ("steps: fixed", "steps: fixd"), status: 65,
        place: "scenario.yaml:11:12: error: unknown step policy 'fixd'",
        holds: ["did you mean 'fixed'?"]),
      Case(
        name: "zero nodes",
        replace: (
          """
          nodes:
              - name: gpu
                accelerators: { count: 1, profile: gpu.json }
          """, "nodes: []"
        ), status: 65, place: "scenario.yaml:6:10: error: cluster.nodes", holds: ["at least one"]),
      Case(
        name: "replications 0", replace: ("replications: 2", "replications: 0"), status: 65,
        place: "scenario.yaml:12:22: error: run.replications cannot be '0'",
        holds: ["from 1 to"]),
      Case(
        name: "model that the profile lacks", replace: ("name: bad", "name: bad\nmodel: sdxl"),
        status: 65, place: "scenario.yaml:9:42: error:", holds: ["'sdxl'", "it has sd15"]),
      Case(
        name: "size that the model cannot make", replace: ("steps: 10", "steps: 10, size: 520x520"),
        status: 65, place: "scenario.yaml:8:42: error:", holds: ["520x520", "multiples of 64"]),
      Case(
        name: "profile that isn't there", replace: ("gpu.json", "cpu.json"), status: 66,
        place: "scenario.yaml:8:42: error: there is no profile", holds: ["cpu.json"]),
      Case(
        name: "trace that isn't there", replace: ("trace.csv", "trade.csv"), status: 66,
        place: "scenario.yaml:4:10: error: there is no trace 'trade.csv'",
        holds: ["QOSDIFF_TRACES"]),
      Case(
        name: "not YAML", replace: ("cluster:", "cluster: ["), status: 65, place: "scenario.yaml:",
        holds: ["error: not YAML"]),
      Case(
        name: "key twice", replace: ("name: bad", "name: bad\nname: worse"), status: 65,
        place: "scenario.yaml:", holds: ["'name' stands twice"]),
      Case(
        name: "unknown policy asked for", arguments: ["--policies", "adaptiv"], status: 64,
        place: "scenario.yaml: error: there is no policy 'adaptiv'", holds: ["baseline"]),
      Case(
        name: "--set of an unknown key", arguments: ["--set", "workload.lod=0.8"], status: 65,
        place: "--set workload.lod=0.8: error: unknown key 'lod'", holds: ["did you mean 'load'?"]),
      Case(
        name: "--replications 0", arguments: ["--replications", "0"], status: 64, place: "Error:",
        holds: ["--replications must be at least 1"]),
    ]

  static let traceCases = [
    Case(
      name: "NaN", file: "trace.csv", replace: ("1,20", "nan,20"), status: 65,
      place: "trace.csv:3:1: error:", holds: ["nan"]),
    Case(
      name: "negative time", file: "trace.csv", replace: ("1,20", "-1,20"), status: 65,
      place: "trace.csv:3:1: error:", holds: ["-1"]),
    Case(
      name: "missing time", file: "trace.csv", replace: ("1,20", ",20"), status: 65,
      place: "trace.csv:3:1: error:", holds: []),
    Case(
      name: "too many columns", file: "trace.csv", replace: ("1,20", "1,20,3"), status: 65,
      place: "trace.csv:3:", holds: ["column"]),
    Case(
      name: "too few columns", file: "trace.csv", replace: ("1,20", "1"), status: 65,
      place: "trace.csv:3:", holds: ["column"]),
    Case(
      name: "wrong header", file: "trace.csv", replace: ("arrival_s", "arival"), status: 65,
      place: "trace.csv:1:", holds: ["arrival_s"]),
    Case(
      name: "empty file", file: "trace.csv", replace: ("arrival_s,steps\n0,10\n1,20\n", ""),
      status: 65, place: "trace.csv:", holds: ["empty"]),
    Case(
      name: "negative latency", file: "gpu.json", replace: ("0.01", "-0.01"), status: 65,
      place: "gpu.json:3:", holds: []),
    Case(
      name: "truncated profile", file: "gpu.json", replace: ("]}", ""), status: 65,
      place: "gpu.json:", holds: []),
  ]

  @Test(arguments: scenarioCases + traceCases)
  func isALocatedLineAndAnExitCode(bad: Case) throws {
    let scratch = try Scratch()
    for (name, text) in [
      ("scenario.yaml", Self.scenario), ("gpu.json", Self.profile), ("trace.csv", Self.trace),
    ] {
      let isChanged = name == bad.file && !bad.replace.0.isEmpty
      #expect(!isChanged || text.contains(bad.replace.0), "the case changes nothing")
      try scratch.write(
        isChanged ? text.replacing(bad.replace.0, with: bad.replace.1) : text, to: name)
    }
    let process = try Self.compare(scratch, bad.arguments)
    #expect(process.status == bad.status)
    #expect(process.error.hasPrefix(bad.place), "said: \(process.error)")
    let line = process.error.prefix { $0 != "\n" }
    for part in bad.holds { #expect(line.contains(part), "said: \(process.error)") }
    #expect(process.out.isEmpty)
    #expect(try scratch.names() == ["gpu.json", "scenario.yaml", "trace.csv"])
  }

  @Test func theSameFilesUnchangedAreFine() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "scenario.yaml")
    try scratch.write(Self.profile, to: "gpu.json")
    try scratch.write(Self.trace, to: "trace.csv")
    #expect(try Self.compare(scratch, []).status == 0)
    #expect(try scratch.names().contains("bad.sqlite"))
  }

  private static func compare(
    _ scratch: Scratch, _ arguments: [String]
  ) throws -> Program.Output {
    switch arguments.count {
    case 0: try Program.release("compare", "scenario.yaml", in: scratch.path)
    default:
      try Program.release(
        "compare", "scenario.yaml", arguments[0], arguments[1], in: scratch.path)
    }
  }

  @Test func allFaultsOfAFileAreToldTogether() throws {
    let scratch = try Scratch()
    try scratch.write(
      Self.scenario.replacing("60 s", with: "60").replacing("steps: fixed", with: "step: fixed"),
      to: "scenario.yaml")
    let result = try Program.release("validate", "scenario.yaml", in: scratch.path)
    #expect(result.status == 65)
    #expect(result.error.contains("lacks a unit") && result.error.contains("unknown key 'step'"))
    // The source line with a caret under the fault.
    #expect(result.error.contains("\n      step: fixed\n      ^\n"), "said: \(result.error)")
  }

  @Test func databasesThatAreNotOursAreLeftAlone() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "scenario.yaml")
    try scratch.write(Self.profile, to: "gpu.json")
    try scratch.write(Self.trace, to: "trace.csv")
    try scratch.write("my notes", to: "notes.sqlite")
    let foreign = try Program.release(
      "run", "scenario.yaml", "--db", "notes.sqlite", in: scratch.path)
    #expect(foreign.status == 73)
    #expect(foreign.error.contains("no QoSDiff database"))
    #expect(
      try String(contentsOfFile: scratch.path + "/notes.sqlite", encoding: .utf8) == "my notes")
    let nowhere = try Program.release(
      "run", "scenario.yaml", "--db", "no/such/folder.sqlite", in: scratch.path)
    #expect(nowhere.status == 73)
    #expect(try Program.release("report", "missing.sqlite", in: scratch.path).status == 66)
    #expect(try Program.release("report", "notes.sqlite", in: scratch.path).status == 65)
    #expect(try Program.release("compare", "--nonsense", in: scratch.path).status == 64)
  }
}
