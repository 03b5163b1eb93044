import COneDNN

/// Two tensors side by side along the channels.
final class ConcatenateKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let sources: [dnnl_memory_desc_t]
  private let target: dnnl_memory_desc_t

  var packedBytes: [Int] { [] }
  var implementation: String { primitive.implementation }

  init(_ engine: OneDNN, rows: Int, first: Int, second: Int) throws(KernelBenchError) {
    self.engine = engine
    sources = [
      try engine.layout([rows, first], dnnl_ab), try engine.layout([rows, second], dnnl_ab),
    ]
    var target = try engine.layout([rows, first + second], dnnl_ab)
    var descriptor: OpaquePointer?
    try OneDNN.check(
      "concat",
      engine.library.concat(&descriptor, &target, 2, 1, sources, nil, engine.engine))
    primitive = try Primitive(engine, name: "concat", descriptor: descriptor)
    self.target = target
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_MULTIPLE_SRC, try engine.memory(sources[0], at: inputs[0].address)),
        (DNNL_ARG_MULTIPLE_SRC + 1, try engine.memory(sources[1], at: inputs[1].address)),
        (DNNL_ARG_DST, try engine.memory(target, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}

/// Nearest-neighbour enlargement by 2.
final class UpsampleKernel: PreparedKernel {
  private let engine: OneDNN
  private let primitive: Primitive
  private let source: dnnl_memory_desc_t
  private let target: dnnl_memory_desc_t

  var packedBytes: [Int] { [] }
  var implementation: String { primitive.implementation }

  init(_ engine: OneDNN, batch: Int, height: Int, width: Int, channels: Int)
    throws(KernelBenchError)
  {
    self.engine = engine
    var source = try engine.layout([batch, channels, height, width], dnnl_nhwc)
    var target = try engine.layout([batch, channels, 2 * height, 2 * width], dnnl_nhwc)
    var operation = dnnl_resampling_desc_t()
    try OneDNN.check(
      "resampling",
      engine.library.resampling(
        &operation, dnnl_forward_inference, dnnl_resampling_nearest, [2, 2], &source, &target))
    primitive = try engine.primitive("resampling", operation)
    self.source = source
    self.target = target
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    primitive.bound(
      [
        (DNNL_ARG_SRC, try engine.memory(source, at: inputs[0].address)),
        (DNNL_ARG_DST, try engine.memory(target, at: output.address)),
      ], keeping: inputs + [output] + packed)
  }
}

/// Copies rows of a table; oneDNN has no such primitive.
final class EmbeddingKernel: PreparedKernel {
  private let rows: Int
  private let vocabulary: Int
  private let precision: Precision
  private let rowBytes: Int

  var packedBytes: [Int] { [vocabulary * rowBytes] }
  var implementation: String { "copy" }

  init(rows: Int, vocabulary: Int, channels: Int, precision: Precision) {
    self.rows = rows
    self.vocabulary = vocabulary
    self.precision = precision
    rowBytes = precision.elementBytes * channels
  }

  /// The row of the table that row `i` of the output shows: spread over the whole table.
  static func index(_ i: Int, of vocabulary: Int) -> Int { i &* 7919 % vocabulary }

  func pack(_ plain: [Buffer], into packed: [Buffer]) throws(KernelBenchError) {
    packed[0].copy(from: plain[0].stored(as: precision))
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    let table = packed[0]
    return BoundKernel(keeping: packed + [output]) { () throws(KernelBenchError) in
      let rowBytes = self.rowBytes
      for i in 0..<self.rows {
        (output.address + i * rowBytes).copyMemory(
          from: table.address + Self.index(i, of: self.vocabulary) * rowBytes, byteCount: rowBytes)
      }
    }
  }
}
