public import Results

/// A policy at one point, served for real several times, and simulated for each of them.
public struct LiveComparison: Sendable {
  /// Which point of the scenario's experiment, in words; empty for a scenario of one point.
  public let point: String
  /// The policy.
  public let policy: String
  /// The runs; where there are fewer than two, nothing is known of the noise, and nothing judged.
  public let runs: [Run]

  /// One live run, and what is simulated for it.
  public struct Run: Sendable {
    /// Served for real.
    public let live: LiveFigures
    /// Simulated with the times of the stages before and after the run, for several draws of their noise: the
    /// prediction.
    public let simulated: [LiveFigures]
    /// Simulated with what each piece of work took in the run itself. No prediction: its error is what is left where
    /// service times are known, and the rest is theirs.
    public let replayed: LiveFigures

    /// A run from its parts.
    public init(live: LiveFigures, simulated: [LiveFigures], replayed: LiveFigures) {
      self.live = live
      self.simulated = simulated
      self.replayed = replayed
    }
  }

  /// A comparison from its parts.
  public init(point: String, policy: String, runs: [Run]) {
    self.point = point
    self.policy = policy
    self.runs = runs
  }

  /// Queries that arrived.
  public var queries: Int { runs.first?.live.offered ?? 0 }

  /// One figure, side by side.
  public struct Row: Sendable {
    /// Which.
    public let metric: Metric
    /// Mean over the simulated runs.
    public let simulated: Double
    /// Mean over the live runs.
    public let live: Double
    /// Simulated over live, less one; of shares the difference.
    public let error: Double
    /// The same of the simulation with the runs' own service times.
    public let replayedError: Double
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

  /// All figures that all sides have.
  public var rows: [Row] {
    Metric.ofLiveRuns.compactMap { metric in
      func values(_ side: (Run) -> [LiveFigures]) -> [Double] {
        runs.flatMap(side).compactMap { $0[metric] }
      }
      let live = values { [$0.live] }
      guard live.count == runs.count, let mean = Self.mean(live),
        let simulated = Self.mean(values(\.simulated)),
        let replayed = Self.mean(values { [$0.replayed] })
      else { return nil }
      let scale = metric.isShare ? 1 : mean
      func relative(_ difference: Double) -> Double { scale > 0 ? difference / scale : 0 }
      return Row(
        metric: metric, simulated: simulated, live: mean, error: relative(simulated - mean),
        replayedError: relative(replayed - mean), noise: Self.noise(live).map(relative),
        isTooFew: queries < metric.fewestLiveQueries)
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
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

  /// Latencies of one side of all runs, ascending.
  public func latencies(_ side: (Run) -> [LiveFigures]) -> [Double] {
    runs.flatMap(side).flatMap(\.latencies).sorted()
  }

  /// Kolmogorov-Smirnov distance of the simulated latencies from the live ones, all runs together.
  public var distance: Double {
    LiveFigures.distance(latencies(\.simulated), latencies { [$0.live] })
  }

  /// Such a distance where the runs' own service times are simulated.
  public var replayedDistance: Double {
    LiveFigures.distance(latencies { [$0.replayed] }, latencies { [$0.live] })
  }

  /// Such a distance of each live run from the others, in the mean; nil with one run.
  public var noiseDistance: Double? {
    guard runs.count > 1 else { return nil }
    let distances = runs.indices.map { index in
      let others = runs.indices.filter { $0 != index }.flatMap { runs[$0].live.latencies }
      return LiveFigures.distance(runs[index].live.latencies, others.sorted())
    }
    return distances.reduce(0, +) / Double(distances.count)
  }
}
