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
  /// The live runs; where there are fewer than two, nothing is known of the noise, and nothing judged.
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
    /// What two live runs differ by, in the mean over all pairs and in the same terms; nil with one run.
    public let noise: Double?
    /// Whether there are too few queries to speak of such a percentile.
    public let isTooFew: Bool

    /// Whether the error is as small as it is aimed to be, or no larger than the noise; nil where that is not judged.
    public var holds: Bool? {
      guard let aim = metric.liveAim, let noise, !isTooFew else { return nil }
      return abs(error) <= max(aim, noise)
    }

    /// Whether only the noise makes it hold.
    public var holdsByNoise: Bool {
      holds == true && abs(error) > metric.liveAim ?? .infinity
    }
  }

  /// All figures that both sides have.
  public var rows: [Row] {
    Metric.ofLiveRuns.compactMap { metric in
      let values = live.compactMap { $0[metric] }
      guard let simulated = simulated[metric], values.count == live.count
      else { return nil }
      let mean = values.reduce(0, +) / Double(values.count)
      let scale = metric.isShare ? 1 : mean
      return Row(
        metric: metric, simulated: simulated, live: mean,
        error: scale > 0 ? (simulated - mean) / scale : 0,
        noise: Self.noise(values).map { scale > 0 ? $0 / scale : 0 },
        isTooFew: queries < metric.fewestLiveQueries)
    }
  }

  /// Mean difference of two of these values; nil for one.
  private static func noise(_ values: [Double]) -> Double? {
    var (sum, pairs) = (0.0, 0.0)
    for (index, first) in values.enumerated() {
      for second in values.dropFirst(index + 1) {
        sum += abs(first - second)
        pairs += 1
      }
    }
    return pairs > 0 ? sum / pairs : nil
  }

  /// Kolmogorov-Smirnov distance of the simulated latencies from all live ones.
  public var distance: Double {
    LiveFigures.distance(simulated.latencies, live.flatMap(\.latencies).sorted())
  }

  /// Such a distance of each live run from the others, in the mean; nil with one run.
  public var noiseDistance: Double? {
    guard live.count > 1 else { return nil }
    let distances = live.indices.map { index in
      let others = live.indices.filter { $0 != index }.flatMap { live[$0].latencies }
      return LiveFigures.distance(live[index].latencies, others.sorted())
    }
    return distances.reduce(0, +) / Double(distances.count)
  }

  /// Whether every aim is met that can be judged; nil where none can, as where a side completed nothing.
  public var holds: Bool? {
    let judged = rows.compactMap(\.holds)
    return judged.isEmpty ? nil : judged.allSatisfy { $0 }
  }
}
