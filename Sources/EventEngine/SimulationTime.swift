/// A length of simulated time in integer nanoseconds; may be negative (a slack, for one).
public struct SimulationDuration: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// Nanoseconds.
  public var nanoseconds: Int64

  /// A duration of so many nanoseconds.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// `seconds` rounded to the nearest nanosecond, away from zero on a half; values beyond
  /// ``longest`` (infinity among them) become ``longest``. `seconds` must not be NaN.
  @inlinable @inline(__always) public init(seconds: Double) {
    precondition(!seconds.isNaN, "a duration that is not a number")
    let limit = Double(SimulationDuration.longest.nanoseconds)
    let exact = Swift.min(Swift.max(seconds * 1e9, -limit), limit)
    // What the C library's round gives, without the call: the remainder of a truncation is exact.
    let whole = Int64(exact)
    let rest = exact - Double(whole)
    self.nanoseconds = whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0)
  }

  /// No time at all.
  @inlinable public static var zero: Self { Self(nanoseconds: 0) }

  /// About 73 years (2^61 ns): sums of two stay inside `Int64`.
  @inlinable public static var longest: Self { Self(nanoseconds: 1 << 61) }

  /// In seconds.
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Shorter than.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  /// Sum; traps on overflow, which the limits on inputs exclude.
  @inlinable public static func + (a: Self, b: Self) -> Self {
    Self(nanoseconds: a.nanoseconds + b.nanoseconds)
  }
  /// Difference.
  @inlinable public static func - (a: Self, b: Self) -> Self {
    Self(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  /// Multiple.
  @inlinable public static func * (a: Self, n: Int) -> Self {
    Self(nanoseconds: a.nanoseconds * Int64(n))
  }
  /// Adds in place.
  @inlinable public static func += (a: inout Self, b: Self) { a = a + b }
  /// Subtracts in place.
  @inlinable public static func -= (a: inout Self, b: Self) { a = a - b }
}

/// A point of simulated time: integer nanoseconds since the start of the run.
public struct SimulationTime: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// Nanoseconds since the start.
  public var nanoseconds: Int64

  /// So many nanoseconds after the start.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// `seconds` after the start, rounded to the nearest nanosecond.
  @inlinable public init(seconds: Double) {
    self.nanoseconds = SimulationDuration(seconds: seconds).nanoseconds
  }

  /// The start of a run.
  @inlinable public static var zero: Self { Self(nanoseconds: 0) }

  /// A time that no event reaches.
  @inlinable public static var distantFuture: Self { Self(nanoseconds: 1 << 62) }

  /// In seconds since the start.
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Earlier than.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  /// Later by a duration.
  @inlinable public static func + (a: Self, d: SimulationDuration) -> Self {
    Self(nanoseconds: a.nanoseconds + d.nanoseconds)
  }
  /// Earlier by a duration.
  @inlinable public static func - (a: Self, d: SimulationDuration) -> Self {
    Self(nanoseconds: a.nanoseconds - d.nanoseconds)
  }
  /// The time from `b` to `a`.
  @inlinable public static func - (a: Self, b: Self) -> SimulationDuration {
    SimulationDuration(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
}
