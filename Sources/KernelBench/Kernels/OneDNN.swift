import COneDNN

/// An engine and a stream of oneDNN on this machine's processor, with a fixed number of threads.
final class OneDNN {
  let library: OneDNNLibrary
  let engine: OpaquePointer
  let stream: OpaquePointer
  let threads: Int
  let precision: Precision

  init(library: OneDNNLibrary, threads: Int, precision: Precision = .f32) throws(KernelBenchError) {
    self.library = library
    self.threads = threads
    self.precision = precision
    library.setThreads(Int32(threads))
    var engine: OpaquePointer?
    try Self.check("engine_create", library.engineCreate(&engine, dnnl_cpu, 0))
    var stream: OpaquePointer?
    try Self.check("stream_create", library.streamCreate(&stream, engine, 1))
    guard let engine, let stream else { throw .oneDNN(call: "engine_create", status: 0) }
    self.engine = engine
    self.stream = stream
  }

  deinit {
    _ = library.streamDestroy(stream)
    _ = library.engineDestroy(engine)
  }

  static func check(_ call: String, _ status: dnnl_status_t) throws(KernelBenchError) {
    if status != dnnl_success { throw .oneDNN(call: call, status: status.rawValue) }
  }

  // MARK: Descriptors

  /// These dimensions in this order of memory; in the engine's precision unless said.
  func layout(_ dimensions: [Int], _ tag: dnnl_format_tag_t, precision: Precision? = nil)
    throws(KernelBenchError) -> dnnl_memory_desc_t
  {
    let type = (precision ?? self.precision).dataType
    var result = dnnl_memory_desc_t()
    let sizes = dimensions.map { dnnl_dim_t($0) }
    try Self.check(
      "memory_desc \(dimensions)",
      library.descriptorByTag(&result, Int32(sizes.count), sizes, type, tag))
    return result
  }

  func layout(_ dimensions: [Int], strides: [Int]) throws(KernelBenchError) -> dnnl_memory_desc_t {
    var result = dnnl_memory_desc_t()
    let sizes = dimensions.map { dnnl_dim_t($0) }
    try Self.check(
      "memory_desc \(dimensions)",
      library.descriptorByStrides(
        &result, Int32(sizes.count), sizes, precision.dataType, strides.map { dnnl_dim_t($0) }))
    return result
  }

  func bytes(_ layout: dnnl_memory_desc_t) -> Int {
    withUnsafePointer(to: layout) { library.descriptorSize($0) }
  }

  func memory(_ layout: dnnl_memory_desc_t, at address: UnsafeMutableRawPointer)
    throws(KernelBenchError) -> Memory
  {
    try Memory(self, layout, at: address)
  }

  // MARK: Primitives

  /// The primitive of an operation's description.
  func primitive<Operation>(
    _ name: String, _ operation: Operation, scale: Float? = nil
  ) throws(KernelBenchError) -> Primitive {
    var attributes: OpaquePointer?
    if var scale {
      try Self.check("attr_create", library.attributeCreate(&attributes))
      try Self.check("set_scales", library.attributeSetScales(attributes, 1, 0, &scale))
    }
    defer { if let attributes { _ = library.attributeDestroy(attributes) } }
    var descriptor: OpaquePointer?
    let status = withUnsafePointer(to: operation) {
      library.primitiveDescriptorCreate(&descriptor, $0, attributes, engine, nil)
    }
    try Self.check(name, status)
    return try Primitive(self, name: name, descriptor: descriptor)
  }

  /// Copies between two layouts of the same dimensions.
  func reorder(
    _ from: Memory, _ to: Memory
  ) throws(KernelBenchError) {
    var descriptor: OpaquePointer?
    var (source, target) = (from.layout, to.layout)
    try Self.check(
      "reorder", library.reorder(&descriptor, &source, engine, &target, engine, nil))
    let primitive = try Primitive(self, name: "reorder", descriptor: descriptor)
    try primitive.run([(DNNL_ARG_FROM, from), (DNNL_ARG_TO, to)])
  }
}

/// A piece of memory with a layout; does not own the bytes.
final class Memory {
  let handle: OpaquePointer
  let layout: dnnl_memory_desc_t
  private let owner: OneDNN

  init(_ owner: OneDNN, _ layout: dnnl_memory_desc_t, at address: UnsafeMutableRawPointer)
    throws(KernelBenchError)
  {
    self.owner = owner
    self.layout = layout
    var handle: OpaquePointer?
    let status = withUnsafePointer(to: layout) {
      owner.library.memoryCreate(&handle, $0, owner.engine, address)
    }
    try OneDNN.check("memory_create", status)
    guard let handle else { throw .oneDNN(call: "memory_create", status: 0) }
    self.handle = handle
  }

  deinit { _ = owner.library.memoryDestroy(handle) }
}

/// A prepared operation of oneDNN.
final class Primitive {
  /// The implementation that oneDNN chose.
  let implementation: String
  private let owner: OneDNN
  private let name: String
  private let handle: OpaquePointer
  private let descriptor: OpaquePointer

  /// Takes the descriptor over.
  init(_ owner: OneDNN, name: String, descriptor: OpaquePointer?) throws(KernelBenchError) {
    var handle: OpaquePointer?
    try OneDNN.check(name, owner.library.primitiveCreate(&handle, descriptor))
    guard let handle, let descriptor else { throw .oneDNN(call: name, status: 0) }
    self.owner = owner
    self.name = name
    self.handle = handle
    self.descriptor = descriptor
    var text: UnsafePointer<CChar>?
    _ = owner.library.primitiveDescriptorQuery(descriptor, dnnl_query_impl_info_str, 0, &text)
    implementation = text.map { String(cString: $0) } ?? "unknown"
  }

  deinit {
    _ = owner.library.primitiveDestroy(handle)
    _ = owner.library.primitiveDescriptorDestroy(descriptor)
  }

  /// The layout that it wants or gives; of weights, bias is number 1.
  func layout(_ query: dnnl_query_t, _ number: Int32 = 0) throws(KernelBenchError)
    -> dnnl_memory_desc_t
  {
    guard let layout = owner.library.queryDescriptor(descriptor, query, number) else {
      throw .oneDNN(call: "query \(name)", status: 0)
    }
    return layout.pointee
  }

  func run(_ arguments: [(Int32, Memory)]) throws(KernelBenchError) {
    try run(arguments.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.handle) })
  }

  /// Runs it and waits for its end.
  func run(_ arguments: [dnnl_exec_arg_t]) throws(KernelBenchError) {
    let status = owner.library.primitiveExecute(
      handle, owner.stream, Int32(arguments.count), arguments)
    try OneDNN.check(name, status)
    _ = owner.library.streamWait(owner.stream)
  }

  /// The primitive with its memory.
  func bound(_ arguments: [(Int32, Memory)], keeping buffers: [Buffer]) -> BoundKernel {
    let list = arguments.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.handle) }
    return BoundKernel(keeping: arguments.map(\.1) + buffers) { () throws(KernelBenchError) in
      try self.run(list)
    }
  }
}
