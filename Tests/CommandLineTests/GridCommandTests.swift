import Foundation
import Testing

/// An experiment of several points, from the command line.
@Suite(.needsProgram) struct GridCommandTests {
  static let scenario = """
    name: grid
    workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 300 }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 20 ms } } } }
    policies:
      base: { dispatcher: random }
      new: { extends: base, steps: { slack: { max: 10, min: 5 } } }
    experiment: { loads: [0.5, 0.95, 1.5], claims: [new] }
    run: { seed: 5, replications: 4 }
    """

  @Test func aGridLeavesItsPointsClaimsAndText() throws {
    let scratch = try Scratch()
    try Self.scenario.write(
      toFile: scratch.path + "/s.yaml", atomically: true, encoding: .utf8)
    let result = try Program.release(
      "compare", "s.yaml", "--db", "r.sqlite", "--out", "out", in: scratch.path)
    #expect(result.status == 0)
    for line in [
      "grid: 3 points, seed 5, 4 replications a policy and point",
      "workload, load 1.5, SLO scale 3\n", "unsteady", "new, workload:",
      "- mean latency cut by up to 2x: reached at load 0.95: ",
      "quality not established (images are not judged)",
    ] {
      #expect(result.out.contains(line), "\(line)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/out")
    #expect(
      files.sorted() == [
        "ablation.csv", "attainment_by_slo_scale.csv", "claims.csv", "comparison.txt",
        "experiments.csv", "frontier.csv", "latency_by_load.csv", "latency_cdf.csv",
        "latency_sources.csv", "notes.csv",
        "over_time.csv", "quality_by_latency.csv", "ratios.csv", "replications.csv", "summary.csv",
        "throughput_by_load.csv", "time_basis.csv", "violations_by_load.csv",
      ])
    let text = try String(contentsOfFile: scratch.path + "/out/comparison.txt", encoding: .utf8)
    #expect(text == result.out)
    let points = try String(
      contentsOfFile: scratch.path + "/out/violations_by_load.csv", encoding: .utf8)
    #expect(points.split(separator: "\n").count == 1 + 3 * 2)
    // The database alone gives the same again.
    let again = try Program.release("report", "r.sqlite", "--out", "again", in: scratch.path)
    #expect(again.status == 0)
    for file in ["claims.csv", "experiments.csv", "summary.csv", "latency_cdf.csv"] {
      #expect(
        FileManager.default.contents(atPath: "\(scratch.path)/again/\(file)")
          == FileManager.default.contents(atPath: "\(scratch.path)/out/\(file)"))
    }
    let report = try Program.release("report", "r.sqlite", in: scratch.path).out
    #expect(report.contains("workload, load 0.95, SLO scale 3\n"))
    #expect(report.contains("- mean latency cut by up to 2x: reached at load 0.95: "))
  }

  /// The text's column is the view's: two rules in two languages, and the same verdicts.
  @Test func theFrontierOfTheTextIsThatOfTheCSV() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      "compare", "\(Program.root)/Scenarios/rivals.yaml", "--db", "r.sqlite", "--out", "out",
      "--replications", "3", "--quiet", "--set", "workload.queries=300",
      "--set", "policies.nirvana.steps={ approximate-caching: { capacity: 50 } }", in: scratch.path)
    #expect(result.status == 0)
    var written: [String: String] = [:]
    let csv = try String(contentsOfFile: scratch.path + "/out/frontier.csv", encoding: .utf8)
    let header = csv.split(separator: "\n")[0].split(separator: ",").map(String.init)
    let load = try #require(header.firstIndex(of: "load"))
    let policy = try #require(header.firstIndex(of: "policy"))
    let verdict = try #require(header.firstIndex(of: "on_frontier"))
    for line in csv.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let word = ["1": "yes", "0": "no", "": "not judged"][cells[verdict]]
      written["\(cells[load]) \(cells[policy])"] = word
    }
    var told: [String: String] = [:]
    for section in result.out.components(separatedBy: "workload, load ").dropFirst() {
      let load = try #require(Double(section.prefix { $0 != "," }))
      for table in section.components(separatedBy: "\n\n") {
        let lines = table.split(separator: "\n")
        guard let head = lines.first(where: { $0.hasPrefix("policy") }), head.hasSuffix("frontier")
        else { continue }
        for line in lines {
          let words = line.split(separator: " ").map(String.init)
          for word in ["yes", "no", "not judged"] where line.hasSuffix(" " + word) {
            told["\(load) \(words[0])"] = word
          }
        }
      }
    }
    #expect(told == written)
    #expect(Set(told.values) == ["yes", "no", "not judged"])
  }

  @Test func aGridAsJSON() throws {
    let scratch = try Scratch()
    try Self.scenario.write(
      toFile: scratch.path + "/s.yaml", atomically: true, encoding: .utf8)
    let result = try Program.release(
      "compare", "s.yaml", "--db", "r.sqlite", "--json", "--replications", "2", in: scratch.path)
    let value = try JSONSerialization.jsonObject(with: Data(result.out.utf8))
    let object = try #require(value as? [String: Any])
    #expect(
      (object["points"] as? [[String: Any]])?.map { $0["load"] as? Double } == [0.5, 0.95, 1.5])
    #expect((object["claims"] as? [Any])?.count == 3)
  }

  @Test func latentsAreMadeAndDescribed() throws {
    let scratch = try Scratch()
    let made = try Program.release(
      "latents", "generate", "--prompts", "12", "--size", "128x128", "--out", "l.table",
      in: scratch.path)
    #expect(made.out == "l.table: 12 prompts, 50 steps, sd15 at 128x128, synthetic latents\n")
    let shown = try Program.release("latents", "inspect", "l.table", in: scratch.path).out
    for part in [
      "Mean error of full schedules:", "predicted-x0-change", "published FID",
      "evidence about the mathematics",
    ] {
      #expect(shown.contains(part), "\(part)")
    }
    let controls = try Program.release("latents", "controls", "l.table", in: scratch.path).out
    #expect(controls.contains("predicted-x0-change, reserved"))
    for (arguments, status) in [
      (["latents", "generate", "--size", "100x100"], Int32(64)),
      (["latents", "inspect", "none.table"], 66),
      (["latents", "controls", "l.table", "--evaluations", "99"], 64),
    ] {
      #expect(try Program.release(arguments: arguments, in: scratch.path).status == status)
    }
  }
}
