/// The wall clock, and repetition until the median is known well enough.
struct Stopwatch {
  /// Least number of timings.
  var minimum = 3
  /// Most.
  var maximum = 1000
  /// Wanted half-width of the median's interval, relative.
  var precision = 0.02
  /// Seconds that all timings of one thing may take; the least number is taken even so.
  var budget: Double

  /// Whether one run goes before those that count.
  var warmsUp = true

  /// Times `body` after the timings that are there.
  func time(
    after known: Samples = Samples(), _ body: () throws(KernelBenchError) -> Void
  ) throws(KernelBenchError) -> Samples {
    var samples = known
    if warmsUp, samples.count == 0 { try body() }
    while wantsMore(than: samples) { samples.seconds.append(try Self.once(body)) }
    return samples
  }

  /// Whether the median is still unknown, and there is time to learn it.
  func wantsMore(than samples: Samples) -> Bool {
    if samples.count < minimum { return true }
    return samples.count < maximum && samples.seconds.reduce(0, +) < budget
      && samples.medianHalfWidth > precision
  }

  /// Seconds that `body` takes once.
  static func once(_ body: () throws(KernelBenchError) -> Void) throws(KernelBenchError) -> Double {
    let start = ContinuousClock.now
    try body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
