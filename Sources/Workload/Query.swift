public import EventEngine

/// Index of a model's name in the workload's list of models.
public struct ModelID: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// The index.
  public var rawValue: UInt16
  /// The model with this index.
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Order of the list.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Index of a query in its workload, in order of arrival; dense from 0.
public struct QueryID: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// The index.
  public var rawValue: Int32
  /// The query with this index.
  public init(rawValue: Int32) { self.rawValue = rawValue }
  /// Order of arrival.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Height and width of an image in pixels.
public struct ImageSize: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
  /// Pixels from top to bottom.
  public var height: Int32
  /// Pixels from left to right.
  public var width: Int32
  /// A size in pixels.
  public init(height: Int, width: Int) {
    self.height = Int32(height)
    self.width = Int32(width)
  }
  /// `HEIGHTxWIDTH`.
  public var description: String { "\(height)x\(width)" }
}

/// One request to the datacenter: some images of one prompt.
public struct Query: Hashable, BitwiseCopyable, Sendable {
  /// Index in the workload, in order of arrival.
  public var id: QueryID
  /// When it arrives.
  public var arrival: SimulationTime
  /// Time from arrival within which it must be complete: the service-level objective (SLO).
  public var slo: SimulationDuration
  /// The model asked for.
  public var model: ModelID
  /// Size of its images.
  public var size: ImageSize
  /// Number of images, at least 1.
  public var images: Int32
  /// Denoising steps asked for, at least 1.
  public var steps: Int32
  /// Identifies the prompt: equal seeds are equal prompts.
  public var promptSeed: UInt64
  /// Index of its class's name in the workload's list of classes; nil = of no class.
  public var serviceClass: UInt16?
  /// Its class's rank: the smallest goes first, where a policy looks at it.
  public var priority: Int32
  /// The row of the trace it came from (1 = first row after the header); 0 if generated.
  public var sourceRow: Int32

  /// A query from its parts.
  public init(
    id: QueryID, arrival: SimulationTime, slo: SimulationDuration, model: ModelID,
    size: ImageSize, images: Int, steps: Int, promptSeed: UInt64 = 0, serviceClass: UInt16? = nil,
    priority: Int32 = 0, sourceRow: Int = 0
  ) {
    self.id = id
    self.arrival = arrival
    self.slo = slo
    self.model = model
    self.size = size
    self.images = Int32(images)
    self.steps = Int32(steps)
    self.promptSeed = promptSeed
    self.serviceClass = serviceClass
    self.priority = priority
    self.sourceRow = Int32(sourceRow)
  }

  /// When it must be complete.
  public var deadline: SimulationTime { arrival + slo }
}
