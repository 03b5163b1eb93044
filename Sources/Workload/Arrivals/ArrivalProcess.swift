/// A random process of arrivals.
public indirect enum ArrivalProcess: Hashable, Sendable {
  /// Independent exponential gaps; `rate` per second.
  case poisson(rate: Double)
  /// Independent gamma gaps: `rate` per second, coefficient of variation `cv` of the gaps (1 =
  /// Poisson, 0 = evenly spaced). The first gap starts at time 0, as if a query had just arrived.
  case gamma(rate: Double, cv: Double)
  /// A Poisson process whose rate changes with a hidden state. A state lasts an exponential time;
  /// then comes any of the others, all equally likely. It starts in equilibrium.
  case markovModulated([ModulatedState])
  /// Another process under a periodic rate curve; the mean rate stays.
  case diurnal(ArrivalProcess, RateCurve)

  /// A state of a Markov-modulated process.
  public struct ModulatedState: Hashable, Sendable {
    /// Arrivals per second, at least 0.
    public var rate: Double
    /// Mean seconds the state lasts, 0.001 to 1e9.
    public var meanDwell: Double
    /// A state from its parts.
    public init(rate: Double, meanDwell: Double) {
      self.rate = rate
      self.meanDwell = meanDwell
    }
  }

  /// Long-run arrivals per second.
  public var meanRate: Double {
    switch self {
    case .poisson(let rate), .gamma(let rate, _): rate
    case .markovModulated(let states):
      states.reduce(0) { $0 + $1.rate * $1.meanDwell } / states.reduce(0) { $0 + $1.meanDwell }
    case .diurnal(let process, _): process.meanRate
    }
  }

  /// What is wrong with the parameters, as a phrase; nil if they can be used.
  public var fault: String? {
    func usable(_ rate: Double) -> Bool { rate > 0 && rate <= 1e9 }
    switch self {
    case .poisson(let rate):
      return usable(rate) ? nil : "the rate must be positive, at most 1e9 query/s"
    case .gamma(let rate, let cv):
      if !usable(rate) { return "the rate must be positive, at most 1e9 query/s" }
      return cv >= 0 && cv <= 100 ? nil : "the coefficient of variation must lie in 0...100"
    case .markovModulated(let states):
      if states.isEmpty { return "a Markov-modulated process without states" }
      if !states.allSatisfy({ $0.rate >= 0 && $0.rate <= 1e9 }) {
        return "a state's rate must lie in 0...1e9 query/s"
      }
      if !states.allSatisfy({ $0.meanDwell >= 1e-3 && $0.meanDwell <= 1e9 }) {
        return "a state's mean dwell time must lie in 1 ms...1e9 s"
      }
      return states.contains { $0.rate > 0 } ? nil : "no state has a positive rate"
    case .diurnal(let process, let curve): return process.fault ?? curve.fault
    }
  }
}
