import DiffusionModels
import Foundation
import LatencyProfiles
import Testing

@testable import KernelBench

struct ManifestTests {
  @Test func manifestHoldsEveryNodeInItsOrder() throws {
    let manifest = BenchManifest(BenchTests.plan())
    let read = try JSONDecoder().decode(BenchManifest.self, from: manifest.json())
    #expect(read.schema == 2)
    let step = try #require(read.entries.first { $0.stage == .denoise && $0.guidance == true })
    let graph = BenchTests.tiny.denoise(images: 1, height: 64, width: 64, guidance: true)[0]
    let pass = try #require(step.passes.first)
    #expect(step.passes.count == 1)
    #expect(pass.nodes.map { read.kernels[$0[0]].operation } == graph.nodes.map(\.kernel))
    #expect(
      pass.nodes.map { Array($0[1...]) }
        == graph.nodes.map { [$0.output.index] + $0.inputs.map(\.index) })
    #expect(
      pass.tensors.map { $0.reduce(1, *) } == graph.tensors.map(\.elements))
    #expect(pass.inputs == graph.inputs.map(\.index) && pass.output == graph.output.index)
    #expect(read.entries.allSatisfy { $0.stage != .postProcess })
    #expect(Set(read.kernels.map(\.kernel)).count == read.kernels.count)
  }
}
