import COneDNN

/// Attention over chunks of queries: scores, softmax in place, product with the values.
///
/// One 64 x 64 layer of eight heads has 0.5 GB of scores for each image.
final class AttentionKernel: PreparedKernel {
  private let engine: OneDNN
  private let chunks: [Chunk]
  private let scores: Buffer
  private let mask: Buffer?
  private let batch: Int
  private let queryStride: Int
  private let keyStride: Int
  private let rowBytes: Int

  var packedBytes: [Int] { [] }
  var implementation: String { chunks[0].product.implementation }

  /// Bytes of scores at a time, over all heads.
  static let chunkBytes = 32 << 20

  /// The primitives of some queries of one image, at most two different numbers of them.
  private struct Chunk {
    var first: Int
    var count: Int
    var product: Primitive
    var masking: Primitive?
    var softmax: Primitive
    var sum: Primitive
    var query: dnnl_memory_desc_t
    var key: dnnl_memory_desc_t
    var value: dnnl_memory_desc_t
    var score: dnnl_memory_desc_t
    var mask: dnnl_memory_desc_t
  }

  init(
    _ engine: OneDNN, batch: Int, heads: Int, queries: Int, keys: Int, width: Int, causal: Bool
  ) throws(KernelBenchError) {
    self.engine = engine
    self.batch = batch
    let elementBytes = engine.precision.elementBytes
    rowBytes = elementBytes * heads * width
    queryStride = queries * rowBytes
    keyStride = keys * rowBytes
    let size = Self.chunkRows(
      heads: heads, queries: queries, keys: keys, elementBytes: elementBytes)
    var made: [Chunk] = []
    for first in stride(from: 0, to: queries, by: size) {
      let count = min(size, queries - first)
      if var same = made.first(where: { $0.count == count }) {
        same.first = first
        made.append(same)
      } else {
        made.append(
          try Self.chunk(
            engine, first: first, count: count, heads: heads, keys: keys, width: width,
            causal: causal))
      }
    }
    chunks = made
    scores = Buffer(bytes: elementBytes * heads * size * keys)
    mask = causal ? Self.causalMask(queries: queries, keys: keys).stored(as: engine.precision) : nil
  }

  /// Queries at a time.
  static func chunkRows(heads: Int, queries: Int, keys: Int, elementBytes: Int) -> Int {
    min(queries, max(16, chunkBytes / (elementBytes * heads * keys) / 16 * 16))
  }

  private static func chunk(
    _ engine: OneDNN, first: Int, count: Int, heads: Int, keys: Int, width: Int, causal: Bool
  ) throws(KernelBenchError) -> Chunk {
    let row = heads * width
    var query = try engine.layout([heads, count, width], strides: [width, row, 1])
    var key = try engine.layout([heads, width, keys], strides: [width, 1, row])
    var value = try engine.layout([heads, keys, width], strides: [width, row, 1])
    var score = try engine.layout([heads, count, keys], dnnl_abc)
    var mask = try engine.layout([1, count, keys], dnnl_abc)
    var product = dnnl_matmul_desc_t()
    try OneDNN.check("matmul", engine.library.matmul(&product, &query, &key, nil, &score))
    var softmax = dnnl_softmax_desc_t()
    try OneDNN.check(
      "softmax", engine.library.softmax(&softmax, dnnl_forward_inference, &score, 2))
    var sum = dnnl_matmul_desc_t()
    try OneDNN.check("matmul", engine.library.matmul(&sum, &score, &value, nil, &query))
    var masking: Primitive?
    if causal {
      var add = dnnl_binary_desc_t()
      try OneDNN.check(
        "binary", engine.library.binary(&add, dnnl_binary_add, &score, &mask, &score))
      masking = try engine.primitive("binary", add)
    }
    return Chunk(
      first: first, count: count,
      product: try engine.primitive("matmul", product, scale: 1 / Float(width).squareRoot()),
      masking: masking, softmax: try engine.primitive("softmax", softmax),
      sum: try engine.primitive("matmul", sum),
      query: query, key: key, value: value, score: score, mask: mask)
  }

  private static func causalMask(queries: Int, keys: Int) -> Buffer {
    let mask = Buffer(count: queries * keys)
    for q in 0..<queries {
      for k in 0..<keys where k > q { mask.floats[q * keys + k] = -1e30 }
    }
    return mask
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    var steps: [BoundKernel] = []
    for image in 0..<batch {
      let key = inputs[1].address + image * keyStride
      let value = inputs[2].address + image * keyStride
      for chunk in chunks {
        let offset = image * queryStride + chunk.first * rowBytes
        steps += try bind(
          chunk, query: inputs[0].address + offset, key: key, value: value,
          output: output.address + offset)
      }
    }
    let memory = inputs + [output, scores] + (mask.map { [$0] } ?? [])
    return BoundKernel(keeping: memory) { () throws(KernelBenchError) in
      for step in steps { try step.run() }
    }
  }

  private func bind(
    _ chunk: Chunk, query: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer,
    value: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) throws(KernelBenchError) -> [BoundKernel] {
    let score = try engine.memory(chunk.score, at: scores.address)
    var steps = [
      chunk.product.bound(
        [
          (DNNL_ARG_SRC, try engine.memory(chunk.query, at: query)),
          (DNNL_ARG_WEIGHTS, try engine.memory(chunk.key, at: key)),
          (DNNL_ARG_DST, score),
        ], keeping: [])
    ]
    if let masking = chunk.masking, let mask {
      let rows = mask.address + engine.precision.elementBytes * chunk.first * Int(chunk.mask.dims.2)
      steps.append(
        masking.bound(
          [
            (DNNL_ARG_SRC_0, score), (DNNL_ARG_SRC_1, try engine.memory(chunk.mask, at: rows)),
            (DNNL_ARG_DST, score),
          ], keeping: []))
    }
    steps.append(chunk.softmax.bound([(DNNL_ARG_SRC, score), (DNNL_ARG_DST, score)], keeping: []))
    steps.append(
      chunk.sum.bound(
        [
          (DNNL_ARG_SRC, score), (DNNL_ARG_WEIGHTS, try engine.memory(chunk.value, at: value)),
          (DNNL_ARG_DST, try engine.memory(chunk.query, at: output)),
        ], keeping: []))
    return steps
  }
}
