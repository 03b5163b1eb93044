import DiffusionModels

/// A whole forward pass, kernel by kernel: every node has its own weights, as the network has.
///
/// Activations share memory as soon as nothing reads them any more. What the sum of the separately
/// timed kernels leaves out shows here: what one kernel leaves in the cache for the next.
final class FullPass {
  private var steps: [BoundKernel] = []
  private var output: [Buffer] = []
  /// What the latents go into, of the first graph that reads any; nil where none does.
  private var latentInput: Buffer?
  private let precision: Precision
  private var prepared: [Kernel: (kernel: any PreparedKernel, packed: [Buffer])] = [:]

  init(_ graphs: [OperatorGraph], on engine: OneDNN) throws(KernelBenchError) {
    precision = engine.precision
    for graph in graphs { try add(graph, on: engine) }
  }

  private func add(_ graph: OperatorGraph, on engine: OneDNN) throws(KernelBenchError) {
    var memory: [Int: Buffer] = [:]
    for (seed, input) in graph.inputs.enumerated() {
      let buffer = Buffer(count: graph.tensors[input.index].elements)
      buffer.fill(seed: UInt64(seed) + 31, bound: 1.7, precision: precision)
      memory[input.index] = buffer.stored(as: precision)
      let shape = graph.tensors[input.index]
      if latentInput == nil, shape.channels == Self.latentChannels, shape.height > 1 {
        latentInput = memory[input.index]
      }
    }
    var lastUse: [Int: Int] = [graph.output.index: graph.nodes.count]
    for (place, node) in graph.nodes.enumerated() {
      for tensor in node.inputs { lastUse[tensor.index] = max(lastUse[tensor.index] ?? 0, place) }
    }
    for input in graph.inputs { lastUse[input.index] = graph.nodes.count }
    var free: [Buffer] = []
    for (place, node) in graph.nodes.enumerated() {
      let bytes = precision.elementBytes * graph.tensors[node.output.index].elements
      // The smallest that is large enough: the same choice every time.
      let fitting = free.indices.filter { free[$0].bytes >= bytes }
        .min { free[$0].bytes < free[$1].bytes }
      let target = fitting.map { free.remove(at: $0) } ?? Buffer(bytes: bytes)
      memory[node.output.index] = target
      let (kernel, packed) = try weights(of: node.kernel, on: engine)
      steps.append(
        try kernel.bind(
          inputs: node.inputs.compactMap { memory[$0.index] }, output: target,
          packed: packed))
      for tensor in Set(node.inputs) where lastUse[tensor.index] == place {
        if let buffer = memory.removeValue(forKey: tensor.index) { free.append(buffer) }
      }
    }
    if let buffer = memory[graph.output.index] { output.append(buffer) }
  }

  /// A kernel prepared once, and weights of its own for every node.
  private func weights(of kernel: Kernel, on engine: OneDNN) throws(KernelBenchError)
    -> (any PreparedKernel, [Buffer])
  {
    if let known = prepared[kernel] {
      return (known.kernel, known.packed.map { Buffer(copyOf: $0) })
    }
    let fresh = try kernel.prepare(on: engine)
    let packed = fresh.packedBytes.map { Buffer(bytes: $0) }
    try fresh.pack(KernelTrial.parameters(of: kernel, precision), into: packed)
    prepared[kernel] = (fresh, packed)
    return (fresh, packed)
  }

  /// Channels of a latent; no other input of any network has so few.
  private static let latentChannels = 4

  /// Sets the latents that the next runs read, pixel by pixel; where guidance doubles the batch, both halves.
  func setLatents(_ latents: [[Float]]) {
    guard let latentInput else { return }
    precondition(precision == .f32, "latents are f32 numbers")
    let target = latentInput.floats
    var place = 0
    while place < target.count {
      for latent in latents where place < target.count {
        latent.withUnsafeBufferPointer { latent in
          let count = min(latent.count, target.count - place)
          for i in 0..<count { target[place + i] = latent[i] }
          place += max(count, 1)
        }
      }
    }
  }

  /// Runs every kernel once, in order.
  func run() throws(KernelBenchError) {
    for step in steps { try step.run() }
  }

  /// Whether the last run gave numbers.
  var isFinite: Bool {
    output.allSatisfy { output in
      let numbers = output.numbers(storedAs: precision)
      return withExtendedLifetime(numbers) { numbers.floats.allSatisfy(\.isFinite) }
    }
  }
}
