import KernelBench

/// The timings that were taken between the runs of a session, and what they say of the machine's speed at each.
///
/// A time is taken as what its piece of work takes on the whole, by how slow the machine is at the time, by what is left:
/// the first and the last are known by all of the session's timings, and only the speed by those next to a run.
package struct Calibrations: Sendable {
  /// How slow the machine was at each: 1 on the whole.
  private let slowness: [Double]
  /// All timings, as of a machine that is as slow as on the whole.
  package let steady: LiveTimings

  /// - Parameter list: in the order in which they were taken.
  package init(_ list: [LiveTimings]) {
    let base = list.reduce(LiveTimings(), +).durations.mapValues(\.median)
    let slowness = Self.runningMedian(list.map { Self.slowness(of: $0, base) })
    self.slowness = slowness
    steady = zip(list, slowness).map { $0.scaled(by: 1 / $1) }.reduce(LiveTimings(), +)
  }

  /// How slow the machine was at a run between the timings with this index and the next, if there are any: 1 on the whole.
  package func slowness(after index: Int) -> Double {
    let near = slowness[index..<min(index + 2, slowness.count)]
    return near.reduce(0, +) / Double(near.count)
  }

  /// Timings for such a run, `factor` times as long.
  package func timings(after index: Int, factor: Double = 1) -> LiveTimings {
    steady.scaled(by: factor * slowness(after: index))
  }

  /// Each with those next to it: what disturbed one round of timings for a second says nothing of the runs beside it. The
  /// first and the last stay as they are, and so does a drift.
  static func runningMedian(_ values: [Double]) -> [Double] {
    values.indices.map { index in
      guard index > 0, index + 1 < values.count else { return values[index] }
      return values[index - 1...index + 1].sorted()[1]
    }
  }

  /// Median over all pieces of work of their time over what they take on the whole.
  private static func slowness(
    of timings: LiveTimings, _ base: [LiveTimings.Key: Double]
  ) -> Double {
    var ratios = Samples()
    for (key, samples) in timings.durations {
      guard let median = base[key], median > 0 else { continue }
      ratios.seconds += samples.seconds.map { $0 / median }
    }
    return ratios.count > 0 ? ratios.median : 1
  }
}
