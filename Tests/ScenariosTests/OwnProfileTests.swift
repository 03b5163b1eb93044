import Diagnostics
import Foundation
import LatencyProfiles
import LatentDynamics
import Scenarios
import Synchronization
import Testing

@Suite("profile: auto stands for this machine's own")
struct OwnProfileTests {
  static let path = Sample.package.appendingPathComponent("Scenarios/quickstart.yaml").path
  static let auto = [
    "cluster.nodes.0.cpu.profile=auto", "cluster.nodes.0.accelerators.profile=auto",
  ]

  @Test("it is asked for once, for the scenario's model and size")
  func asked() throws {
    let calls = Mutex<[String]>([])
    let tables = Mutex<[String]>([])
    let table = FileManager.default.temporaryDirectory.path + "/own-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: table) }
    let reader = ScenarioReader(
      ownProfile: { model, height, width throws(InputError) in
        calls.withLock { $0.append("\(model) \(height)x\(width)") }
        return Sample.package.appendingPathComponent("Scenarios/Profiles/epyc-zen5-core.json").path
      },
      ownTable: { model, height, width throws(InputError) in
        tables.withLock { $0.append("\(model) \(height)x\(width)") }
        let grid = TrajectoryGrid(steps: 3)
        try TableGenerator(prompts: 1, grid: grid, model: model, height: height, width: width)
          .generate(version: "test").save(path: table)
        return table
      })
    let scenario = try reader.read(
      path: Self.path, overrides: Self.auto + ["query.size=768x512", "latents=auto"])
    #expect(calls.withLock { $0 } == ["sd15 768x512"])
    #expect(tables.withLock { $0 } == ["sd15 768x512"])
    #expect(scenario.latents?.table.prompts == 1)
    #expect(scenario.profiles.map(\.profile.name) == ["epyc-zen5-core"])
    #expect(scenario.profiles[0].uses == ["gpu accelerators", "gpu cpu"])
  }

  @Test("what keeps it from being measured is told at the scenario's line, with its exit code")
  func fault() throws {
    let reader = ScenarioReader { _, _, _ throws(InputError) in
      throw InputError(.missingInput, at: nil, "no library", hint: "install it")
    }
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
      .replacingOccurrences(of: "Profiles/epyc-zen5-core.json", with: "auto")
    let error = #expect(throws: InputError.self) { try reader.read(text: text, path: Self.path) }
    #expect(error?.exitCode == 66)
    let line = try #require(error?.diagnostics.first?.location?.line)
    #expect(text.components(separatedBy: "\n")[line - 1].contains("auto"))
    #expect(
      error?.diagnostics.first?.description.hasSuffix(
        "error: profile 'auto': no library; install it") == true)
  }

  @Test("a reader that cannot measure says so")
  func cannot() throws {
    let error = #expect(throws: InputError.self) {
      try ScenarioReader().read(path: Self.path, overrides: Self.auto)
    }
    #expect(error?.diagnostics.first?.what == "'auto' cannot be measured here")
  }
}
