/// What makes two entries the same point of the same curve.
struct EntryKey: Hashable {
  var work: WorkKey
  var batch: Int

  init(_ entry: LatencyProfile.Entry) {
    work = WorkKey(entry)
    batch = entry.batch
  }
}

/// A stage of a model at a size: what one curve over batch stands for.
struct WorkKey: Hashable {
  var stage: Stage
  var model: String
  var size: LatencyProfile.ImageSize
  /// Nil for stages that do not depend on it, whatever a caller or an entry says.
  var guidance: Bool?

  init(stage: Stage, model: String, size: LatencyProfile.ImageSize, guidance: Bool?) {
    self.stage = stage
    self.model = model
    self.size = size
    self.guidance = stage.dependsOnGuidance ? guidance : nil
  }

  init(_ entry: LatencyProfile.Entry) {
    self.init(stage: entry.stage, model: entry.model, size: entry.size, guidance: entry.guidance)
  }
}

extension LatencyProfile.Entry {
  /// Longest credible latency in seconds (11 days); a figure beyond it is in another unit.
  static let longestSeconds = 1e6
  /// Largest batch in images, and largest side of an image in pixels.
  static let largestCount = 65_536

  /// Everything wrong with the entry by itself: the key at fault, and what about it.
  var faults: [(key: String, what: String)] {
    modelFaults + sizeFaults + latencyFaults + residualFaults
  }

  private var modelFaults: [(key: String, what: String)] {
    var faults: [(key: String, what: String)] = []
    if model.isEmpty { faults.append(("model", "model must not be empty")) }
    if model == "*", stage != .postProcess {
      faults.append(("model", "only post-process may be for any model ('*')"))
    }
    if guidance == nil, stage.dependsOnGuidance {
      faults.append(("guidance", "guidance must say true or false for \(stage.rawValue)"))
    }
    if !(1...Self.largestCount).contains(batch) {
      faults.append(("batch", "batch must be from 1 to \(Self.largestCount)"))
    }
    return faults
  }

  private var sizeFaults: [(key: String, what: String)] {
    if stage == .encode, height == 0, width == 0 { return [] }
    let range = 1...Self.largestCount
    let any = stage == .encode ? ", or both 0 for any size" : ""
    let text = "must be from 1 to \(Self.largestCount) pixels\(any)"
    return [("height", height), ("width", width)]
      .filter { !range.contains($0.1) }.map { ($0.0, "\($0.0) \(text)") }
  }

  private var latencyFaults: [(key: String, what: String)] {
    var faults: [(key: String, what: String)] = []
    for (key, value) in [
      ("median_s", medianSeconds as Double?), ("p10_s", p10Seconds), ("p90_s", p90Seconds),
      ("whole_s", wholeSeconds),
    ] {
      guard let value else { continue }
      if !(value > 0) {
        faults.append((key, "\(key) must be positive"))
      } else if value > Self.longestSeconds {
        faults.append((key, "\(key) must be at most 1e6 seconds; it counts seconds"))
      }
    }
    let isComparable = faults.isEmpty
    if isComparable, let p10Seconds, p10Seconds > medianSeconds {
      faults.append(("p10_s", "p10_s must not be above median_s"))
    }
    if isComparable, let p90Seconds, p90Seconds < medianSeconds {
      faults.append(("p90_s", "p90_s must not be below median_s"))
    }
    if let repetitions, repetitions < 1 {
      faults.append(("repetitions", "repetitions must be at least 1"))
    }
    return faults
  }

  private var residualFaults: [(key: String, what: String)] {
    var faults: [(key: String, what: String)] = []
    if let residualQuantiles, let what = ResidualDistribution.fault(of: residualQuantiles) {
      faults.append(("residual_quantiles", "residual_quantiles \(what)"))
    }
    if let lag1Autocorrelation, !(abs(lag1Autocorrelation) < 1) {
      faults.append(("lag1_autocorrelation", "lag1_autocorrelation must be between -1 and 1"))
    }
    return faults
  }
}
