import COneDNN
import DiffusionModels

/// An elementwise function.
final class ActivationKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let layout: dnnl_memory_desc_t

  var packedBytes: [Int] { [] }
  var implementation: String { primitive.implementation }

  init(_ engine: OneDNN, _ function: Kernel.Activation, elements: Int) throws(KernelBenchError) {
    self.engine = engine
    var layout = try engine.layout([elements], dnnl_a)
    // oneDNN's swish is x / (1 + exp(-alpha x)).
    let (algorithm, alpha): (dnnl_alg_kind_t, Float) =
      switch function {
      case .silu: (dnnl_eltwise_swish, 1)
      case .quickGELU: (dnnl_eltwise_swish, 1.702)
      case .gelu: (dnnl_eltwise_gelu_erf, 0)
      }
    var operation = dnnl_eltwise_desc_t()
    try OneDNN.check(
      "eltwise",
      engine.library.eltwise(&operation, dnnl_forward_inference, algorithm, &layout, alpha, 0))
    primitive = try engine.primitive("eltwise", operation)
    self.layout = layout
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_SRC, try engine.memory(layout, at: inputs[0].address)),
        (DNNL_ARG_DST, try engine.memory(layout, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}

/// Sum or product of two tensors, of which the second may be one row for each image.
final class PairKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let first: dnnl_memory_desc_t
  private let second: dnnl_memory_desc_t

  var packedBytes: [Int] { [] }
  var implementation: String { primitive.implementation }

  static func add(_ engine: OneDNN, elements: Int) throws(KernelBenchError) -> PairKernel {
    let layout = try engine.layout([elements], dnnl_a)
    return try PairKernel(engine, dnnl_binary_add, layout, layout)
  }

  static func multiply(_ engine: OneDNN, elements: Int) throws(KernelBenchError) -> PairKernel {
    let layout = try engine.layout([elements], dnnl_a)
    return try PairKernel(engine, dnnl_binary_mul, layout, layout)
  }

  static func addPerImage(
    _ engine: OneDNN, batch: Int, pixels: Int, channels: Int
  ) throws(KernelBenchError) -> PairKernel {
    try PairKernel(
      engine, dnnl_binary_add, try engine.layout([batch, channels, pixels], dnnl_nwc),
      try engine.layout([batch, channels, 1], dnnl_nwc))
  }

  private init(
    _ engine: OneDNN, _ algorithm: dnnl_alg_kind_t, _ first: dnnl_memory_desc_t,
    _ second: dnnl_memory_desc_t
  ) throws(KernelBenchError) {
    self.engine = engine
    var (one, two) = (first, second)
    var operation = dnnl_binary_desc_t()
    try OneDNN.check("binary", engine.library.binary(&operation, algorithm, &one, &two, &one))
    primitive = try engine.primitive("binary", operation)
    self.first = first
    self.second = second
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_SRC_0, try engine.memory(first, at: inputs[0].address)),
        (DNNL_ARG_SRC_1, try engine.memory(second, at: inputs[1].address)),
        (DNNL_ARG_DST, try engine.memory(first, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}

/// Normalises each row.
final class LayerNormKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let layout: dnnl_memory_desc_t
  private let scaleShift: dnnl_memory_desc_t

  static let epsilon: Float = 1e-5
  var packedBytes: [Int] { [engine.bytes(scaleShift)] }
  var implementation: String { primitive.implementation }

  init(_ engine: OneDNN, rows: Int, channels: Int) throws(KernelBenchError) {
    self.engine = engine
    var layout = try engine.layout([rows, channels], dnnl_ab)
    var operation = dnnl_layer_normalization_desc_t()
    try OneDNN.check(
      "layer_normalization",
      engine.library.layerNormalization(
        &operation, dnnl_forward_inference, &layout, nil, Self.epsilon,
        dnnl_use_scaleshift.rawValue))
    primitive = try engine.primitive("layer_normalization", operation)
    scaleShift = try engine.layout([2, channels], dnnl_ab, precision: .f32)
    self.layout = layout
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_SRC, try engine.memory(layout, at: inputs[0].address)),
        (DNNL_ARG_SCALE_SHIFT, try engine.memory(scaleShift, at: packed[0].address)),
        (DNNL_ARG_DST, try engine.memory(layout, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}
