import DiffusionModels

/// A kernel made ready for this machine: everything that a server does once, when it loads a model.
protocol PreparedKernel: AnyObject {
  /// Sizes of the parameters as this machine wants them, in bytes.
  var packedBytes: [Int] { get }
  /// What computes it, for `profile show`.
  var implementation: String { get }
  /// Brings parameters from the published order into this machine's.
  func pack(_ plain: [Buffer], into packed: [Buffer]) throws(KernelBenchError)
  /// Fixes the memory; what comes back runs the kernel once.
  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
}

extension PreparedKernel {
  func pack(_ plain: [Buffer], into packed: [Buffer]) throws(KernelBenchError) {
    for (from, to) in zip(plain, packed) { to.copy(from: from) }
  }
}

/// A kernel with its memory, which lives as long as this does.
struct BoundKernel {
  private let body: () throws(KernelBenchError) -> Void
  private let memory: [AnyObject]

  init(keeping memory: [AnyObject], _ body: @escaping () throws(KernelBenchError) -> Void) {
    self.memory = memory
    self.body = body
  }

  /// Runs the kernel once.
  func run() throws(KernelBenchError) {
    try withExtendedLifetime(memory) { () throws(KernelBenchError) in try body() }
  }
}

extension Kernel {
  /// Sizes of the parameters in the published order: weight and bias, or scale and shift.
  var parameterCounts: [Int] {
    switch self {
    case .convolution(_, _, _, let inputs, let outputs, let side, _):
      [inputs * outputs * side * side, outputs]
    case .linear(_, let inputs, let outputs, let bias):
      bias ? [inputs * outputs, outputs] : [inputs * outputs]
    default: parameters == 0 ? [] : [parameters]
    }
  }

  /// Numbers that one output sums over: sets the scale of random weights.
  var fanIn: Int {
    switch self {
    case .convolution(_, _, _, let inputs, _, let side, _): inputs * side * side
    case .linear(_, let inputs, _, _): inputs
    default: 1
    }
  }

  func prepare(on engine: OneDNN) throws(KernelBenchError) -> any PreparedKernel {
    let precision = engine.precision
    switch self {
    case .convolution(let batch, let height, let width, let inputs, let outputs, let side, let s):
      return try WeightedKernel.convolution(
        engine, batch: batch, height: height, width: width, inputs: inputs, outputs: outputs,
        side: side, stride: s)
    case .linear(let rows, let inputs, let outputs, let bias):
      return try WeightedKernel.linear(
        engine, rows: rows, inputs: inputs, outputs: outputs, bias: bias)
    case .attention(let batch, let heads, let queries, let keys, let width, let causal):
      return try AttentionKernel(
        engine, batch: batch, heads: heads, queries: queries, keys: keys, width: width,
        causal: causal)
    case .groupNorm(let batch, let pixels, let channels, let groups):
      return GroupNormKernel(
        engine, batch: batch, pixels: pixels, channels: channels, groups: groups)
    case .layerNorm(let rows, let channels):
      return try LayerNormKernel(engine, rows: rows, channels: channels)
    case .activation(let function, let elements):
      return try ActivationKernel(engine, function, elements: elements)
    case .add(let elements):
      return try PairKernel.add(engine, elements: elements)
    case .multiply(let elements):
      return try PairKernel.multiply(engine, elements: elements)
    case .addPerImage(let batch, let pixels, let channels):
      return try PairKernel.addPerImage(
        engine, batch: batch, pixels: pixels, channels: channels)
    case .concatenate(let rows, let first, let second):
      return try ConcatenateKernel(engine, rows: rows, first: first, second: second)
    case .upsample(let batch, let height, let width, let channels):
      return try UpsampleKernel(
        engine, batch: batch, height: height, width: width, channels: channels)
    case .embedding(let rows, let vocabulary, let channels):
      return EmbeddingKernel(
        rows: rows, vocabulary: vocabulary, channels: channels, precision: precision)
    }
  }
}
