import EventEngine
import Glibc

/// Time since a start, by a clock that nobody sets.
struct LiveClock: Sendable {
  private let start: Int64

  init() { start = Self.read(CLOCK_MONOTONIC) }

  var now: SimulationTime {
    SimulationTime(nanoseconds: Self.read(CLOCK_MONOTONIC) - start)
  }

  static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Finds out whether the machine was asleep, or its clock set, between two looks.
package struct ClockWatch: Sendable {
  private let steady: Int64
  private let set: Int64
  private let awake: Int64

  /// A first look, now.
  package init() {
    steady = LiveClock.read(CLOCK_BOOTTIME)
    set = LiveClock.read(CLOCK_REALTIME)
    awake = LiveClock.read(CLOCK_MONOTONIC)
  }

  /// How far the time of day has been set since, in seconds; beyond what keeps it right (under 50 ms).
  package var setSeconds: Double? {
    Self.jump(
      LiveClock.read(CLOCK_REALTIME) - set, against: LiveClock.read(CLOCK_BOOTTIME) - steady)
  }

  /// How long the machine has been asleep since, in seconds; nil where it has not.
  package var asleepSeconds: Double? {
    Self.jump(
      LiveClock.read(CLOCK_BOOTTIME) - steady, against: LiveClock.read(CLOCK_MONOTONIC) - awake)
  }

  static func jump(_ elapsed: Int64, against steady: Int64) -> Double? {
    let difference = Double(elapsed - steady) / 1e9
    return abs(difference) < 0.05 ? nil : difference
  }
}
