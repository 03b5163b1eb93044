import COneDNN

/// A convolution on channels-last images; the weights are in whatever order oneDNN likes best.
final class ConvolutionKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let source: dnnl_memory_desc_t
  private let target: dnnl_memory_desc_t
  private let plainWeights: dnnl_memory_desc_t
  private let weights: dnnl_memory_desc_t
  private let bias: dnnl_memory_desc_t

  var packedBytes: [Int] { [engine.bytes(weights), engine.bytes(bias)] }
  var implementation: String { primitive.implementation }

  init(
    _ engine: OneDNN, batch: Int, height: Int, width: Int, inputs: Int, outputs: Int, side: Int,
    stride: Int
  ) throws(KernelBenchError) {
    self.engine = engine
    let out = [height, width].map { ($0 - 1) / stride + 1 }
    var source = try engine.layout([batch, inputs, height, width], dnnl_nhwc)
    var target = try engine.layout([batch, outputs] + out, dnnl_nhwc)
    var bias = try engine.layout([outputs], dnnl_a)
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
    primitive = try engine.primitive("convolution", operation)
    plainWeights = try engine.layout([outputs, inputs, side, side], dnnl_oihw)
    weights = try primitive.layout(dnnl_query_weights_md)
    self.source = source
    self.target = target
    self.bias = bias
  }

  func pack(_ plain: [Buffer], into packed: [Buffer]) throws(KernelBenchError) {
    try engine.reorder(
      engine.memory(plainWeights, at: plain[0].address),
      engine.memory(weights, at: packed[0].address))
    packed[1].copy(from: plain[1])
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_SRC, try engine.memory(source, at: inputs[0].address)),
        (DNNL_ARG_WEIGHTS, try engine.memory(weights, at: packed[0].address)),
        (DNNL_ARG_BIAS, try engine.memory(bias, at: packed[1].address)),
        (DNNL_ARG_DST, try engine.memory(target, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}
