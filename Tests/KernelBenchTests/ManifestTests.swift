import DiffusionModels
import Foundation
import LatencyProfiles
import Testing

@testable import KernelBench

struct ManifestTests {
  @Test func manifestHoldsEveryNodeInItsOrder() throws {
    let manifest = BenchManifest(BenchTests.plan())
    let read = try JSONDecoder().decode(BenchManifest.self, from: manifest.json())
    #expect(read.schema == 1)
    let step = try #require(read.entries.first { $0.stage == .denoise && $0.guidance == true })
    let graph = BenchTests.tiny.denoise(images: 1, height: 64, width: 64, guidance: true)[0]
    #expect(step.sequence.map { read.kernels[$0].operation } == graph.nodes.map(\.kernel))
    #expect(read.entries.allSatisfy { $0.stage != .postProcess })
    #expect(Set(read.kernels.map(\.kernel)).count == read.kernels.count)
  }

  static let hasTorch = (try? run(["-c", "import torch"])) == 0

  static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(.enabled(if: hasTorch, "needs PyTorch"), arguments: ["f32", "bf16"])
  func torchWritesAProfileOfTheSameEntries(dtype: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let manifest = BenchManifest(BenchTests.plan())
    try manifest.json().write(to: folder.appending(path: "kernels.json"))
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let out = folder.appending(path: "torch.json").path
    let status = try Self.run([
      root.appending(path: "Scenarios/Profiles/bench_torch.py").path,
      folder.appending(path: "kernels.json").path, "--out", out, "--device", "cpu", "--dtype",
      dtype, "--seconds", "0.001",
    ])
    #expect(status == 0)
    let profile = try LatencyProfile.load(path: out)
    #expect(profile.entries.map(\.stage) == manifest.entries.map(\.stage))
    #expect(profile.kernels.count == manifest.count.kernels)
    #expect(profile.entries.allSatisfy { $0.provenance == .measured && $0.wholeSeconds != nil })
  }
}
