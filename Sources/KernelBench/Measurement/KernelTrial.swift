import DiffusionModels

/// A kernel with enough sets of memory to find its data cold, checked before it is timed.
final class KernelTrial {
  let kernel: Kernel
  /// What computes it.
  let implementation: String
  private let sets: [BoundKernel]
  private var turn = 0

  /// Places of the output that are compared with the reference.
  static let samples = 100

  /// Prepares `kernel`, runs it once and checks it.
  ///
  /// - Parameter cacheBytes: of the last-level cache: the sets together are over twice as large, so
  ///   that each run finds its memory pushed out by the runs between, as a step does, which walks
  ///   through gigabytes of weights.
  /// - Throws: ``KernelBenchError/wrong(kernel:error:tolerance:)`` for a kernel that computes
  ///   something else.
  init(_ kernel: Kernel, on engine: OneDNN, cacheBytes: Int) throws(KernelBenchError) {
    self.kernel = kernel
    let prepared = try kernel.prepare(on: engine)
    implementation = prepared.implementation
    let precision = engine.precision
    let numbers = Self.inputs(of: kernel, precision)
    let inputs = numbers.map { $0.stored(as: precision) }
    let plain = Self.parameters(of: kernel, precision)
    let packed = prepared.packedBytes.map { Buffer(bytes: $0) }
    try prepared.pack(plain, into: packed)
    let output = Buffer(bytes: precision.elementBytes * kernel.outputElements)
    var sets = [
      try prepared.bind(
        inputs: inputs, output: output, packed: packed)
    ]
    try sets[0].run()
    try Self.check(
      kernel, inputs: numbers, parameters: plain, output: output.numbers(storedAs: precision),
      tolerance: precision.tolerance)
    let setBytes = (inputs + packed + [output]).reduce(0) { $0 + $1.bytes }
    let copies = min(256, 2 * cacheBytes / max(setBytes, 1))
    for _ in 0..<copies {
      let inputs = inputs.map { Buffer(copyOf: $0) }
      let packed = packed.map { Buffer(copyOf: $0) }
      let output = Buffer(bytes: output.bytes)
      sets.append(
        try prepared.bind(
          inputs: inputs, output: output, packed: packed))
    }
    self.sets = sets
  }

  /// Runs the kernel once, on the set that has rested longest.
  func run() throws(KernelBenchError) {
    try sets[turn].run()
    turn = (turn + 1) % sets.count
  }

  /// Random activations; attention's are larger, so that its weights differ from the mean.
  static func inputs(of kernel: Kernel, _ precision: Precision) -> [Buffer] {
    let bound: Float = if case .attention = kernel { 2 } else { 1.7 }
    return kernel.inputElements.enumerated().map { index, count in
      let buffer = Buffer(count: count)
      buffer.fill(seed: UInt64(index) + 1, bound: bound, precision: precision)
      return buffer
    }
  }

  /// Random parameters in the published order, scaled to keep the size of activations.
  static func parameters(of kernel: Kernel, _ precision: Precision) -> [Buffer] {
    let bound = (3 / Float(kernel.fanIn)).squareRoot()
    return kernel.parameterCounts.enumerated().map { index, count in
      let buffer = Buffer(count: count)
      buffer.fill(seed: UInt64(index) + 11, bound: bound, precision: precision)
      return buffer
    }
  }

  /// Compares some places of the output with the reference, all numbers in f32.
  static func check(
    _ kernel: Kernel, inputs: [Buffer], parameters: [Buffer], output: Buffer, tolerance: Double
  ) throws(KernelBenchError) {
    let reference = KernelReference(kernel: kernel, inputs: inputs, parameters: parameters)
    // A normalised group reads the whole image for each value.
    let cost = if case .groupNorm(_, let pixels, _, _) = kernel { pixels } else { 1 }
    let places = KernelReference.places(
      of: kernel.outputElements, samples: cost > 20_000 ? 8 : samples)
    var (squares, worst) = (0.0, 0.0)
    for place in places {
      let expected = reference.value(place)
      squares += expected * expected
      // A result that is not a number must not pass as 'not worse'.
      let error = abs(Double(output.floats[place]) - expected)
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    let scale = max((squares / Double(places.count)).squareRoot(), 1e-30)
    if !(worst / scale <= tolerance) {
      throw .wrong(
        kernel: kernel.description, error: worst / scale, tolerance: tolerance)
    }
  }
}
