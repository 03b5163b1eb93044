import Foundation
import Testing

/// Mistaken files and command lines, each with the line that it must give: what it is, and what to write instead.
///
/// `BadInputs.txt` is the table, made by this test; `UPDATE_SNAPSHOTS=1` writes it. A new mistake is a file in
/// `BadInputs`, or a line below; the fuzz test starts from these files, too.
@Suite(.needsProgram) struct BadInputTableTests {
  static let folder = "\(Program.root)/Tests/CommandLineTests/BadInputs"
  private static let table = "\(Program.root)/Tests/CommandLineTests/BadInputs.txt"

  /// Command lines without a file of their own.
  private static let lines: [[String]] = [
    ["compere", "s.yaml"], ["trase"], ["trace", "inspekt", "a.csv"], ["profile", "dervie"],
    [
      "sweep", "../../../Scenarios/quickstart.yaml", "--axis",
      "workload.rescale={ min: 9 query/s, max: 2 query/s }",
    ], ["trace", "inspect", "absent.csv"],
    ["trace", "inspect", "empty.csv", "--from", "azure"], ["validate", "absent.yaml"],
    ["sweep", "../../../Scenarios/quickstart.yaml", "--axis", "workload.laod=0.5,0.8"],
    ["sweep", "../../../Scenarios/quickstart.yaml", "--axis", "workload.load=a,b"],
    ["compare", "../../../Scenarios/quickstart.yaml", "--set", "query.slo=10 s"],
    ["compare", "../../../Scenarios/quickstart.yaml", "--set", "workload.load"],
    [
      "profile", "derive", "l40s", "../../../Scenarios/Profiles/h100-stabilityai-sdxl.json",
      "--model",
      "sdxl",
    ],
    ["profile", "show", "absent.json"], ["bench", "--model", "sd51"],
    ["trace", "inspect", "empty.csv", "--from", "burst"], ["run", "s.yaml", "--laod", "0.8"],
    ["run", "s.yaml", "--load", "0.8"], ["compare", "s.yaml", "--replicatons", "3"],
    ["trace", "inspect", "--ignore-unknwn", "a.csv"],
    ["validate", "--frobnicate", "s.yaml"],
    [
      "run", "../../../Scenarios/quickstart.yaml", "--set", "run.warmup=1000 h",
    ],
    ["run", "../../../Scenarios/quickstart.yaml", "--set", "query.slo.time=5 s"],
    ["sweep", "../../../Scenarios/quickstart.yaml", "--axis", "query.slo.time=5 s,10 s"],
    ["run", "../../../Scenarios/quickstart.yaml", "--set", "query.slo.tiem=5 s"],
    ["trace", "convert", "trace.csv", "--out", "../BadInputs/trace.csv"],
    ["trace", "convert", "transposed.csv", "--out", "x.csv", "--rate-scael", "2"],
  ]

  private static func arguments(_ file: String) -> [String] {
    switch URL(filePath: file).pathExtension {
    case "yaml": ["validate", file]
    case "json": ["profile", "show", file]
    default: ["trace", "inspect", file]
    }
  }

  private static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func everyMistakeIsToldWithWhatWouldBeRight() throws {
    let commands = try Self.files().map(Self.arguments) + Self.lines
    #expect(commands.count >= 80)
    var rows: [String] = []
    for arguments in commands {
      let result = try Program.release(arguments: arguments, in: Self.folder)
      let said = result.error.split(separator: "\n").first.map(String.init) ?? ""
      rows.append("\(arguments.joined(separator: " ")) | \(result.status) | \(said)")
      #expect([64, 65, 66].contains(result.status), "\(arguments)")
      #expect(result.out.isEmpty)
      #expect(said.lowercased().contains("error: "), "\(said)")
      // What would be right: behind a semicolon, or what must be there.
      let right = [";", "must be", "is missing", "there is no such file", "no such profile file"]
      #expect(right.contains { said.contains($0) }, "\(said)")
    }
    let text = rows.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try text.write(toFile: Self.table, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOfFile: Self.table, encoding: .utf8))
  }

  /// A command that wrote to the file which it reads would empty it; one that dropped columns that the program knows
  /// would have the scenario's values in their place.
  @Test func offeredCommandsLoseNothing() throws {
    let scratch = try Scratch()
    try scratch.write("arrived_at,steps,prompt\n0.5,30,\"a, b\"\n1.5,20,c\n", to: "trace.csv")
    let told = try Program.release("trace", "inspect", "trace.csv", in: scratch.path).error
    let command = try #require(told.firstMatch(of: #/python3 -c .*> native\.csv/#)?.0)
    let shell = try Program(path: "/bin/bash")("-c", "cd '\(scratch.path)' && \(command)")
    #expect(shell.status == 0)
    let made = String(decoding: scratch.bytes("native.csv") ?? Data(), as: UTF8.self)
    #expect(
      made.split(whereSeparator: \.isNewline)
        == ["arrival_s,steps,prompt", "0.5,30,\"a, b\"", "1.5,20,c"])
    // Names may hold what shells and Python read.
    try scratch.write("timestamp $x 'a' \"\"b`,id\n0.5,1\n1.5,2\n", to: "odd.csv")
    let odd = try Program.release("trace", "inspect", "odd.csv", in: scratch.path).error
    let second = try #require(odd.firstMatch(of: #/python3 -c .*> trace\.csv/#)?.0)
    let again = try Program(path: "/bin/bash")("-c", "cd '\(scratch.path)' && \(second)")
    #expect(again.status == 0, "\(second) \(again.error)")
    #expect(scratch.bytes("trace.csv") == Data("arrival_s\n0.5\n1.5\n".utf8))
  }

  /// Faults of a scenario's keys, of its profiles and of its trace; of a profile's structure and its ranges.
  @Test(arguments: [
    (
      ["validate", "two-faults.yaml"],
      [
        "two-faults.yaml:8:8: error: unknown key 'stpes'",
        "two-faults.yaml:6:57: error: there is no profile",
        "two-faults.yaml:6:98: error: there is no profile",
        "ragged.csv:1:1: error: the header has no column 'arrival_s'",
        "ragged.csv:1:1: error: unknown column '0 20'",
      ]
    ),
    (
      ["profile", "show", "ranges-and-missing.json"],
      [
        "ranges-and-missing.json:1:109: error: entry 1: 'median_s' is missing",
        "ranges-and-missing.json:1:203: error: entry 1: batch must be from 1 to 65536",
      ]
    ),
    (
      ["trace", "inspect", "many-columns.csv"],
      [
        "many-columns.csv:1:11: error: unknown columns 'region', 'user'",
        "many-columns.csv:1:23: error: unknown column 'stpes'",
        "many-columns.csv:1:29: error: unknown column 'slo_ms'",
      ]
    ),
  ])
  func allFaultsAreToldInOneRound(arguments: [String], starts: [String]) throws {
    let told = try Program.release(arguments: arguments, in: Self.folder).error
      .split(separator: "\n").filter { $0.contains(": error: ") }
    #expect(told.count == starts.count)
    for (line, start) in zip(told, starts) { #expect(line.hasPrefix(start)) }
  }

  /// A fault of a value that an option gives names the option, wherever it comes to light.
  @Test(arguments: [
    ("workload.window.from=1000 h", "holds no row of the trace"),
    ("run.warmup=1000 h", "leaves no query"),
    ("query.slo=3x", "write { scale: 3 }"),
    ("cluster.nodes.0.accelerators={ count: 1, profile: no.json }", "there is no profile"),
  ])
  func faultsOfOptionsNameThem(setting: String, what: String) throws {
    let scratch = try Scratch()
    try scratch.write("arrival_s\n0\n5\n", to: "t.csv")
    try scratch.write(
      """
      name: s
      query: { steps: 1, guidance: false, slo: { time: 5 s } }
      workload: { trace: t.csv, window: { from: 0 s } }
      cluster:
        nodes: [{ name: s, accelerators: { count: 1, synthetic: { denoise: { deterministic: 1 s } } } }]
      policies: { p: { steps: fixed } }
      run: { seed: 1, warmup: 1 s }
      """, to: "s.yaml")
    let result = try Program.release("run", "s.yaml", "--set", setting, in: scratch.path)
    #expect(result.status >= 64)
    #expect(
      result.error.contains("--set \(setting): error: ") && result.error.contains(what),
      "\(result.error)")
  }

  /// The commands that messages offer make traces of the files.
  @Test(arguments: [
    ("semicolons.csv", [0.5, 1.5]), ("semicolons-points.csv", [0.5, 1.5]), ("tabs.tsv", [0, 1]),
    ("bars.csv", [0, 1]), ("tabs-with-commas.tsv", [0.5]), ("name with blank.csv", [0.5]),
    ("packed.csv.gz", [0.5, 1.5]), ("start-time.csv", [0.5]), ("quoted-cells.csv", [0.5, 1.5]),
    ("timestamp-header.csv", [5]), ("timestamp-prompt.csv", [5]), ("arrived-at.csv", [0.5]),
    ("created-milliseconds.csv", [0.123, 1.123]), ("two-of-azure.csv", [5]),
    ("headerless-one.csv", [0, 0.53, 1.9]), ("headerless-four.csv", [0, 0.53, 1.9]),
    ("headerless-dates.csv", [0, 5]), ("spaces.csv", [0, 0.5]), ("mooncake.jsonl", [0, 3]),
    ("epoch.jsonl", [0.5, 1.5]), ("array.json.csv", [0, 1.5]), ("dicts.txt", [0.5, 2]),
    ("python-objects.txt", [0, 0.4]), ("comment.csv", [0.5, 1.5]),
    ("numpy-header.csv", [0.5, 1.5]),
    ("separator-line.csv", [0.5]), ("runtime.csv", [0.25, 1.25]), ("mac-lines.csv", [0, 1.5]),
    ("unit-in-brackets.csv", [0.5, 1.5]), ("unit-minutes.csv", [30, 60]),
    ("qwen-bailian.jsonl", [61.114, 62.5]), ("quoted-semicolons.csv", [0.5, 1.5]),
    ("locust.csv", [0]), ("headerless-azure.csv", [0.68059, 1.68059]),
    ("blanks-header.txt", [0.5, 1.5]), ("trace.csv", [0.5, 1.5]),
    ("pretty-array.json.txt", [0.5, 1.5]),
  ])
  func offeredCommandsMakeTraces(file: String, seconds: [Double]) throws {
    let scratch = try Scratch()
    let told = try Program.release("trace", "inspect", file, in: Self.folder).error
    let command = try #require(
      told.firstMatch(of: #/((?:python3 -c|awk|sed|tr) .*> (?:trace|native)\.csv)/#)?.1)
    let shell = try Program(path: "/bin/bash")(
      "-c",
      "cd '\(Self.folder)' && \(command.replacing(#/> (?:trace|native)\.csv$/#, with: "> '\(scratch.path)/trace.csv'"))"
    )
    #expect(shell.status == 0, "\(shell.error)")
    let read = try Program.release(
      "trace", "convert", "trace.csv", "--ignore-unknown", "--out", "native.csv", in: scratch.path)
    #expect(read.status == 0, "\(command): \(read.error)")
    let rows = try String(contentsOfFile: scratch.path + "/native.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst().compactMap { $0.split(separator: ",").first }
    #expect(rows.compactMap { Double($0) } == seconds)
  }
}
