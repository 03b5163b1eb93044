/// A periodic curve of relative rate with mean 1, which bends the time of an arrival process.
///
/// Arrivals at operational times u become arrivals at t with Λ(t) = u, Λ being the integral of the
/// curve: so it applies exactly to any process, and the mean rate stays.
public enum RateCurve: Hashable, Sendable {
  /// 1 + `amplitude` cos(2π (t - `peak`) / `period`); amplitude in 0...1, times in seconds.
  case sinusoid(amplitude: Double, peak: Double, period: Double)
  /// Relative rates of equal parts of a period of `period` seconds, the first from t = 0; any
  /// numbers of at least 0 with a positive sum: they are divided by their mean.
  case steps([Double], period: Double)

  /// Relative rates of the hours of a day.
  public static func hourly(_ multipliers: [Double]) -> RateCurve {
    .steps(multipliers, period: 86_400)
  }

  /// What is wrong with the parameters, as a phrase; nil if they can be used.
  public var fault: String? {
    switch self {
    case .sinusoid(let amplitude, let peak, let period):
      if !(amplitude >= 0 && amplitude <= 1) { return "the amplitude must lie in 0...1" }
      if !peak.isFinite { return "the time of the peak must be finite" }
      return period > 0 && period.isFinite ? nil : "the period must be positive"
    case .steps(let weights, let period):
      if weights.isEmpty { return "a rate curve without values" }
      if !weights.allSatisfy({ $0 >= 0 && $0.isFinite }) { return "a rate below 0" }
      if weights.reduce(0, +) <= 0 { return "a rate curve of zeros" }
      return period > 0 && period.isFinite ? nil : "the period must be positive"
    }
  }

  /// The relative rate at `t` seconds; its mean over a period is 1.
  public func multiplier(at t: Double) -> Double {
    switch self {
    case .sinusoid(let amplitude, let peak, let period):
      return 1 + amplitude * cosine(2 * .pi * Self.phase(t - peak, period))
    case .steps(let weights, let period):
      let part = Int(Self.phase(t, period) * Double(weights.count))
      return weights[min(part, weights.count - 1)] * Double(weights.count) / weights.reduce(0, +)
    }
  }

  /// Λ(t): the integral of the curve from 0 to `t` seconds.
  public func cumulative(_ t: Double) -> Double {
    switch self {
    case .sinusoid(let amplitude, let peak, let period):
      let scale = amplitude * period / (2 * .pi)
      let now = sine(2 * .pi * Self.phase(t - peak, period))
      let start = sine(2 * .pi * Self.phase(-peak, period))
      return t + scale * (now - start)
    case .steps(let weights, let period):
      let periods = (t / period).rounded(.down)
      let position = Self.phase(t, period) * Double(weights.count)
      let part = min(Int(position), weights.count - 1)
      let area = weights[..<part].reduce(0, +) + weights[part] * (position - Double(part))
      return (periods + area / weights.reduce(0, +)) * period
    }
  }

  /// The `t` of at least 0 with Λ(t) = `u`, `u` of at least 0; the earliest one on a flat piece.
  public func inverse(_ u: Double) -> Double {
    switch self {
    case .sinusoid(let amplitude, _, let period):
      return inverseByBisection(u, within: amplitude * period / .pi)
    case .steps(let weights, let period):
      let total = weights.reduce(0, +)
      // A whole number of periods is the end of the last one, which may be earlier than the start
      // of the next.
      let periods = max(0, (u / period).rounded(.up) - 1)
      var rest = (u / period - periods) * total
      var end = 0.0
      for (i, weight) in weights.enumerated() where weight > 0 {
        if rest <= weight {
          return (periods + (Double(i) + rest / weight) / Double(weights.count)) * period
        }
        rest -= weight
        end = Double(i + 1)
      }
      // Rounding alone leaves anything.
      return (periods + end / Double(weights.count)) * period
    }
  }

  /// Newton's method held inside a shrinking bracket: |Λ(t) - t| is at most `width`.
  private func inverseByBisection(_ u: Double, within width: Double) -> Double {
    var low = max(0, u - width)
    var high = u + width
    var t = u
    for _ in 0..<200 {
      let error = cumulative(t) - u
      if error > 0 { high = t } else { low = t }
      let slope = multiplier(at: t)
      let step = slope > 1e-9 ? t - error / slope : low
      let next = step > low && step < high ? step : low + (high - low) / 2
      if abs(next - t) <= 1e-10 { return next }
      t = next
    }
    return t
  }

  /// The part of its period in which `t` lies, in [0, 1).
  private static func phase(_ t: Double, _ period: Double) -> Double {
    let turns = t / period
    return turns - turns.rounded(.down)
  }
}
