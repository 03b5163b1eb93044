import Cluster
import EventEngine
import Workload

/// Queue length and busy devices over the time of a run, in 120 to 240 intervals of equal length whatever
/// the run's length: when a run outgrows them, neighbours are joined.
public struct RunSeries: Hashable, Sendable {
  /// Sums over an interval, in nanoseconds times their unit.
  struct Interval: Hashable, Sendable {
    /// Queries none of whose images is in service.
    var waiting: Int64 = 0
    /// Queries that have arrived and not ended.
    var inSystem: Int64 = 0
    var accelerators: Int64 = 0
    var cores: Int64 = 0

    static func + (a: Self, b: Self) -> Self {
      Self(
        waiting: a.waiting + b.waiting, inSystem: a.inSystem + b.inSystem,
        accelerators: a.accelerators + b.accelerators, cores: a.cores + b.cores)
    }
  }

  static let most = 240
  /// Length of an interval in nanoseconds: a millisecond, doubled as often as need be.
  private(set) var width: Int64 = 1_000_000
  private(set) var intervals: [Interval] = []

  /// No time has passed.
  public init() {}

  mutating func add(_ span: Span) {
    switch span.resource {
    case .accelerator: add(to: \.accelerators, from: span.start, to: span.end)
    case .cpu: add(to: \.cores, from: span.start, to: span.end)
    case .link: break
    }
  }

  mutating func add(_ record: QueryRecord) {
    let arrival = record.query.arrival
    add(to: \.waiting, from: arrival, to: record.start ?? record.end)
    add(to: \.inSystem, from: arrival, to: record.end)
  }

  private mutating func add(
    to sum: WritableKeyPath<Interval, Int64>, from: SimulationTime,
    to: SimulationTime
  ) {
    var start = from.nanoseconds
    let end = to.nanoseconds
    guard end > start else { return }
    while (end - 1) / width >= Int64(Self.most) { join() }
    let last = Int((end - 1) / width)
    while intervals.count <= last { intervals.append(Interval()) }
    while start < end {
      let index = Int(start / width)
      let here = min(end, Int64(index + 1) * width)
      intervals[index][keyPath: sum] += here - start
      start = here
    }
  }

  private mutating func join() {
    width *= 2
    let old = intervals
    intervals = stride(from: 0, to: old.count, by: 2).map {
      $0 + 1 < old.count ? old[$0] + old[$0 + 1] : old[$0]
    }
  }
}
