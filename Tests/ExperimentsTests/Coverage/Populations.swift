import EventEngine
import Foundation
import Results

/// A fast generator of numbers for experiments of coverage: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct FastRandom {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
    // Of neighbouring seeds the states must not be neighbours: each would be the other's sequence, a number later.
    state = bits()
  }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In (0, 1].
  mutating func uniform() -> Double { Double((bits() >> 11) + 1) * 0x1p-53 }

  mutating func exponential(_ mean: Double) -> Double { -mean * log(uniform()) }

  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Of mean 1 (Marsaglia and Tsang, ACM Trans. Math. Softw. 26 (2000)).
  mutating func gamma(cv: Double) -> Double {
    let shape = 1 / (cv * cv)
    let boost = shape < 1 ? pow(uniform(), 1 / shape) : 1
    let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    while true {
      let x = normal()
      let v = pow(1 + x / (9 * d).squareRoot(), 3)
      if v > 0, log(uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v * boost / shape }
    }
  }
}

/// A queue, first come, first served, whose waits a recursion gives: a run of it is a replication.
struct Queue {
  /// Arrivals a second in two states, each kept for an exponential time; equal rates are a Poisson process.
  var rates = (0.9, 0.9)
  var stay = 100.0
  var servers = 1
  /// Mean service, in seconds.
  var service = 1.0
  var queries = 5000
  /// Seconds from the first arrival on that do not count.
  var warmup = 0.0
  var slo = 10.0

  /// Latencies of the queries that count, in order of arrival.
  func latencies(_ random: inout FastRandom) -> [Double] { run(&random).latencies }

  /// A run of it.
  func run(_ random: inout FastRandom) -> QueueRun {
    var counted = QueueRun()
    counted.latencies.reserveCapacity(queries)
    counted.waits.reserveCapacity(queries)
    counted.arrivals.reserveCapacity(queries)
    var (now, first, state) = (0.0, 0.0, 0)
    var change = random.exponential(stay)
    var waits = Waits(servers: servers)
    for query in 0..<queries {
      var gap = random.exponential(1 / (state == 0 ? rates.0 : rates.1))
      // What is left of a gap when the rate changes is drawn anew: it is exponential.
      while rates.0 != rates.1, now + gap > change {
        now = change
        state = 1 - state
        change += random.exponential(stay)
        gap = random.exponential(1 / (state == 0 ? rates.0 : rates.1))
      }
      now += gap
      if query == 0 { first = now }
      let time = random.exponential(service)
      let wait = waits.next(arrival: now, service: time)
      if now - first >= warmup {
        counted.latencies.append(wait + time)
        counted.waits.append(wait)
        counted.arrivals.append(now)
      }
    }
    counted.idle = waits.idle(since: first)
    return counted
  }
}

/// What a run of a queue shows, in seconds.
struct QueueRun {
  /// Of the queries that count, in order of arrival.
  var latencies: [Double] = []
  var waits: [Double] = []
  var arrivals: [Double] = []
  /// Of the busiest server, from the first arrival to the last departure.
  var idle = 0.0
}

/// Waits before c equal servers: each query goes to the server that is free first (Kiefer and Wolfowitz 1955; Lindley
/// 1952 for one).
struct Waits {
  private var free: [Double]
  private var busy: [Double]

  init(servers: Int) {
    free = Array(repeating: 0, count: servers)
    busy = free
  }

  /// Idle time of the busiest server, up to the last departure.
  func idle(since start: Double) -> Double { (free.max() ?? 0) - start - (busy.max() ?? 0) }

  mutating func next(arrival: Double, service: Double) -> Double {
    var server = 0
    for other in free.indices.dropFirst() where free[other] < free[server] { server = other }
    let start = max(arrival, free[server])
    free[server] = start + service
    busy[server] += service
    return start - arrival
  }
}

/// What a replication of a population shows: one number a statistic.
struct Population: Sendable {
  let name: String
  /// Names of the statistics, and what values they take.
  let statistics: [(name: String, range: ValueRange)]
  let draw: @Sendable (inout FastRandom) -> [Double]

  static func queue(_ name: String, mixed other: Queue? = nil, share: Double = 0, _ queue: Queue)
    -> Population
  {
    Population(
      name: name,
      statistics: [("mean", .positive), ("p99", .positive), ("violations", .share)]
    ) { random in
      let isOther = other != nil && random.uniform() < share
      let latencies = (isOther ? other ?? queue : queue).latencies(&random)
      let late = latencies.lazy.filter { $0 > queue.slo }.count
      return [
        latencies.reduce(0, +) / Double(latencies.count),
        Quantiles.quantile(0.99, ofSorted: latencies.sorted()),
        Double(late) / Double(latencies.count),
      ]
    }
  }

  static func lognormal(_ spread: Double) -> Population {
    Population(name: "lognormal \(spread)", statistics: [("mean", .positive)]) { random in
      [exp(spread * random.normal())]
    }
  }

  static func gamma(_ cv: Double) -> Population {
    Population(name: "gamma \(cv)", statistics: [("share", .share)]) { random in
      [0.01 * random.gamma(cv: cv)]
    }
  }
}
