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

  /// Times `body`.
  func time(_ body: () throws(KernelBenchError) -> Void) throws(KernelBenchError) -> Samples {
    if warmsUp { try body() }
    var samples = Samples()
    var spent = 0.0
    while samples.count < maximum {
      if samples.count >= minimum, spent >= budget || samples.medianHalfWidth <= precision {
        break
      }
      let seconds = try Self.once(body)
      samples.seconds.append(seconds)
      spent += seconds
    }
    return samples
  }

  /// Seconds that `body` takes once.
  static func once(_ body: () throws(KernelBenchError) -> Void) throws(KernelBenchError) -> Double {
    let start = ContinuousClock.now
    try body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
