import EventEngine
package import LatentDynamics
package import Results
package import Scenarios

/// Whether a policy keeps the baseline's quality, by a definition fixed before any run.
package struct QualityVerdict {
  /// Kept, lost, or beyond what the calibration establishes.
  package enum Outcome: Equatable {
    case kept
    case lost(String)
    case notEstablished(String)

    /// As it stands in a verdict.
    package var text: String {
      switch self {
      case .kept: "quality kept"
      case .lost(let why): "quality lost: \(why)"
      case .notEstablished(let why): "quality not established (\(why))"
      }
    }
  }

  let calibration: QualityCalibration?
  let plan: QualityPlan
  /// 5th percentile of convergence of the reference schedule, over the table's prompts.
  package let reference: Double?

  package init(_ table: TrajectoryTable?, _ plan: QualityPlan) {
    self.plan = plan
    calibration = table.flatMap { QualityCalibration($0) }
    reference = table.map { table in
      let path = DenoisingPath(scheduled: plan.referenceSteps, done: plan.referenceSteps)
      let scores = (0..<table.prompts).map {
        QualityMeter.convergence(table.error(row: $0, path, .none))
      }
      return Quantiles.quantile(0.05, ofSorted: scores.sorted())
    }
  }

  /// Kept where the perceptual score of the mean error is at most 1 + margin times the baseline's and
  /// the 5th percentile of convergence no worse than the reference schedule's. Lost where one of them is
  /// worse for certain: beyond the calibration's pairs a monotone score is at least as good (as bad) as
  /// at their end.
  package func judge(_ policy: [MetricValues], baseline: [MetricValues]) -> Outcome {
    guard let calibration, let reference,
      let error = Self.mean(policy, .latentError), let base = Self.mean(baseline, .latentError),
      let tail = Self.mean(policy, .convergenceP5)
    else { return .notEstablished("images are not judged") }
    let score = calibration.bound(meanError: error)
    let limit = calibration.bound(meanError: base) * (1 + plan.margin)
    if tail < reference {
      return .lost(
        "5th percentile of convergence \(Self.text(tail)) < \(Self.text(reference)) of "
          + "\(plan.referenceSteps) steps")
    }
    // Beyond the good end the baseline's score is at most the bound, beyond the bad end the policy's is
    // at least that: the loss is one all the more.
    if score > limit, base <= calibration.range.upperBound {
      return .lost("perceptual score \(Self.text(score)) > \(Self.text(limit))")
    }
    if calibration.score(meanError: error) == nil || calibration.score(meanError: base) == nil {
      return .notEstablished("extrapolated")
    }
    return .kept
  }

  package static func mean(_ runs: [MetricValues], _ metric: Metric) -> Double? {
    let values = runs.compactMap { $0[metric] }
    guard !values.isEmpty, values.count == runs.count else { return nil }
    return values.reduce(0, +) / Double(values.count)
  }

  private static func text(_ x: Double) -> String { "\((x * 1000).rounded() / 1000)" }
}
