@preconcurrency import CGSL

/// Latency of one stage of one model at one size as a function of the batch.
///
/// One measured batch scales in proportion to the batch, as FLOPs do; two are joined by a line,
/// three or more by Steffen's monotone cubic (GSL). Beyond the last the last slope goes on; below
/// the first the first scales in proportion. What is not between measured batches is extrapolated.
struct BatchCurve: Sendable {
  /// Measured batches, ascending, without repeats, at least one.
  let batches: [Double]
  /// Seconds at those batches, positive.
  private(set) var seconds: [Double]
  /// Weakest among the points.
  private(set) var provenance: Provenance
  /// Of the batches that state them, ascending.
  private let residuals: [(batch: Double, distribution: ResidualDistribution)]
  /// The measured size that it was scaled from; nil where its own was measured.
  var scaledFrom: LatencyProfile.ImageSize?

  /// The batches between which nothing is extrapolated.
  var measured: ClosedRange<Int> { Int(batches[0])...Int(batches[batches.count - 1]) }

  /// The curve through `entries`, all of the same work and none for the same batch; nil without
  /// any.
  init?(_ entries: [LatencyProfile.Entry]) {
    guard !entries.isEmpty else { return nil }
    let entries = entries.sorted { $0.batch < $1.batch }
    batches = entries.map { Double($0.batch) }
    seconds = entries.map(\.medianSeconds)
    provenance = entries.map(\.provenance).reduce(.measured, Provenance.weaker)
    residuals = entries.compactMap { entry in
      entry.residuals.map { (Double(entry.batch), $0) }
    }
  }

  /// How latencies of a batch scatter: as those of the next smaller measured one that states it, else of the smallest.
  func residuals(at batch: Int) -> ResidualDistribution? {
    (residuals.last { $0.batch <= Double(batch) } ?? residuals.first)?.distribution
  }

  /// The curve of another size, whose work is so many times this one's at each batch. What is
  /// known of how latencies scatter is relative, and stays.
  func scaled(from size: LatencyProfile.ImageSize, by factor: (_ batch: Int) -> Double) -> Self {
    var result = self
    result.seconds = zip(batches, seconds).map { $1 * factor(Int($0)) }
    result.provenance = .derived
    result.scaledFrom = size
    return result
  }

  /// Seconds at each of `wanted`, every one at least 1.
  func seconds(at wanted: ClosedRange<Int>) -> [Double] {
    let inside = wanted.clamped(to: measured)
    let between = inside.overlaps(wanted) ? interpolated(inside) : []
    return wanted.map { batch in
      if batch < measured.lowerBound { return seconds[0] * Double(batch) / batches[0] }
      if batch > measured.upperBound { return beyond(Double(batch)) }
      let i = batch - inside.lowerBound
      return between.indices.contains(i) ? between[i] : linear(Double(batch))
    }
  }

  /// Continues the last slope (never a falling one, which would end below zero).
  private func beyond(_ batch: Double) -> Double {
    let last = batches.count - 1
    if last == 0 { return seconds[0] * batch / batches[0] }
    let slope =
      (seconds[last] - seconds[last - 1]) / (batches[last] - batches[last - 1])
    return seconds[last] + max(slope, 0) * (batch - batches[last])
  }

  private func interpolated(_ wanted: ClosedRange<Int>) -> [Double] {
    guard batches.count >= 3 else { return wanted.map { linear(Double($0)) } }
    // The arguments are checked: finite and strictly ascending. Even so, a bad one must never
    // abort the process.
    Self.silenceGSL
    guard let spline = gsl_interp_alloc(gsl_interp_steffen, batches.count) else { return [] }
    defer { gsl_interp_free(spline) }
    guard gsl_interp_init(spline, batches, seconds, batches.count) == 0 else {
      return []
    }
    return wanted.map { gsl_interp_eval(spline, batches, seconds, Double($0), nil) }
  }

  /// Turns GSL's error handler off, once: it is a global variable of the library.
  private static let silenceGSL: Void = { _ = gsl_set_error_handler_off() }()

  /// On the line between the neighbouring points; `batch` lies between the first and the last.
  private func linear(_ batch: Double) -> Double {
    let above = batches.firstIndex { $0 >= batch } ?? batches.count - 1
    if above == 0 || batches[above] == batch { return seconds[above] }
    let share = (batch - batches[above - 1]) / (batches[above] - batches[above - 1])
    return seconds[above - 1] + share * (seconds[above] - seconds[above - 1])
  }
}
