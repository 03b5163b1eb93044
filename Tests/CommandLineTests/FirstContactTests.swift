import Foundation
import Testing

/// What a new user does first.
@Suite(.needsProgram) struct FirstContactTests {
  @Test func initGivesAScenarioThatRuns() throws {
    let scratch = try Scratch()
    #expect(try Program.release("init", "mine", in: scratch.path).status == 0)
    #expect(try Program.release("validate", "mine/scenario.yaml", in: scratch.path).status == 0)
    let again = try Program.release("init", "mine", in: scratch.path)
    #expect(again.status == 73 && again.error.contains("already there"))
    let compare = try Program.release(
      "compare", "mine/scenario.yaml", "--replications", "3", "--db", "r.sqlite", "--out", "csv",
      in: scratch.path)
    #expect(compare.status == 0)
    for part in ["SLO violation ratio", "ratio to baseline", "±", "published", "measured"] {
      #expect(compare.out.contains(part))
    }
    for line in compare.out.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    let report = try Program.release("report", "r.sqlite", "--out", "again", in: scratch.path)
    #expect(report.status == 0)
    for name in ["summary.csv", "replications.csv", "queries.csv", "latency_cdf.csv"] {
      let first = try String(contentsOfFile: "\(scratch.path)/csv/\(name)", encoding: .utf8)
      let second = try String(contentsOfFile: "\(scratch.path)/again/\(name)", encoding: .utf8)
      #expect(first == second)
      #expect(first.split(separator: "\n").count > 1)
    }
  }

  @Test func theStarterProfileHasTheShippedFigures() throws {
    let scratch = try Scratch()
    try Program.release("init", ".", in: scratch.path)
    let starter = try Program.release("profile", "show", "gpu.json", in: scratch.path).out
    let shipped = try Program.release(
      "profile", "show", Program.root + "/Scenarios/Profiles/a100-diffusers-eager.json",
      in: scratch.path
    ).out
    // The table alone: how the figures were derived is said in each file's own words.
    func table(_ text: String) -> [Substring] {
      text.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("  *") }
    }
    #expect(table(starter).count > 3)
    #expect(table(starter) == table(shipped))
  }

  @Test func jsonIsJSON() throws {
    let scratch = try Scratch()
    try Program.release("init", ".", in: scratch.path)
    let result = try Program.release(
      "compare", "scenario.yaml", "--replications", "2", "--json", in: scratch.path)
    let value = try JSONSerialization.jsonObject(with: Data(result.out.utf8))
    let object = try #require(value as? [String: Any])
    #expect(object["name"] as? String == "starter")
    #expect((object["summaries"] as? [Any])?.count == 3 * 47)
    let policies = try Program.release("policies", "--json", in: scratch.path).out
    let listing = try #require(
      try JSONSerialization.jsonObject(with: Data(policies.utf8)) as? [String: [[String: Any]]])
    #expect(listing["presets"]?.count == 9)
    let entropy = try #require(listing["entries"]?.first { $0["name"] as? String == "entropy" })
    let threshold = (entropy["parameters"] as? [[String: Any]])?.first {
      $0["name"] as? String == "threshold"
    }
    #expect(
      threshold?["unit"] as? String == "bit" && threshold?["default"] as? Double == 0.02)
  }

  @Test func anAbsentTraceSaysWhereItIsPublished() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      "compare", Program.root + "/Scenarios/gentd26.yaml", in: scratch.path)
    #expect(result.status == 66)
    #expect(result.error.contains("lora_request_trace.csv"))
    #expect(result.error.contains("alibaba/clusterdata"))
    #expect(try scratch.names().isEmpty)
  }

  static let traces = Program.root + "/../shared/traces"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: traces),
      "needs the published GenTD26 trace in ../shared/traces"))
  func everyRowOfGenTD26IsAccountedFor() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      "compare", Program.root + "/Scenarios/gentd26.yaml", "--replications", "1", "--json",
      in: scratch.path, environment: ["QOSDIFF_TRACES": Self.traces])
    #expect(result.status == 0)
    #expect(result.out.contains("26823 rows = 26392 replayed + 431 skipped"))
    #expect(result.out.contains("IMG_2_IMG"))
  }
}
