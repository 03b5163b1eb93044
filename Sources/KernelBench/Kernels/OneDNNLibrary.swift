import COneDNN
import Foundation

/// Why a kernel could not be prepared or run.
public enum KernelBenchError: Error, Sendable, Hashable {
  /// A shared library is not on this machine; the Debian package that has it.
  case libraryMissing(file: String, package: String)
  /// The library is there but lacks a function: another version.
  case functionMissing(String)
  /// oneDNN refused a call.
  case oneDNN(call: String, status: UInt32)
  /// A kernel's result differs from the reference, and so it is not timed.
  case wrong(kernel: String, error: Double, tolerance: Double)
  /// libpng refused an image.
  case png(String)
  /// Someone asked the bench to stop.
  case interrupted
}

extension KernelBenchError: CustomStringConvertible {
  /// One line: what is wrong; what would be right.
  public var description: String {
    switch self {
    case .libraryMissing(let file, let package):
      "\(file) is not on this machine; install Debian's package \(package)"
    case .functionMissing(let name): "this oneDNN lacks \(name); version 2.6 has it"
    case .oneDNN(let call, let status): "oneDNN refused \(call) (status \(status))"
    case .wrong(let kernel, let error, let tolerance):
      "\(kernel) computes a wrong result and is not timed: "
        + "relative error \(error), at most \(tolerance) is right"
    case .png(let what): "PNG encoding failed: \(what)"
    case .interrupted: "interrupted"
    }
  }
}

/// The functions of oneDNN that the harness calls, looked up when the program runs.
///
/// Linking against the library would keep the whole program from starting where it is missing, and
/// simulating needs no kernels.
final class OneDNNLibrary {
  typealias Status = dnnl_status_t
  typealias Descriptor = UnsafePointer<dnnl_memory_desc_t>?
  typealias Dimensions = UnsafePointer<dnnl_dim_t>?
  typealias Out = UnsafeMutablePointer<OpaquePointer?>?

  let engineCreate: @convention(c) (Out, dnnl_engine_kind_t, Int) -> Status
  let engineDestroy: @convention(c) (OpaquePointer?) -> Status
  let streamCreate: @convention(c) (Out, OpaquePointer?, UInt32) -> Status
  let streamDestroy: @convention(c) (OpaquePointer?) -> Status
  let streamWait: @convention(c) (OpaquePointer?) -> Status
  let descriptorByTag:
    @convention(c) (
      UnsafeMutablePointer<dnnl_memory_desc_t>?, Int32, Dimensions, dnnl_data_type_t,
      dnnl_format_tag_t
    ) -> Status
  let descriptorByStrides:
    @convention(c) (
      UnsafeMutablePointer<dnnl_memory_desc_t>?, Int32, Dimensions, dnnl_data_type_t, Dimensions
    ) -> Status
  let descriptorSize: @convention(c) (Descriptor) -> Int
  let memoryCreate:
    @convention(c) (Out, Descriptor, OpaquePointer?, UnsafeMutableRawPointer?) -> Status
  let memoryDestroy: @convention(c) (OpaquePointer?) -> Status
  let primitiveDescriptorCreate:
    @convention(c) (Out, UnsafeRawPointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?) ->
      Status
  let primitiveDescriptorDestroy: @convention(c) (OpaquePointer?) -> Status
  let primitiveDescriptorQuery:
    @convention(c) (OpaquePointer?, dnnl_query_t, Int32, UnsafeMutableRawPointer?) -> Status
  let queryDescriptor: @convention(c) (OpaquePointer?, dnnl_query_t, Int32) -> Descriptor
  let primitiveCreate: @convention(c) (Out, OpaquePointer?) -> Status
  let primitiveDestroy: @convention(c) (OpaquePointer?) -> Status
  let primitiveExecute:
    @convention(c) (OpaquePointer?, OpaquePointer?, Int32, UnsafePointer<dnnl_exec_arg_t>?) ->
      Status
  let attributeCreate: @convention(c) (Out) -> Status
  let attributeDestroy: @convention(c) (OpaquePointer?) -> Status
  let attributeSetScales:
    @convention(c) (OpaquePointer?, Int, Int32, UnsafePointer<Float>?) -> Status
  let convolution:
    @convention(c) (
      UnsafeMutablePointer<dnnl_convolution_desc_t>?, dnnl_prop_kind_t, dnnl_alg_kind_t,
      Descriptor, Descriptor, Descriptor, Descriptor, Dimensions, Dimensions, Dimensions
    ) -> Status
  let matmul:
    @convention(c) (
      UnsafeMutablePointer<dnnl_matmul_desc_t>?, Descriptor, Descriptor, Descriptor, Descriptor
    ) -> Status
  let softmax:
    @convention(c) (
      UnsafeMutablePointer<dnnl_softmax_desc_t>?, dnnl_prop_kind_t, Descriptor, Int32
    ) -> Status
  let layerNormalization:
    @convention(c) (
      UnsafeMutablePointer<dnnl_layer_normalization_desc_t>?, dnnl_prop_kind_t, Descriptor,
      Descriptor, Float, UInt32
    ) -> Status
  let eltwise:
    @convention(c) (
      UnsafeMutablePointer<dnnl_eltwise_desc_t>?, dnnl_prop_kind_t, dnnl_alg_kind_t, Descriptor,
      Float, Float
    ) -> Status
  let binary:
    @convention(c) (
      UnsafeMutablePointer<dnnl_binary_desc_t>?, dnnl_alg_kind_t, Descriptor, Descriptor,
      Descriptor
    ) -> Status
  let resampling:
    @convention(c) (
      UnsafeMutablePointer<dnnl_resampling_desc_t>?, dnnl_prop_kind_t, dnnl_alg_kind_t,
      UnsafePointer<Float>?, Descriptor, Descriptor
    ) -> Status
  let concat:
    @convention(c) (Out, Descriptor, Int32, Int32, Descriptor, OpaquePointer?, OpaquePointer?) ->
      Status
  let reorder:
    @convention(c) (
      Out, Descriptor, OpaquePointer?, Descriptor, OpaquePointer?, OpaquePointer?
    ) -> Status
  /// Of OpenMP, which Debian's oneDNN runs its threads with.
  let setThreads: @convention(c) (Int32) -> Void
  let runParallel:
    @convention(c) (
      @convention(c) (UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer?, UInt32, UInt32
    ) -> Void
  let threadNumber: @convention(c) () -> Int32
  /// `2.6.3`.
  let version: String

  static let file = "libdnnl.so.2"

  /// Opens the library; `file` is another name for it in tests.
  init(file: String = OneDNNLibrary.file) throws(KernelBenchError) {
    func open(_ file: String, package: String) throws(KernelBenchError) -> UnsafeMutableRawPointer {
      guard let library = dlopen(file, RTLD_NOW | RTLD_GLOBAL) else {
        throw .libraryMissing(file: file, package: package)
      }
      return library
    }
    // Never closed: its threads outlive every object here.
    let library = try open(file, package: "libdnnl2")
    let openMP = try open("libgomp.so.1", package: "libgomp1")
    func symbol<T>(_ name: String, _ library: UnsafeMutableRawPointer) throws(KernelBenchError)
      -> T
    {
      guard let address = dlsym(library, name) else { throw .functionMissing(name) }
      return unsafeBitCast(address, to: T.self)
    }
    func dnnl<T>(_ name: String) throws(KernelBenchError) -> T {
      try symbol("dnnl_" + name, library)
    }
    engineCreate = try dnnl("engine_create")
    engineDestroy = try dnnl("engine_destroy")
    streamCreate = try dnnl("stream_create")
    streamDestroy = try dnnl("stream_destroy")
    streamWait = try dnnl("stream_wait")
    descriptorByTag = try dnnl("memory_desc_init_by_tag")
    descriptorByStrides = try dnnl("memory_desc_init_by_strides")
    descriptorSize = try dnnl("memory_desc_get_size")
    memoryCreate = try dnnl("memory_create")
    memoryDestroy = try dnnl("memory_destroy")
    primitiveDescriptorCreate = try dnnl("primitive_desc_create")
    primitiveDescriptorDestroy = try dnnl("primitive_desc_destroy")
    primitiveDescriptorQuery = try dnnl("primitive_desc_query")
    queryDescriptor = try dnnl("primitive_desc_query_md")
    primitiveCreate = try dnnl("primitive_create")
    primitiveDestroy = try dnnl("primitive_destroy")
    primitiveExecute = try dnnl("primitive_execute")
    attributeCreate = try dnnl("primitive_attr_create")
    attributeDestroy = try dnnl("primitive_attr_destroy")
    attributeSetScales = try dnnl("primitive_attr_set_output_scales")
    convolution = try dnnl("convolution_forward_desc_init")
    matmul = try dnnl("matmul_desc_init")
    softmax = try dnnl("softmax_forward_desc_init")
    layerNormalization = try dnnl("layer_normalization_forward_desc_init")
    eltwise = try dnnl("eltwise_forward_desc_init")
    binary = try dnnl("binary_desc_init")
    resampling = try dnnl("resampling_forward_desc_init")
    concat = try dnnl("concat_primitive_desc_create")
    reorder = try dnnl("reorder_primitive_desc_create")
    setThreads = try symbol("omp_set_num_threads", openMP)
    runParallel = try symbol("GOMP_parallel", openMP)
    threadNumber = try symbol("omp_get_thread_num", openMP)
    let versionOf: @convention(c) () -> UnsafePointer<dnnl_version_t>? = try dnnl("version")
    guard let number = versionOf()?.pointee else { throw .functionMissing("dnnl_version") }
    version = "\(number.major).\(number.minor).\(number.patch)"
  }
}
