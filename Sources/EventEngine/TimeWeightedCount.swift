/// The integral over time of a whole number that changes in jumps (queries in system, busy cores).
///
/// Exact: count x nanoseconds in 128-bit integers, so that Little's law can be checked to the unit.
public struct TimeWeightedCount: Hashable, Sendable {
  /// The present value.
  public private(set) var value: Int
  /// The largest value so far.
  public private(set) var maximum: Int
  private var area: Int128 = 0
  private var since: SimulationTime

  /// `value` from `start` on.
  public init(_ value: Int = 0, from start: SimulationTime = .zero) {
    self.value = value
    self.maximum = value
    self.since = start
  }

  /// Changes the value by `delta` at `now`, which must not lie before the last change.
  public mutating func add(_ delta: Int, at now: SimulationTime) {
    area += Int128(value) * Int128((now - since).nanoseconds)
    since = now
    value += delta
    if value > maximum { maximum = value }
  }

  /// Integral of the value from the start to `now`, in value x nanoseconds.
  public func integral(to now: SimulationTime) -> Int128 {
    area + Int128(value) * Int128((now - since).nanoseconds)
  }

  /// Mean over [`start`, `now`]; 0 for an empty interval.
  public func mean(from start: SimulationTime = .zero, to now: SimulationTime) -> Double {
    let span = (now - start).nanoseconds
    return span > 0 ? Double(integral(to: now)) / Double(span) : 0
  }
}
