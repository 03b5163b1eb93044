public import EventEngine

/// The endless arrivals of one replication of a process, one at a time.
public struct ArrivalSequence: Sendable {
  private let curves: [RateCurve]
  private let base: ArrivalProcess
  private var gaps: RandomStream
  /// Gaps of a process whose gaps are independent and alike; nil for others.
  private var draws: DrawSequence?
  private var modulation: RandomStream
  /// Operational time of the last arrival in seconds.
  private var clock = 0.0
  private var state = 0
  private var stateEnds = 0.0

  /// The arrivals of `process`, whose `fault` must be nil.
  public init(_ process: ArrivalProcess, seed: UInt64, replication: UInt64 = 0) {
    precondition(process.fault == nil, "an arrival process that cannot be used")
    var curves: [RateCurve] = []
    var base = process
    while case .diurnal(let inner, let curve) = base {
      curves.append(curve)
      base = inner
    }
    self.curves = curves.reversed()
    self.base = base
    gaps = RandomStream(seed: seed, stream: .arrivals, entity: replication)
    modulation = RandomStream(seed: seed, stream: .modulation, entity: replication)
    switch base {
    case .poisson(let rate): draws = DrawSequence(.exponential(mean: 1 / rate), from: gaps)
    case .gamma(let rate, let cv): draws = DrawSequence(.gamma(mean: 1 / rate, cv: cv), from: gaps)
    case .markovModulated(let states): enterEquilibrium(states)
    case .diurnal: preconditionFailure("curves are peeled off above")
    }
  }

  /// The next arrival, never before the last one.
  public mutating func next() -> SimulationTime {
    switch base {
    case .poisson, .gamma: clock += draws?.next() ?? 0
    case .markovModulated(let states): advance(states)
    case .diurnal: preconditionFailure("curves are peeled off in init")
    }
    return SimulationTime(seconds: curves.reduce(clock) { $1.inverse($0) })
  }

  /// The state at time 0 by the share of time spent in each.
  private mutating func enterEquilibrium(_ states: [ArrivalProcess.ModulatedState]) {
    var u = modulation.uniform() * states.reduce(0) { $0 + $1.meanDwell }
    for (i, candidate) in states.enumerated() {
      state = i
      if u < candidate.meanDwell { break }
      u -= candidate.meanDwell
    }
    stateEnds = Distribution.exponential(mean: states[state].meanDwell).sample(using: &modulation)
  }

  /// Exponential gaps forget the past, so one that outlasts its state is drawn anew in the next.
  private mutating func advance(_ states: [ArrivalProcess.ModulatedState]) {
    while true {
      if states[state].rate > 0 {
        let mean = 1 / states[state].rate
        let time = clock + Distribution.exponential(mean: mean).sample(using: &gaps)
        if time < stateEnds || states.count == 1 {
          clock = time
          return
        }
      }
      clock = stateEnds
      let step = states.count > 1 ? 1 + modulation.index(below: states.count - 1) : 0
      state = (state + step) % states.count
      stateEnds += Distribution.exponential(mean: states[state].meanDwell).sample(
        using: &modulation)
    }
  }
}
