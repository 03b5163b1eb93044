/// One forward pass of a network: its operations in the order of execution.
public struct OperatorGraph: Sendable, Hashable {
  /// The network, `unet` for one.
  public let name: String
  /// In the order of execution: a node's inputs come from nodes before it or from outside.
  public let nodes: [Node]
  /// Shapes of all tensors, by ``TensorID``.
  public let tensors: [TensorShape]
  /// Tensors that come from outside: latents, text, time.
  public let inputs: [TensorID]
  /// The tensor that the pass computes.
  public let output: TensorID

  /// An operation, what it reads and what it writes.
  public struct Node: Sendable, Hashable {
    /// Where it stands in the network, `down.0.resnet.1.conv.1` for one.
    public let path: String
    /// What it does.
    public let kernel: Kernel
    /// What it reads, in the order of ``Kernel/inputElements``.
    public let inputs: [TensorID]
    /// What it writes.
    public let output: TensorID
  }

  /// A kernel and how often a pass runs it.
  public struct Count: Sendable, Hashable {
    /// The kernel.
    public let kernel: Kernel
    /// How many nodes have it.
    public var count: Int
  }

  /// Trained numbers of the whole network.
  public var parameters: Int { nodes.reduce(0) { $0 + $1.kernel.parameters } }

  /// Floating-point operations of a pass; see ``Kernel/flops``.
  public var flops: Double { nodes.reduce(0) { $0 + $1.kernel.flops } }

  /// Least traffic of a pass in bytes; see ``Kernel/bytes(elementBytes:)``.
  public func bytes(elementBytes: Int) -> Double {
    nodes.reduce(0) { $0 + $1.kernel.bytes(elementBytes: elementBytes) }
  }

  /// The distinct kernels with their counts, in order of first use.
  public var kernels: [Count] { Self.kernels(of: [self]) }

  /// The distinct kernels of several passes with their counts, in order of first use.
  public static func kernels(of graphs: [OperatorGraph]) -> [Count] {
    var place: [Kernel: Int] = [:]
    var counts: [Count] = []
    for node in graphs.lazy.flatMap(\.nodes) {
      if let index = place[node.kernel] {
        counts[index].count += 1
      } else {
        place[node.kernel] = counts.count
        counts.append(Count(kernel: node.kernel, count: 1))
      }
    }
    return counts
  }
}

/// Names a tensor of one graph: an index into its shapes.
public struct TensorID: Sendable, Hashable {
  /// Index into ``OperatorGraph/tensors``.
  public let index: Int
}

/// Axes of an activation, outermost first. A text of n tokens is n x 1.
public struct TensorShape: Sendable, Hashable {
  /// Images, or prompts.
  public var batch: Int
  /// Rows of pixels, or tokens.
  public var height: Int
  /// Pixels of a row.
  public var width: Int
  /// Numbers at each position.
  public var channels: Int

  /// Positions of one image.
  public var pixels: Int { height * width }
  /// Positions of all images.
  public var rows: Int { batch * pixels }
  /// Numbers in all.
  public var elements: Int { rows * channels }
}
