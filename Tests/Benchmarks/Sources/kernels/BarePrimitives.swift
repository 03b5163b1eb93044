import COneDNN
import DiffusionModels

@testable import KernelBench

/// The primitives of a kernel with every layout left to oneDNN (`format_tag::any`), and nothing
/// around them: what a kernel of the harness is measured against.
struct BarePrimitives {
  private let engine: OneDNN
  private let parts: [Part]

  private struct Part {
    var primitive: Primitive
    /// Arguments and the queries of their layouts.
    var arguments: [(argument: Int32, query: dnnl_query_t)]
    /// Runs of it in one run of the kernel.
    var count: Int
  }

  /// Nil for kernels whose layouts nobody chooses: they take their source's.
  init?(_ kernel: Kernel, on engine: OneDNN) throws {
    self.engine = engine
    switch kernel {
    case .convolution(let batch, let height, let width, let inputs, let outputs, let side, let s):
      let out = [height, width].map { ($0 - 1) / s + 1 }
      let right = [height, width].enumerated().map {
        dnnl_dim_t((out[$0] - 1) * s + side - $1 - side / 2)
      }
      var source = try engine.layout([batch, inputs, height, width], dnnl_format_tag_any)
      var weights = try engine.layout([outputs, inputs, side, side], dnnl_format_tag_any)
      var bias = try engine.layout([outputs], dnnl_format_tag_any, precision: .f32)
      var target = try engine.layout([batch, outputs] + out, dnnl_format_tag_any)
      var operation = dnnl_convolution_desc_t()
      let (stride, pad) = (dnnl_dim_t(s), dnnl_dim_t(side / 2))
      try OneDNN.check(
        "convolution",
        engine.library.convolution(
          &operation, dnnl_forward_inference, dnnl_convolution_direct, &source, &weights, &bias,
          &target, [stride, stride], [pad, pad], right))
      let primitive = try engine.primitive("convolution", operation)
      parts = [Part(primitive: primitive, arguments: Self.product(hasBias: true), count: 1)]
    case .linear(let rows, let inputs, let outputs, let hasBias):
      let bias = try engine.layout([1, outputs], dnnl_ab, precision: .f32)
      let primitive = try Self.product(
        engine, [rows, inputs], [inputs, outputs], [rows, outputs], bias: hasBias ? bias : nil)
      parts = [Part(primitive: primitive, arguments: Self.product(hasBias: hasBias), count: 1)]
    case .attention(let batch, let heads, let queries, let keys, let width, false):
      let rows = AttentionKernel.chunkRows(
        heads: heads, queries: queries, keys: keys, elementBytes: engine.precision.elementBytes)
      guard queries % rows == 0 else { return nil }
      let count = batch * queries / rows
      let scores = try Self.product(
        engine, [heads, rows, width], [heads, width, keys], [heads, rows, keys], bias: nil)
      var layout = try scores.layout(dnnl_query_dst_md)
      var softmax = dnnl_softmax_desc_t()
      try OneDNN.check(
        "softmax", engine.library.softmax(&softmax, dnnl_forward_inference, &layout, 2))
      parts = [
        Part(primitive: scores, arguments: Self.product(hasBias: false), count: count),
        Part(
          primitive: try engine.primitive("softmax", softmax),
          arguments: [(DNNL_ARG_SRC, dnnl_query_src_md), (DNNL_ARG_DST, dnnl_query_dst_md)],
          count: count),
        Part(
          primitive: try Self.product(
            engine, [heads, rows, keys], [heads, keys, width], [heads, rows, width], bias: nil),
          arguments: Self.product(hasBias: false), count: count),
      ]
    default: return nil
    }
  }

  private static func product(hasBias: Bool) -> [(argument: Int32, query: dnnl_query_t)] {
    [
      (DNNL_ARG_SRC, dnnl_query_src_md), (DNNL_ARG_WEIGHTS, dnnl_query_weights_md),
      (DNNL_ARG_DST, dnnl_query_dst_md),
    ] + (hasBias ? [(DNNL_ARG_BIAS, dnnl_query_weights_md)] : [])
  }

  private static func product(
    _ engine: OneDNN, _ a: [Int], _ b: [Int], _ c: [Int],
    bias: dnnl_memory_desc_t?
  ) throws -> Primitive {
    var (source, weights, target) = (
      try engine.layout(a, dnnl_format_tag_any), try engine.layout(b, dnnl_format_tag_any),
      try engine.layout(c, dnnl_format_tag_any)
    )
    var operation = dnnl_matmul_desc_t()
    if var bias {
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &weights, &bias, &target))
    } else {
      try OneDNN.check(
        "matmul", engine.library.matmul(&operation, &source, &weights, nil, &target))
    }
    return try engine.primitive("matmul", operation)
  }

  /// With memory of its own.
  func bind() throws -> BoundKernel {
    var runs: [BoundKernel] = []
    for part in parts {
      var memory: [(Int32, Memory)] = []
      var buffers: [Buffer] = []
      for (argument, query) in part.arguments {
        let layout = try part.primitive.layout(query, argument == DNNL_ARG_BIAS ? 1 : 0)
        let buffer = Buffer(bytes: (engine.bytes(layout) + 3) / 4 * 4)
        if engine.precision == .f32 { buffer.fill(seed: UInt64(argument), bound: 1) }
        buffers.append(buffer)
        memory.append((argument, try engine.memory(layout, at: buffer.address)))
      }
      let run = part.primitive.bound(memory, keeping: buffers)
      runs += Array(repeating: run, count: part.count)
    }
    return BoundKernel(keeping: []) { () throws(KernelBenchError) in
      for run in runs { try run.run() }
    }
  }
}
