import Cluster
import Diagnostics
import Foundation
import LatentDynamics
import Scenarios
import Testing

/// Trajectory tables, presets and points of an experiment, as a scenario names them.
@Suite struct LatentsTests {
  private static let head = Sample.text.components(separatedBy: "policies:\n")[0]

  /// A folder with a small table of sd15 at 128x128 and the scenario's own place.
  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/latents-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try TableGenerator(prompts: 2, height: 128, width: 128).generate(version: "test")
      .save(path: path + "/small.table")
    return path
  }

  private func read(_ text: String, in folder: String) -> Result<Scenario, any Error> {
    Result { try ScenarioReader().read(text: text, path: folder + "/s.yaml") }
  }

  private func fault(_ text: String, in folder: String) -> String {
    switch read(text, in: folder) {
    case .success: "read"
    case .failure(let error): "\(error)".replacing(folder + "/", with: "")
    }
  }

  @Test func aTableIsReadAndQualityHasDefaults() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = "query: { size: 128x128 }\nlatents: small.table\n" + Sample.text
    let scenario = try read(text, in: folder).get()
    #expect(scenario.latents?.table.prompts == 2)
    #expect(scenario.quality == QualityPlan(floor: nil, margin: 0.02, referenceSteps: 25))
    let asked = try read(
      text + "\nquality: { floor: 0.8, margin: 0.05, reference_steps: 20 }", in: folder
    ).get()
    #expect(asked.quality == QualityPlan(floor: 0.8, margin: 0.05, referenceSteps: 20))
    #expect(try read(Sample.text, in: folder).get().latents == nil)
    #expect(try read("latents: none\n" + Sample.text, in: folder).get().latents == nil)
  }

  @Test func aTableOfAnotherModelOrSizeIsRefused() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(
      fault("latents: small.table\n" + Sample.text, in: folder)
        == "s.yaml:1:10: error: the trajectory table is for sd15 at 128x128, the scenario's queries "
        + "are for sd15 at 512x512; name a table of that model and size; 'auto' makes one, 'none' "
        + "goes without")
    #expect(
      fault(
        "model: sdxl\nquery: { size: 128x128 }\nlatents: small.table\n" + Sample.text, in: folder
      )
      .hasPrefix("s.yaml:3:10: error: the trajectory table is for sd15 at 128x128, "))
    #expect(
      fault("latents: other.table\n" + Sample.text, in: folder)
        == "s.yaml:1:10: error: there is no trajectory table 'other.table'; paths start from the "
        + "scenario's folder; 'auto' is the built-in one")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/small.table"))
    try bytes.dropLast(7).write(to: URL(fileURLWithPath: folder + "/cut.table"))
    #expect(
      fault("latents: cut.table\n" + Sample.text, in: folder)
        == "cut.table:2:1: error: the header promises 2 rows, the file holds 1 and a part of one; it "
        + "was cut short or joined to another; make it again")
  }

  @Test func readersOfLatentsNeedATable() {
    let text = Self.head + "policies: { p: { steps: entropy } }\n"
    #expect(
      faults(text).map(\.description) == [
        "s.yaml:12:11: error: policy 'p' reads latents; name a trajectory table: 'latents: FILE'"
      ])
  }

  @Test func thresholdsHaveUnitsAndBoundsAgree() {
    func fault(_ steps: String) -> String {
      faults(Self.head + "policies: { p: { steps: { \(steps) } } }\n").first?.description ?? "read"
    }
    #expect(
      fault("entropy: { threshold: 0.02 }")
        == "s.yaml:12:49: error: policies.p.steps.entropy.threshold lacks a unit: '0.02'; write "
        + "'0.02 bit'")
    #expect(
      fault("entropy: { min: 30, max: 20 }")
        == "s.yaml:12:43: error: min 30 is above max 20; see 'qosdiff policies'")
    #expect(
      fault("entropy: { signal: latents }")
        == "s.yaml:12:46: error: policies.p.steps.entropy.signal cannot be 'latents'; did you mean "
        + "'latent'?")
    #expect(
      fault("entropy-probe: { probe: 20 }")
        == "s.yaml:12:51: error: probe 20 is not below min 12; see 'qosdiff policies'")
  }

  @Test func aPresetSetsItsPartsAndGivesThemBack() throws {
    let lines = [
      "base: { dispatcher: random, finish: reserved }",
      "all: { extends: base, preset: qos-diff, latents: no }",
    ]
    #expect(faults(Sample.policies(lines)).first?.what == "unknown key 'latents' in policies.all")
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text =
      "query: { size: 128x128 }\nlatents: small.table\n"
      + Sample.policies([
        "base: { dispatcher: random, finish: reserved }",
        "all: { extends: base, preset: qos-diff }",
        "own: { extends: all, finish: { respace: { evaluations: 7 } } }",
        "cut: { extends: all, without: [finish, pipelining] }",
      ])
    let scenario = try read(text, in: folder).get()
    func types(_ name: String) throws -> [String] {
      let set = try #require(scenario.policy(name))
      return [
        "\(type(of: set.steps))", "\(set.finish)", "\(type(of: set.dispatcher))",
        set.pipelining == .none ? "none" : "cpu-gpu",
      ]
    }
    #expect(try types("base") == ["FixedSteps", "reserved", "RandomDispatch", "none"])
    #expect(try types("all") == ["EntropySteps", "jump", "EarliestFinish", "cpu-gpu"])
    #expect(try types("own") == ["EntropySteps", "respace(7)", "EarliestFinish", "cpu-gpu"])
    #expect(try types("cut") == ["EntropySteps", "reserved", "EarliestFinish", "none"])
  }

  @Test func anExperimentNamesItsPoints() throws {
    let text =
      Sample.text + """

        experiment:
          loads: [0.5, 0.9]
          slo_scales: [2, 3]
          workloads: { quick: { arrivals: { poisson: { rate: 1 query/s } }, queries: 9 } }
          claims: [quick]
        """
    let plan = try #require(try scenario(text).experiment)
    #expect(plan.loads == [0.5, 0.9] && plan.sloScales == [2, 3])
    #expect(plan.workloads.map(\.name) == ["quick"] && plan.claims == ["quick"])
    let own = try #require(try scenario(Sample.text + "\nexperiment: { loads: [1] }").experiment)
    #expect(own.sloScales == [3] && own.workloads.count == 1)
    #expect(
      faults(Sample.text + "\nexperiment: { loads: [1], claims: [quik] }").map(\.description)
        == ["s.yaml:16:36: error: there is no policy 'quik'; did you mean 'quick'?"])
  }
}
