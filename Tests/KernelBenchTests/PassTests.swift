import DiffusionModels
import LatencyProfiles
import Testing

@testable import KernelBench

struct PassTests {
  @Test(arguments: KernelCorrectnessTests.precisions)
  func wholeTextEncoderRunsAndGivesNumbers(precision: Precision) throws {
    let engine = try OneDNN(library: OneDNNLibrary(), threads: 2, precision: precision)
    var small = TextEncoder.clipL
    small.layers = 1
    let pass = try FullPass([small.graph(batch: 1)], on: engine)
    try pass.run()
    #expect(pass.isFinite)
  }

  @Test func pngIsAFileThatDecodesToLessThanItsPixels() throws {
    let file = try PNGEncoder(height: 64, width: 96).encode()
    #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(file.count > 1000)
    #expect(file.count < 64 * 96 * 3 + 4096)
  }

  @Test func rooflineIsTheSlowerOfWorkAndTraffic() {
    let roof = LatencyProfile.Roofline(gflopPerS: 100, gbytePerS: 10)
    #expect(roof.seconds(flops: 1e11, bytes: 0) == 1)
    #expect(roof.seconds(flops: 1e11, bytes: 2e10) == 2)
  }

  @Test func processorIsNamedWithFamilyAndModel() {
    let text = "processor: 0\nmodel name\t: AMD EPYC\ncpu family\t: 26\nmodel\t\t: 2\n"
    #expect(Machine.processorName(cpuInfo: text) == "AMD EPYC (family 26, model 2)")
    #expect(Machine.processorName(cpuInfo: "") == "unknown processor")
    #expect(!Machine.hasBF16(cpuInfo: text))
    #expect(Machine.hasBF16(cpuInfo: text + "flags\t\t: fpu avx512_bf16 sse\n"))
    #expect(!Machine.hasBF16(cpuInfo: "model name : bf16\nflags : fpu no_bf16_x\n"))
    #expect(Machine.bytes("32768K\n") == 32 << 20)
    #expect(Machine.bytes("32M") == 32 << 20)
    #expect(Machine.bytes("") == nil)
  }
}
