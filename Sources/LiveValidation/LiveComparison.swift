package import Results

/// A policy at one point, served for real several times, and simulated for each of them.
package struct LiveComparison: Sendable {
  /// Which point of the scenario's experiment, in words; empty for a scenario of one point.
  package let point: String
  /// The policy.
  package let policy: String
  /// The runs; where there are fewer than two, nothing is known of the noise, and nothing judged.
  package let runs: [Run]

  /// One live run, and what is simulated for it.
  package struct Run: Sendable {
    /// Served for real.
    package let live: LiveFigures
    /// Simulated with the times of the stages before and after the run, for several draws of their noise: how slow the
    /// machine was is known, all else predicted.
    package let simulated: [LiveFigures]
    /// The same by the profile that was measured before the first run, and nothing that was measured since: nothing but
    /// predicted.
    package let early: [LiveFigures]
    /// Simulated like the first, with all times ``LiveComparison/stretch`` times as long.
    package let stretched: [LiveFigures]
    /// Replayed with what each piece of work took in the run itself. No prediction: its error is what is left where
    /// service times are known, and the rest is theirs.
    package let replayed: LiveFigures

    /// A run from its parts.
    package init(
      live: LiveFigures, simulated: [LiveFigures], early: [LiveFigures], stretched: [LiveFigures],
      replayed: LiveFigures
    ) {
      self.live = live
      self.simulated = simulated
      self.early = early
      self.stretched = stretched
      self.replayed = replayed
    }
  }

  /// By metric, where it is known from other policies, too.
  private var pooledNoise: [Metric: Double] = [:]

  /// A comparison from its parts.
  package init(point: String, policy: String, runs: [Run]) {
    self.point = point
    self.policy = policy
    self.runs = runs
  }

  /// Queries that arrived.
  package var queries: Int { runs.first?.live.offered ?? 0 }

  /// One figure, side by side.
  package struct Row: Sendable {
    /// Which.
    package let metric: Metric
    /// Mean over the simulated runs.
    package let simulated: Double
    /// Mean over the live runs.
    package let live: Double
    /// Simulated over live, less one, in the mean over the runs; of shares the difference.
    package let error: Double
    /// Mean size of each run's error: those of opposite signs do not cancel.
    package let size: Double
    /// The same of the simulation by the profile from before the first run.
    package let earlySize: Double
    /// The same of the replay with the runs' own service times.
    package let replayedSize: Double
    /// What two live runs differ by, in the mean over all pairs and in the same terms; nil with one run.
    package let noise: Double?
    /// Whether there are too few queries to speak of such a percentile.
    package let isTooFew: Bool

    /// Whether the error's size is as small as it is aimed to be, or no larger than the noise; nil where that is not
    /// judged.
    package var holds: Bool? { limit.map { size <= $0 } }

    /// The same of the simulation by the profile from before the first run.
    package var earlyHolds: Bool? { limit.map { earlySize <= $0 } }

    private var limit: Double? {
      guard let aim = metric.liveAim, let noise, !isTooFew else { return nil }
      return max(aim, noise)
    }

    /// Whether only the noise makes it hold.
    package var holdsByNoise: Bool {
      holds == true && size > metric.liveAim ?? .infinity
    }
  }

  /// All figures that all sides have.
  package var rows: [Row] {
    Metric.ofLiveRuns.compactMap { metric in
      let live = runs.compactMap { $0.live[metric] }
      guard live.count == runs.count, let mean = Self.mean(live),
        let simulated = Self.mean(runs.flatMap(\.simulated).compactMap { $0[metric] }),
        let plain = errors(metric, \.simulated), let early = errors(metric, \.early),
        let replayed = errors(metric, { [$0.replayed] }), let error = Self.mean(plain),
        let size = Self.mean(plain.map(abs)), let earlySize = Self.mean(early.map(abs)),
        let replayedSize = Self.mean(replayed.map(abs))
      else { return nil }
      return Row(
        metric: metric, simulated: simulated, live: mean, error: error, size: size,
        earlySize: earlySize, replayedSize: replayedSize,
        noise: pooledNoise[metric] ?? noise(metric),
        isTooFew: queries < metric.fewestLiveQueries)
    }
  }

  /// Of each run, its side's mean against what was live; nil where one has no such figure.
  private func errors(_ metric: Metric, _ side: (Run) -> [LiveFigures]) -> [Double]? {
    let errors = runs.compactMap { run -> Double? in
      guard let live = run.live[metric], let other = Self.mean(side(run).compactMap { $0[metric] })
      else { return nil }
      return Self.relative(other - live, to: live, metric)
    }
    return errors.count == runs.count ? errors : nil
  }

  private func noise(_ metric: Metric) -> Double? {
    let live = runs.compactMap { $0.live[metric] }
    guard let mean = Self.mean(live) else { return nil }
    return Self.overPairs(live) { abs($0 - $1) }.map { Self.relative($0, to: mean, metric) }
  }

  private static func relative(_ difference: Double, to scale: Double, _ metric: Metric) -> Double {
    if metric.isShare { return difference }
    return scale > 0 ? difference / scale : 0
  }

  /// The same comparisons, whose noise is the mean over all policies of their point: what two runs differ by is a weak
  /// estimate of it.
  package static func pooled(_ list: [LiveComparison]) -> [LiveComparison] {
    list.map { comparison in
      let point = list.filter { $0.point == comparison.point }
      var result = comparison
      for metric in Metric.ofLiveRuns {
        result.pooledNoise[metric] = mean(point.compactMap { $0.noise(metric) })
      }
      return result
    }
  }

  /// By how much longer times are tried in order to see what an error of theirs does.
  package static let stretch = 1.01

  /// By how many percent the mean latency is longer where all service times are 1 % longer; nil without latencies.
  package var gain: Double? {
    func latency(_ side: (Run) -> [LiveFigures]) -> Double? {
      Self.mean(runs.flatMap(side).compactMap { $0[.latencyMean] })
    }
    guard let plain = latency(\.simulated), let longer = latency(\.stretched), plain > 0 else {
      return nil
    }
    return (longer / plain - 1) / (Self.stretch - 1)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Mean over all pairs; nil for less than two.
  private static func overPairs<Value>(
    _ values: [Value], _ difference: (Value, Value) -> Double
  ) -> Double? {
    mean(
      values.indices.flatMap { index in
        values.dropFirst(index + 1).map { difference(values[index], $0) }
      })
  }

  /// Latencies of one side of all runs, ascending.
  package func latencies(_ side: (Run) -> [LiveFigures]) -> [Double] {
    runs.flatMap(side).flatMap(\.latencies).sorted()
  }

  /// Kolmogorov-Smirnov distance of the simulated latencies from the live ones: of one run from one run, in the mean
  /// over all draws. On a machine that does not drift a perfect prediction's is ``noiseDistance``, since runs of so few
  /// queries differ by chance.
  package var distance: Double { distance(\.simulated) }

  /// Such a distance of the simulation by the profile from before the first run.
  package var earlyDistance: Double { distance(\.early) }

  /// Such a distance of the replay with the runs' own service times.
  package var replayedDistance: Double { distance { [$0.replayed] } }

  private func distance(_ side: (Run) -> [LiveFigures]) -> Double {
    let distances = runs.flatMap { run in
      side(run).map { LiveFigures.distance($0.latencies, run.live.latencies) }
    }
    return Self.mean(distances) ?? 0
  }

  /// Such a distance of two live runs, in the mean over all pairs; nil with one run.
  package var noiseDistance: Double? {
    Self.overPairs(runs.map(\.live.latencies), LiveFigures.distance)
  }
}
