public import Results

/// A policy at one point, simulated once and served for real several times.
public struct LiveComparison: Sendable {
  /// Which point of the scenario's experiment, in words; empty for a scenario of one point.
  public let point: String
  /// The policy.
  public let policy: String
  /// Queries that arrived.
  public let queries: Int
  /// The simulated run.
  public let simulated: LiveFigures
  /// The live runs; two or more.
  public let live: [LiveFigures]

  /// A comparison from its parts.
  public init(
    point: String, policy: String, queries: Int, simulated: LiveFigures, live: [LiveFigures]
  ) {
    self.point = point
    self.policy = policy
    self.queries = queries
    self.simulated = simulated
    self.live = live
  }

  /// One figure, side by side.
  public struct Row: Sendable {
    /// Which.
    public let metric: Metric
    /// Of the simulated run.
    public let simulated: Double
    /// Mean over the live runs.
    public let live: Double
    /// Simulated over live, less one; of shares the difference.
    public let error: Double
    /// What the live runs differ by among themselves, in the same terms.
    public let noise: Double

    /// Whether the error is as small as it is aimed to be, or no larger than the noise; nil where no aim is set.
    public var holds: Bool? { metric.liveAim.map { abs(error) <= max($0, noise) } }
    /// Whether only the noise makes it hold.
    public var holdsByNoise: Bool {
      metric.liveAim.map { abs(error) > $0 && abs(error) <= noise } ?? false
    }
  }

  /// All figures that both sides have.
  public var rows: [Row] {
    Metric.ofLiveRuns.compactMap { metric in
      let values = live.compactMap { $0[metric] }
      guard let simulated = simulated[metric], values.count == live.count,
        let least = values.min(), let most = values.max()
      else { return nil }
      let mean = values.reduce(0, +) / Double(values.count)
      let scale = metric.isShare ? 1 : mean
      return Row(
        metric: metric, simulated: simulated, live: mean,
        error: scale > 0 ? (simulated - mean) / scale : 0,
        noise: scale > 0 ? (most - least) / scale : 0)
    }
  }

  /// Kolmogorov-Smirnov distance of the simulated latencies from all live ones.
  public var distance: Double {
    LiveFigures.distance(simulated.latencies, live.flatMap(\.latencies).sorted())
  }

  /// The largest such distance between two live runs.
  public var noiseDistance: Double {
    var largest = 0.0
    for (index, first) in live.enumerated() {
      for second in live.dropFirst(index + 1) {
        largest = max(largest, LiveFigures.distance(first.latencies, second.latencies))
      }
    }
    return largest
  }

  /// Whether every aim is met.
  public var holds: Bool { rows.allSatisfy { $0.holds ?? true } }
}
