import Cluster
import EventEngine
import Foundation
package import LatentDynamics
import Results
package import Scenarios
import Workload

/// Judges a run's images by the latents that its policy left them with.
package struct QualityMeter: Sendable {
  let calibration: QualityCalibration?
  let floor: Double?

  package init(_ table: TrajectoryTable, _ plan: QualityPlan) {
    calibration = QualityCalibration(table)
    floor = plan.floor
  }

  /// Convergence score of a relative error: -log10 e, higher is better; that of an error no smaller
  /// than one in a billion.
  static func convergence(_ error: Double) -> Double { -log10(max(error, 1e-9)) }

  /// Adds the metrics of the completed queries that arrived at or after `warmup`; none unless all of
  /// them can be judged.
  func measure(
    _ recorder: RunRecorder, warmup: SimulationTime, serviceClass: UInt16?,
    into metrics: inout MetricValues
  ) {
    var errors = Welford()
    var scores: [Double] = []
    for record in recorder.records
    where record.query.arrival >= warmup && record.outcome == .completed {
      if let serviceClass, record.query.serviceClass != serviceClass { continue }
      guard let error = record.latentError, !error.isNaN else { return }
      errors.add(error)
      scores.append(Self.convergence(error))
    }
    guard !scores.isEmpty else { return }
    scores.sort()
    metrics[.latentError] = errors.mean
    metrics[.convergenceMean] = scores.reduce(0, +) / Double(scores.count)
    metrics[.convergenceP5] = Quantiles.quantile(0.05, ofSorted: scores)
    metrics[.perceptualScore] = calibration?.score(meanError: errors.mean)
    if let floor {
      metrics[.qualityViolationRatio] =
        Double(scores.count { $0 < floor }) / Double(scores.count)
    }
  }
}
