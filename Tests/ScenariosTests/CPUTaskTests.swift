import Cluster
import Foundation
import LatencyProfiles
import Scenarios
import Testing

/// What a task of several cores takes: as written, as measured, or as many times less.
@Suite struct CPUTaskTests {
  /// Measured on two cores; four are worth 3 times one.
  private func profile(scaling: [LatencyProfile.CoreScaling]) throws -> URL {
    func entry(_ stage: Stage) -> LatencyProfile.Entry {
      .init(
        model: "sd15", stage: stage, height: 512, width: 512, guidance: nil, batch: 1,
        medianSeconds: 1, provenance: .measured)
    }
    let profile = try LatencyProfile(
      name: "cpu", device: "d", source: "s", mode: "m", cores: 2, coreScaling: scaling,
      entries: [entry(.decode), entry(.postProcess)])
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try profile.save(path: path.path)
    return path
  }

  static let measured: [LatencyProfile.CoreScaling] = [(1, 9), (2, 5), (4, 3)].map {
    .init(stage: .decode, cores: $0.0, medianSeconds: $0.1, repetitions: 3)
  }

  @Test func taskOfASmallPoolTakesAllOfIt() throws {
    let path = try profile(scaling: [])
    defer { try? FileManager.default.removeItem(at: path) }
    let text = Sample.with(
      "- name: left",
      as: "- name: left\n      cpu: { cores: 1, profile: \(path.path) }")
    // Measured on two cores, it takes twice as long on one (Assumed).
    #expect(
      try scenario(text).cluster.nodes[0].cpuTasks[Stage.decode.index]
        == CPUTask(cores: 1, speedup: 0.5, basis: .assumed))
  }

  @Test(arguments: [
    // On the cores that it was measured on; measured; written; as many as they are.
    ("{}", true, 2, 1.0, TimeBasis.measured),
    ("{ decode: 4 }", true, 4, 5.0 / 3, .measured),
    ("{ decode: 4 }, scaling: { 2: 1.5, 4: 1.8 }", true, 4, 1.2, .assumed),
    ("{ decode: 4 }", false, 4, 2.0, .assumed),
    ("{ decode: 1 }", true, 1, 5.0 / 9, .measured),
    // More than were measured.
    ("{ decode: 6 }", true, 6, 4.2 / 1.8, .derived),
  ])
  func aTaskIsWorthItsCores(
    tasks: String, isMeasured: Bool, cores: Int, speedup: Double, basis: TimeBasis
  ) throws {
    let path = try profile(scaling: isMeasured ? Self.measured : [])
    defer { try? FileManager.default.removeItem(at: path) }
    let text = Sample.with(
      "- name: left",
      as: "- name: left\n      cpu: { cores: 8, profile: \(path.path), tasks: \(tasks) }")
    let node = try scenario(text).cluster.nodes[0]
    let task = node.cpuTasks[Stage.decode.index]
    #expect(task.cores == cores && abs(task.speedup - speedup) < 1e-12)
    #expect(task.basis == basis)
    // libpng works on one.
    #expect(node.cpuTasks[Stage.postProcess.index] == CPUTask(cores: 1, speedup: 1))
  }
}
