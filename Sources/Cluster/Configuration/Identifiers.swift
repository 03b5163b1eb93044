/// Index of a node in the cluster; dense from 0.
public struct NodeID: Hashable, Comparable, Sendable {
  /// The index.
  public var rawValue: Int32
  /// The node with this index.
  public init(rawValue: Int32) { self.rawValue = rawValue }
  /// Order of the scenario.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Index of a worker (one accelerator) over all nodes; dense from 0.
public struct WorkerID: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// The index.
  public var rawValue: Int32
  /// The worker with this index.
  public init(rawValue: Int32) { self.rawValue = rawValue }
  /// Order of the scenario.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Index of a (model, image size) pair of the workload: what may share a batch.
public struct ShapeID: Hashable, BitwiseCopyable, Sendable {
  /// The index.
  public var rawValue: UInt16
  /// The shape with this index.
  public init(rawValue: UInt16) { self.rawValue = rawValue }
}
