import Cluster
import EventEngine
import Experiments
package import Results

/// What a run came to, simulated or live, in the figures that the two are compared by.
package struct LiveFigures: Sendable {
  /// Queries that arrived.
  package var offered: Int { count(.offered) }
  /// Queries that were turned away.
  package var dropped: Int { count(.dropped) }
  /// Queries that were still in the system at the end.
  package var inFlight: Int { count(.inFlight) }
  /// Seconds of each completed query, ascending: one for each.
  package let latencies: [Double]
  private let values: MetricValues

  /// The figures of a run, of all queries.
  package init(_ recorder: RunRecorder) {
    latencies = recorder.records.filter { $0.outcome == .completed }.map(\.latency.seconds).sorted()
    var values = recorder.metrics
    // Of few queries, too: who reads it sees how many there are.
    values[.latencyP99] = recorder.latencyQuantile(0.99)
    self.values = values
  }

  /// A value; nil where nothing was completed.
  package subscript(metric: Metric) -> Double? {
    latencies.isEmpty && metric != .violationRatio ? nil : values[metric]
  }

  private func count(_ metric: Metric) -> Int { Int(values[metric] ?? 0) }

  /// The largest distance of two empirical distributions (Kolmogorov and Smirnov), 0...1; both ascending.
  package static func distance(_ a: [Double], _ b: [Double]) -> Double {
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
    .stepsMean, .utilisationOfInstalled, .cpuUtilisation,
  ]

  /// Whether its errors are differences, of shares, and not relative.
  var isShare: Bool {
    switch self {
    case .violationRatio, .utilisationOfInstalled, .cpuUtilisation: true
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
  package var liveAim: Double? {
    switch self {
    case .latencyMean, .latencyP50: 0.05
    case .latencyP95: 0.07
    case .latencyP99: 0.1
    case .throughputQueries: 0.02
    default: nil
    }
  }
}
