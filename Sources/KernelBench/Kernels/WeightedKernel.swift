import COneDNN

/// A convolution or a matrix product with trained weights, which are in whatever order oneDNN likes
/// best.
final class WeightedKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let source: dnnl_memory_desc_t
  private let target: dnnl_memory_desc_t
  private let plainWeights: dnnl_memory_desc_t
  private let weights: dnnl_memory_desc_t
  private let bias: dnnl_memory_desc_t?

  var packedBytes: [Int] { [engine.bytes(weights)] + (bias.map { [engine.bytes($0)] } ?? []) }
  var implementation: String { primitive.implementation }

  private init(
    _ engine: OneDNN, _ primitive: Primitive, source: dnnl_memory_desc_t,
    target: dnnl_memory_desc_t, plainWeights: dnnl_memory_desc_t, bias: dnnl_memory_desc_t?
  ) throws(KernelBenchError) {
    self.engine = engine
    self.primitive = primitive
    self.source = source
    self.target = target
    self.plainWeights = plainWeights
    self.bias = bias
    weights = try primitive.layout(dnnl_query_weights_md)
  }

  /// On channels-last images.
  static func convolution(
    _ engine: OneDNN, batch: Int, height: Int, width: Int, inputs: Int, outputs: Int, side: Int,
    stride: Int
  ) throws(KernelBenchError) -> WeightedKernel {
    let out = [height, width].map { ($0 - 1) / stride + 1 }
    var source = try engine.layout([batch, inputs, height, width], dnnl_nhwc)
    var target = try engine.layout([batch, outputs] + out, dnnl_nhwc)
    var bias = try engine.layout([outputs], dnnl_a, precision: .f32)
    var anyWeights = try engine.layout([outputs, inputs, side, side], dnnl_format_tag_any)
    var operation = dnnl_convolution_desc_t()
    let pad = dnnl_dim_t(side / 2)
    // The right padding may differ under a stride: what the last window lacks.
    let right = [height, width].enumerated().map {
      dnnl_dim_t((out[$0] - 1) * stride + side - $1) - pad
    }
    try OneDNN.check(
      "convolution",
      engine.library.convolution(
        &operation, dnnl_forward_inference, dnnl_convolution_direct, &source, &anyWeights, &bias,
        &target, [dnnl_dim_t(stride), dnnl_dim_t(stride)], [pad, pad], right))
    return try WeightedKernel(
      engine, engine.primitive("convolution", operation), source: source, target: target,
      plainWeights: engine.layout(
        [outputs, inputs, side, side], dnnl_oihw, precision: .f32), bias: bias)
  }

  static func linear(
    _ engine: OneDNN, rows: Int, inputs: Int, outputs: Int, bias hasBias: Bool
  ) throws(KernelBenchError) -> WeightedKernel {
    var source = try engine.layout([rows, inputs], dnnl_ab)
    var target = try engine.layout([rows, outputs], dnnl_ab)
    var anyWeights = try engine.layout([inputs, outputs], dnnl_format_tag_any)
    var operation = dnnl_matmul_desc_t()
    var bias: dnnl_memory_desc_t?
    if hasBias {
      var layout = try engine.layout([1, outputs], dnnl_ab, precision: .f32)
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &anyWeights, &layout, &target))
      bias = layout
    } else {
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &anyWeights, nil, &target))
    }
    // Published as outputs x inputs.
    return try WeightedKernel(
      engine, engine.primitive("matmul", operation), source: source, target: target,
      plainWeights: engine.layout([inputs, outputs], dnnl_ba, precision: .f32), bias: bias)
  }

  func pack(_ plain: [Buffer], into packed: [Buffer]) throws(KernelBenchError) {
    try engine.reorder(
      engine.memory(plainWeights, at: plain[0].address),
      engine.memory(weights, at: packed[0].address))
    if bias != nil { packed[1].copy(from: plain[1]) }
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    var arguments = [
      (DNNL_ARG_SRC, try engine.memory(source, at: inputs[0].address)),
      (DNNL_ARG_WEIGHTS, try engine.memory(weights, at: packed[0].address)),
      (DNNL_ARG_DST, try engine.memory(target, at: output.address)),
    ]
    if let bias {
      arguments.append((DNNL_ARG_BIAS, try engine.memory(bias, at: packed[1].address)))
    }
    return primitive.bound(arguments, keeping: inputs + [output] + packed)
  }
}
