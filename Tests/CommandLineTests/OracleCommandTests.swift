import Foundation
import Testing

/// `validate --oracles` as a user meets it.
@Suite(.needsProgram) struct OracleCommandTests {
  /// M/M/1 at utilisation 0.5, with what theory says of its mean wait.
  static func scenario(_ value: String) -> String {
    """
    name: half
    query: { steps: 1, guidance: false }
    workload: { arrivals: { poisson: { rate: 0.5 query/s } }, queries: 20000 }
    cluster:
      queue: central
      nodes: [{ name: n, accelerators: { synthetic: { denoise: { exponential: { mean: 1 s } } } } }]
    policies: { fcfs: { steps: fixed } }
    run: { replications: 10, warmup: 500 s }
    oracles: [{ metric: "E[Wq]", exact: \(value), source: "Erlang, 1917" }]

    """
  }

  @Test func theVerdictIsTheExitCode() throws {
    let scratch = try Scratch()
    for (value, status, verdict) in [("1", 0, "met"), ("1.2", 1, "missed")]
      as [(String, Int32, String)]
    {
      try Self.scenario(value).write(
        toFile: scratch.path + "/s.yaml", atomically: true, encoding: .utf8)
      let result = try Program.release(
        "validate", "--oracles", "s.yaml", "--out", "o.csv", "--jobs", "2", in: scratch.path)
      #expect(result.status == status)
      #expect(result.out.contains("half") && result.out.contains(verdict))
      for line in result.out.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
      let csv = try String(contentsOfFile: scratch.path + "/o.csv", encoding: .utf8)
      let rows = csv.split(separator: "\n")
      #expect(rows.count == 2 && rows[1].contains(",\(verdict),\"Erlang, 1917\""))
    }
  }

  @Test func folderAndFilesAreFound() throws {
    let scratch = try Scratch()
    let none = try Program.release("validate", "--oracles", in: scratch.path)
    #expect(none.status == 66 && none.error.contains("run it in a checkout of QoSDiff"))
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/Scenarios/oracles", withIntermediateDirectories: true)
    let empty = try Program.release("validate", "--oracles", in: scratch.path)
    #expect(empty.status == 66 && empty.error.contains("this folder holds no scenario"))
    try Self.scenario("1").write(
      toFile: scratch.path + "/Scenarios/oracles/s.yaml", atomically: true, encoding: .utf8)
    let found = try Program.release("validate", "--oracles", "--json", in: scratch.path)
    #expect(found.status == 0 && found.out.contains("\"holds\" : true"))
    #expect(try Program.release("validate", in: scratch.path).status == 64)
  }

  @Test func aScenarioWithoutTheoryIsNamed() throws {
    let scratch = try Scratch()
    try Program.release("init", ".", in: scratch.path)
    let result = try Program.release("validate", "--oracles", "scenario.yaml", in: scratch.path)
    #expect(result.status == 65 && result.error.contains("says nothing of theory"))
  }
}
