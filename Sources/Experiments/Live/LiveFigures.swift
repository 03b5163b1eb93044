import Cluster
import EventEngine
public import Results

/// What a run came to, simulated or live, in the figures that the two are compared by.
public struct LiveFigures: Sendable {
  /// Queries that arrived.
  public let offered: Int
  /// Queries that were turned away.
  public let dropped: Int
  /// Queries that were still in the system at the end.
  public let inFlight: Int
  /// Seconds of each completed query, ascending: one for each.
  public let latencies: [Double]
  private let values: MetricValues

  /// The figures of a run, of all queries.
  public init(_ recorder: RunRecorder) {
    let usage = recorder.usage
    var latencies: [Double] = []
    var (steps, violations) = (0.0, 0.0)
    var (offered, dropped, inFlight) = (0, 0, 0)
    for record in recorder.records {
      offered += 1
      if case .dropped = record.outcome { dropped += 1 }
      if record.outcome == .inFlight { inFlight += 1 }
      if !record.isOnTime { violations += 1 }
      guard record.outcome == .completed else { continue }
      latencies.append(record.latency.seconds)
      steps += record.evaluations
    }
    latencies.sort()
    self.latencies = latencies
    let (count, span) = (Double(latencies.count), usage.end.seconds)
    var values = MetricValues()
    if count > 0, span > 0 {
      values[.latencyMean] = latencies.reduce(0, +) / count
      for (metric, p) in [(Metric.latencyP50, 0.5), (.latencyP95, 0.95), (.latencyP99, 0.99)] {
        values[metric] = Self.quantile(p, of: latencies)
      }
      values[.throughputQueries] = count / span
      values[.stepsMean] = steps / count
      let busy = usage.workers.reduce(0) { $0 + $1.busyTotal.seconds }
      values[.acceleratorUtilisation] = busy / span / Double(max(usage.workers.count, 1))
      let cores = usage.cpuPools.reduce(0) { $0 + $1.cores }
      let working = usage.cpuPools.reduce(0) { $0 + $1.busyTotal.seconds }
      values[.cpuUtilisation] = working / span / Double(max(cores, 1))
    }
    if offered > 0 { values[.violationRatio] = violations / Double(offered) }
    (self.offered, self.dropped, self.inFlight) = (offered, dropped, inFlight)
    self.values = values
  }

  /// A value; nil where nothing was completed.
  public subscript(metric: Metric) -> Double? { values[metric] }

  /// Linear between order statistics (type 7).
  static func quantile(_ p: Double, of sorted: [Double]) -> Double {
    let position = p * Double(sorted.count - 1)
    let below = Int(position)
    let share = position - Double(below)
    return sorted[below] * (1 - share) + sorted[min(below + 1, sorted.count - 1)] * share
  }

  /// The largest distance of two empirical distributions (Kolmogorov and Smirnov), 0...1; both ascending.
  public static func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard !a.isEmpty, !b.isEmpty else { return a.isEmpty == b.isEmpty ? 0 : 1 }
    var (i, j, largest) = (0, 0, 0.0)
    while i < a.count, j < b.count {
      let value = min(a[i], b[j])
      while i < a.count, a[i] == value { i += 1 }
      while j < b.count, b[j] == value { j += 1 }
      largest = max(
        largest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    return largest
  }
}

extension Metric {
  /// Those by which a simulated and a live run are compared.
  static let ofLiveRuns: [Metric] = [
    .latencyMean, .latencyP50, .latencyP95, .latencyP99, .throughputQueries, .violationRatio,
    .stepsMean, .acceleratorUtilisation, .cpuUtilisation,
  ]

  /// Whether its errors are differences, of shares, and not relative.
  var isShare: Bool {
    switch self {
    case .violationRatio, .acceleratorUtilisation, .cpuUtilisation: true
    default: false
    }
  }

  /// Queries below which nothing is judged: a 99th percentile of fewer than 100 is their longest.
  var fewestLiveQueries: Int {
    switch self {
    case .latencyP95: 20
    case .latencyP99: 100
    default: 1
    }
  }

  /// The largest error that is aimed at; nil = none is.
  public var liveAim: Double? {
    switch self {
    case .latencyMean, .latencyP50: 0.05
    case .latencyP95: 0.07
    case .latencyP99: 0.1
    case .throughputQueries: 0.02
    default: nil
    }
  }
}
