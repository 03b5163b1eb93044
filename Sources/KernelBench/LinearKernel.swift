import COneDNN

/// A matrix product with a trained weight, which is in whatever order oneDNN likes best.
final class LinearKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let source: dnnl_memory_desc_t
  private let target: dnnl_memory_desc_t
  private let plainWeights: dnnl_memory_desc_t
  private let weights: dnnl_memory_desc_t
  private let bias: dnnl_memory_desc_t?

  var packedBytes: [Int] { [engine.bytes(weights)] + (bias.map { [engine.bytes($0)] } ?? []) }
  var implementation: String { primitive.implementation }

  init(_ engine: OneDNN, rows: Int, inputs: Int, outputs: Int, bias hasBias: Bool)
    throws(KernelBenchError)
  {
    self.engine = engine
    var source = try engine.layout([rows, inputs], dnnl_ab)
    var target = try engine.layout([rows, outputs], dnnl_ab)
    var anyWeights = try engine.layout([inputs, outputs], dnnl_format_tag_any)
    var operation = dnnl_matmul_desc_t()
    if hasBias {
      var layout = try engine.layout([1, outputs], dnnl_ab)
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &anyWeights, &layout, &target))
      bias = layout
    } else {
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &anyWeights, nil, &target))
      bias = nil
    }
    primitive = try engine.primitive("matmul", operation)
    // Published as outputs x inputs.
    plainWeights = try engine.layout([inputs, outputs], dnnl_ba)
    weights = try primitive.layout(dnnl_query_weights_md)
    self.source = source
    self.target = target
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
