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
  /// By figure; nil where it has no value.
  private let values: [LiveFigure: Double]

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
    var values: [LiveFigure: Double] = [:]
    if count > 0, span > 0 {
      values[.mean] = latencies.reduce(0, +) / count
      for (figure, p) in [(LiveFigure.p50, 0.5), (.p95, 0.95), (.p99, 0.99)] {
        values[figure] = Self.quantile(p, of: latencies)
      }
      values[.throughput] = count / span
      values[.steps] = steps / count
      let busy = usage.workers.reduce(0) { $0 + $1.busyTotal.seconds }
      values[.acceleratorUtilisation] = busy / span / Double(max(usage.workers.count, 1))
      let cores = usage.cpuPools.reduce(0) { $0 + $1.cores }
      let working = usage.cpuPools.reduce(0) { $0 + $1.busyTotal.seconds }
      values[.cpuUtilisation] = working / span / Double(max(cores, 1))
    }
    if offered > 0 { values[.violations] = violations / Double(offered) }
    (self.offered, self.dropped, self.inFlight) = (offered, dropped, inFlight)
    self.values = values
  }

  /// A figure's value; nil where nothing was completed.
  public subscript(figure: LiveFigure) -> Double? { values[figure] }

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

/// A figure by which a simulated and a live run are compared.
public enum LiveFigure: String, CaseIterable, Sendable {
  case mean = "latency_mean_s"
  case p50 = "latency_p50_s"
  case p95 = "latency_p95_s"
  case p99 = "latency_p99_s"
  case throughput = "throughput_query_per_s"
  case violations = "slo_violation_ratio"
  case steps = "steps_mean"
  case acceleratorUtilisation = "accelerator_utilisation"
  case cpuUtilisation = "cpu_utilisation"

  /// Whether errors are differences, of shares, and not relative.
  public var isShare: Bool {
    switch self {
    case .violations, .acceleratorUtilisation, .cpuUtilisation: true
    default: false
    }
  }

  /// The largest error that is aimed at; nil = none is.
  public var target: Double? {
    switch self {
    case .mean, .p50: 0.05
    case .p95: 0.07
    case .p99: 0.1
    case .throughput: 0.02
    default: nil
    }
  }
}
