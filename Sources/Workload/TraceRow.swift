public import EventEngine

/// One replayable row of a trace: an arrival and what the trace says of the query; nil = the
/// scenario's own value applies.
public struct TraceRow: Hashable, BitwiseCopyable, Sendable {
  /// Time since the trace's first row (after sorting).
  public var arrival: SimulationTime
  /// Denoising steps, at least 1.
  public var steps: Int32?
  /// Images, at least 1.
  public var images: Int32?
  /// Image height in pixels.
  public var height: Int32?
  /// Image width in pixels.
  public var width: Int32?
  /// Index in the trace's `models`.
  public var model: Int32?
  /// Identifies the prompt.
  public var prompt: UInt64?
  /// The row's own service-level objective.
  public var slo: SimulationDuration?
  /// Index in the trace's `classes`.
  public var serviceClass: Int32?
  /// Number of the row in the file, 1 = first after the header.
  public var sourceRow: Int32

  /// A row with only an arrival.
  public init(arrival: SimulationTime, sourceRow: Int = 0) {
    self.arrival = arrival
    self.sourceRow = Int32(sourceRow)
  }
}
