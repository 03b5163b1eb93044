import Cluster
import EventEngine
import Workload

/// Queue length and busy devices over the time of a run, in 120 to 240 intervals of equal length whatever
/// the run's length: when a run outgrows them, neighbours are joined.
public struct RunSeries: Hashable, Sendable {
  /// What an interval sums up, in nanoseconds times the quantity.
  enum Quantity: Int {
    /// Queries none of whose images is in service.
    case waiting
    /// Queries that have arrived and not ended.
    case inSystem
    /// Accelerators at work.
    case accelerators
    /// CPU cores at work.
    case cores
  }

  static let maximumSpans = 240
  /// Length of an interval in nanoseconds: a millisecond, doubled as often as need be.
  private(set) var width: Int64 = 1_000_000
  /// Sums by interval, a lane for each ``Quantity``.
  private(set) var intervals: [SIMD4<Int64>] = []

  /// No time has passed.
  public init() {}

  mutating func add(_ span: Span) {
    switch span.resource {
    case .accelerator: add(.accelerators, from: span.start, to: span.end)
    case .cpu: add(.cores, from: span.start, to: span.end)
    case .link, .network, .weights: break
    }
  }

  mutating func add(_ record: QueryRecord) {
    let arrival = record.query.arrival
    add(.waiting, from: arrival, to: record.start ?? record.end)
    add(.inSystem, from: arrival, to: record.end)
  }

  private mutating func add(
    _ quantity: Quantity, from: SimulationTime, to: SimulationTime
  ) {
    var start = from.nanoseconds
    let end = to.nanoseconds
    guard end > start else { return }
    while (end - 1) / width >= Int64(Self.maximumSpans) { join() }
    let last = Int((end - 1) / width)
    while intervals.count <= last { intervals.append(.zero) }
    while start < end {
      let index = Int(start / width)
      let here = min(end, Int64(index + 1) * width)
      intervals[index][quantity.rawValue] += here - start
      start = here
    }
  }

  private mutating func join() {
    width *= 2
    let old = intervals
    intervals = stride(from: 0, to: old.count, by: 2).map {
      $0 + 1 < old.count ? old[$0] &+ old[$0 + 1] : old[$0]
    }
  }
}
