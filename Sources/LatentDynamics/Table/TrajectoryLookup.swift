private import Foundation

/// Where on a table's schedule a path is: what lets one table serve schedules of any length.
///
/// A place is a real number p: p = i at the table's i-th time (0-based), p = steps where the latent is
/// clean; between two times it moves linearly in the logarithm of the signal-to-noise ratio, which is
/// what decides how clear a latent is.
struct TrajectoryLookup: Hashable, Sendable {
  let steps: Int
  let latentOffset: Int
  let predictedOffset: Int
  private let times: [Int]
  /// The place of each time of the noise schedule.
  private let places: [Double]

  init(_ grid: TrajectoryGrid) {
    steps = grid.steps
    latentOffset = grid.latentOffset
    predictedOffset = grid.predictedOffset
    times = grid.times
    let levels = NoiseSchedule().levels
    places = levels.indices.map { time in
      guard let first = grid.times.first, let last = grid.times.last else { return 0 }
      if time >= first { return 0 }
      // The last stretch ends clean, at an infinite ratio: linear in time instead.
      if time < last { return Double(grid.steps) - Double(time) / Double(last) }
      let after = grid.times.firstIndex { $0 <= time } ?? 0
      if grid.times[after] == time { return Double(after) }
      let low = levels[grid.times[after - 1]].logSNR
      let high = levels[grid.times[after]].logSNR
      return Double(after - 1) + (levels[time].logSNR - low) / (high - low)
    }
  }

  /// The place after `done` steps of a schedule of `scheduled`.
  private func place(scheduled: Int, done: Int) -> Double {
    if done >= scheduled { return Double(steps) }
    if scheduled == steps { return Double(done) }
    return places[Self.fraction(of: NoiseSchedule.times - 1, done, scheduled)]
  }

  /// The place after `covered` evaluations of the path's present leg.
  private func place(_ path: DenoisingPath, covered: Int) -> Double {
    guard let covering = path.covering else {
      return place(scheduled: path.scheduled, done: covered)
    }
    if covered >= covering { return Double(steps) }
    if covered == 0 { return place(scheduled: path.scheduled, done: path.done) }
    return places[Self.fraction(of: Self.leavingTime(path, times), covered, covering)]
  }

  /// The time at which the schedule was left.
  static func leavingTime(_ path: DenoisingPath, _ times: [Int]) -> Int {
    if path.scheduled == times.count, path.done < times.count, path.done > 0 {
      return times[path.done]
    }
    return fraction(of: NoiseSchedule.times - 1, path.done, path.scheduled)
  }

  /// round(time (1 - done / all)), as ``NoiseSchedule/times(from:evaluations:)``.
  private static func fraction(of time: Int, _ done: Int, _ all: Int) -> Int {
    Int((Double(time) * (1 - Double(done) / Double(all))).rounded())
  }

  /// Where the latent is now.
  func place(_ path: DenoisingPath) -> Double {
    place(path, covered: path.covering == nil ? path.done : path.covered)
  }

  /// Where the last evaluation took place.
  func placeOfLastEvaluation(_ path: DenoisingPath) -> Double {
    guard path.covering != nil, path.covered > 0 else {
      return place(scheduled: path.scheduled, done: max(path.done - 1, 0))
    }
    return place(path, covered: path.covered - 1)
  }
}

extension TrajectoryTable {
  /// Entropy of the latent as it is now, and of the clean latent that the path's last evaluation predicted, in bits.
  public func entropyBits(row: Int, _ path: DenoisingPath) -> (latent: Double, predicted: Double) {
    // The table's own schedule, still kept: the values are there as they are.
    if path.covering == nil, path.scheduled == lookup.steps, path.done >= 1 {
      return entropies(row, step: min(path.done, lookup.steps) - 1)
    }
    return (
      interpolate(row, lookup.latentOffset, at: lookup.place(path) - 1),
      interpolate(row, lookup.predictedOffset, at: lookup.placeOfLastEvaluation(path))
    )
  }

  /// Linear between the values at two steps, constant beyond them.
  private func interpolate(_ row: Int, _ offset: Int, at place: Double) -> Double {
    let place = min(max(place, 0), Double(lookup.steps - 1))
    let below = Int(place)
    let low = value(row, offset + below)
    let fraction = place - Double(below)
    return fraction == 0 ? low : low + fraction * (value(row, offset + below + 1) - low)
  }

  /// Relative L2 distance to the converged sample, if a path ends here in a given way.
  ///
  /// Between the table's stops and numbers of evaluations the logarithm of the error is linear in the
  /// step and in the logarithm of the number; beyond them it is constant. A schedule of another length
  /// than the table's that is left early has at least the error of that schedule when kept.
  public func error(row: Int, _ path: DenoisingPath, _ ending: Ending) -> Double {
    if path.isComplete {
      return path.covering.map { leftError(row, path.leaving, .cover($0)) }
        ?? keptError(row, path.scheduled)
    }
    let left = leftError(row, path, ending)
    // What is done so far is no finer than the way it was done.
    if let covering = path.covering {
      return max(left, leftError(row, path.leaving, .cover(covering)))
    }
    return path.scheduled == grid.steps ? left : max(left, keptError(row, path.scheduled))
  }

  /// Error of a schedule of `steps` steps kept to its end.
  private func keptError(_ row: Int, _ steps: Int) -> Double {
    steps == grid.steps ? wholeError(row: row) : stopError(row, stop: 0, .cover(steps))
  }

  private func leftError(_ row: Int, _ path: DenoisingPath, _ ending: Ending) -> Double {
    let place = lookup.place(path)
    let above = grid.stops.firstIndex { Double($0) >= place } ?? grid.stops.count
    func stop(_ index: Int) -> (place: Double, error: Double) {
      guard index < grid.stops.count else { return (Double(grid.steps), wholeError(row: row)) }
      return (Double(grid.stops[index]), stopError(row, stop: index, ending))
    }
    let high = stop(above)
    if high.place == place || above == 0 { return high.error }
    let low = stop(above - 1)
    return Self.logInterpolate(low, high, at: place)
  }

  /// Error of leaving at a stop.
  private func stopError(_ row: Int, stop: Int, _ ending: Ending) -> Double {
    let base = grid.stopOffset(stop)
    switch ending {
    case .none: return value(row, base)
    case .reserved: return value(row, base + 1)
    case .cover(let m):
      var below: (place: Double, error: Double)?
      for (index, remaining) in grid.remaining.enumerated() {
        let error = value(row, base + 2 + index)
        if error.isNaN { continue }
        let here = (place: Double(remaining), error: error)
        if remaining >= m {
          guard remaining > m, let below else { return error }
          return Self.logInterpolate(
            (log(below.place), below.error), (log(here.place), here.error), at: log(Double(m)))
        }
        below = here
      }
      return below?.error ?? .nan
    }
  }

  /// Linear in the logarithm of the error; where one side is not recorded, the other.
  private static func logInterpolate(
    _ low: (place: Double, error: Double), _ high: (place: Double, error: Double), at place: Double
  ) -> Double {
    if low.error.isNaN { return high.error }
    if high.error.isNaN { return low.error }
    guard low.error > 0, high.error > 0 else { return max(low.error, high.error) }
    let fraction = (place - low.place) / (high.place - low.place)
    return exp(log(low.error) + fraction * (log(high.error) - log(low.error)))
  }
}

extension DenoisingPath {
  /// The path when its schedule was left.
  fileprivate var leaving: DenoisingPath { DenoisingPath(scheduled: scheduled, done: done) }
}
