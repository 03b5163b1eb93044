import DiffusionModels
import Testing

@testable import KernelBench

/// Every kind of kernel against plain loops in double precision, on small awkward shapes.
struct KernelCorrectnessTests {
  static let kernels: [Kernel] = [
    .convolution(batch: 2, height: 7, width: 9, inputs: 5, outputs: 19, side: 3, stride: 1),
    .convolution(batch: 1, height: 8, width: 6, inputs: 32, outputs: 16, side: 3, stride: 2),
    .convolution(batch: 3, height: 4, width: 4, inputs: 48, outputs: 64, side: 1, stride: 1),
    .linear(rows: 1, inputs: 37, outputs: 65, bias: true),
    .linear(rows: 77, inputs: 64, outputs: 96, bias: false),
    .attention(batch: 2, heads: 3, queries: 20, keys: 33, width: 8, causal: false),
    .attention(batch: 1, heads: 2, queries: 77, keys: 77, width: 16, causal: true),
    // More than one chunk, of two sizes.
    .attention(batch: 1, heads: 8, queries: 300, keys: 1000, width: 40, causal: false),
    .groupNorm(batch: 2, pixels: 35, channels: 64, groups: 32),
    .groupNorm(batch: 1, pixels: 200, channels: 36, groups: 4),
    .layerNorm(rows: 11, channels: 50),
    .activation(.silu, elements: 101), .activation(.gelu, elements: 101),
    .activation(.quickGELU, elements: 101),
    .add(elements: 99), .multiply(elements: 99),
    .addPerImage(batch: 3, pixels: 10, channels: 33),
    .concatenate(rows: 9, first: 20, second: 7),
    .upsample(batch: 2, height: 3, width: 5, channels: 24),
    .embedding(rows: 14, vocabulary: 100, channels: 12),
  ]

  @Test(arguments: kernels, [1, 2]) func kernelGivesWhatTheReferenceGives(
    kernel: Kernel, threads: Int
  ) throws {
    for precision in Self.precisions {
      let engine = try OneDNN(library: OneDNNLibrary(), threads: threads, precision: precision)
      let trial = try KernelTrial(kernel, on: engine, cacheBytes: 1 << 16)
      for _ in 0..<3 { try trial.run() }
    }
  }

  /// bf16 too, where this processor has it.
  static let precisions = Precision.allCases.filter(Machine.current().computes)

  /// The check can fail: one wrong number among those compared is found, and one not a number.
  @Test(arguments: kernels, [Float.nan, 1000]) func wrongResultIsNotTimed(
    kernel: Kernel, wrong: Float
  ) throws {
    for precision in Self.precisions {
      let engine = try OneDNN(library: OneDNNLibrary(), threads: 1, precision: precision)
      let prepared = try kernel.prepare(on: engine)
      let inputs = KernelTrial.inputs(of: kernel, precision)
      let plain = KernelTrial.parameters(of: kernel, precision)
      let packed = prepared.packedBytes.map { Buffer(bytes: $0) }
      try prepared.pack(plain, into: packed)
      let output = Buffer(bytes: precision.elementBytes * kernel.outputElements)
      try prepared.bind(
        inputs: inputs.map { $0.stored(as: precision) }, output: output, packed: packed
      ).run()
      let numbers = output.numbers(storedAs: precision)
      func check() throws {
        try KernelTrial.check(
          kernel, inputs: inputs, parameters: plain, output: numbers,
          tolerance: precision.tolerance)
      }
      try check()
      numbers.floats[kernel.outputElements - 1] = wrong
      #expect(throws: KernelBenchError.self) { try check() }
    }
  }

  @Test func bf16RoundsToTheNearestAndTiesToEven() {
    let pairs: [(Float, Float)] = [
      (1, 1), (1 + 0x1p-8, 1), (1 + 0x1.8p-7, 1 + 0x1p-6), (-1 - 0x1.1p-8, -1 - 0x1p-7),
      (3e38, 0x1.c4p127), (.infinity, .infinity),
    ]
    for (x, nearest) in pairs { #expect(BFloat16(x).float == nearest) }
    #expect(BFloat16(.nan).float.isNaN)
    // Sixteen at a time they are the same.
    var lanes = SIMD16<Float>(repeating: .nan)
    for (i, pair) in pairs.enumerated() { lanes[i] = pair.0 }
    var stored = [BFloat16](repeating: BFloat16(0), count: 16)
    stored.withUnsafeMutableBufferPointer { buffer in
      guard let address = buffer.baseAddress else { return }
      BFloat16.store16(lanes, at: address)
      let back = BFloat16.load16(address)
      for (i, pair) in pairs.enumerated() { #expect(back[i] == pair.1) }
      #expect(back[15].isNaN)
    }
  }

  @Test func missingLibraryNamesThePackage() {
    let error = #expect(throws: KernelBenchError.self) {
      _ = try OneDNNLibrary(file: "libdnnl.so.none")
    }
    #expect(error?.description.contains("install Debian's package libdnnl2") == true)
  }
}
