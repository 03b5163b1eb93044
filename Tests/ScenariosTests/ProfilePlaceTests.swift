import Cluster
import Diagnostics
import Foundation
import Scenarios
import Testing

@Suite("Faults of a profile's content point at the scenario's own line")
struct ProfilePlaceTests {
  @Test("each node's profile key, by the node's number")
  func places() throws {
    let path = Sample.package.appendingPathComponent("Scenarios/quickstart.yaml").path
    let scenario = try ScenarioReader().read(path: path)
    let lines = scenario.text.components(separatedBy: "\n")
    for (isCPU, key) in [(false, "a100-diffusers-eager.json"), (true, "epyc-zen5-core.json")] {
      let fault = scenario.profileFault(node: "gpu-3", isCPU: isCPU, "no", hint: "yes")
      let line = try #require(fault.location?.line)
      #expect(lines[line - 1].contains(key))
      #expect(fault.sourceLine == lines[line - 1])
      let column = try #require(fault.location?.column)
      #expect(lines[line - 1].dropFirst(column - 1).hasPrefix("Profiles/\(key)"))
    }
    let none = scenario.profileFault(node: "nobody", isCPU: false, "no", hint: "yes")
    #expect(none.description == "\(path): error: no; yes")
  }

  @Test("each profile is read once, with all its uses")
  func uses() throws {
    let path = Sample.package.appendingPathComponent("Scenarios/heterogeneous.yaml").path
    let scenario = try ScenarioReader().read(path: path)
    #expect(
      scenario.profiles.map(\.uses) == [
        ["a100 accelerators"], ["a100 cpu", "t4 cpu", "cpu cpu"], ["t4 accelerators"],
        ["cpu accelerators"],
      ])
    #expect(scenario.cluster.nodes.map(\.name) == ["a100", "t4-0", "t4-1", "cpu-0", "cpu-1"])
  }
}
