extension LatencyProfile {
  /// A stage executed whole on some cores of the machine: how its time falls with their number.
  public struct CoreScaling: Sendable, Hashable, Codable {
    /// The stage: one that a CPU pool may do.
    public var stage: Stage
    /// Cores that did it together, at least 1.
    public var cores: Int
    /// Median seconds for one image.
    public var medianSeconds: Double
    /// Timings taken, in turn with those on other numbers of cores.
    public var repetitions: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
      case stage, cores
      case medianSeconds = "median_s"
      case repetitions
    }

    /// A time and the cores it was measured on.
    public init(stage: Stage, cores: Int, medianSeconds: Double, repetitions: Int) {
      self.stage = stage
      self.cores = cores
      self.medianSeconds = medianSeconds
      self.repetitions = repetitions
    }

    /// The figures that cannot be, and what is wrong with each.
    var faults: [(key: String, what: String)] {
      let rules: [(key: String, what: String, holds: Bool)] = [
        ("stage", "accelerators denoise; CPU pools do the other stages", stage != .denoise),
        ("cores", "cores must be at least 1", cores >= 1),
        ("median_s", "median_s must be positive", medianSeconds > 0),
        ("repetitions", "repetitions must be at least 1", repetitions >= 1),
      ]
      return rules.filter { !$0.holds }.map { ($0.key, $0.what) }
    }
  }

  /// By cores, ascending from 1, what they are worth to a stage: time on one over time on all. A number that
  /// was slower than a smaller one is worth as much: nobody need use more. Empty where nobody measured it.
  public func measuredSpeedups(of stage: Stage) -> [(cores: Int, speedup: Double)] {
    let times = coreScaling.filter { $0.stage == stage }.sorted { $0.cores < $1.cores }
    guard let one = times.first, one.cores == 1 else { return [] }
    var best = 1.0
    return times.map { time in
      best = max(best, one.medianSeconds / time.medianSeconds)
      return (time.cores, best)
    }
  }
}
