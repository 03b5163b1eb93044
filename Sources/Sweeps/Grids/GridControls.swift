import Analysis
import Experiments
package import Results
import Foundation

extension GridOutcome {
  /// What the controls under load show: paired over replications, by point and control.
  package var controlEvidence: [ControlEvidence] {
    controls.flatMap { outcome -> [ControlEvidence] in
      guard let point = outcome.experiment.point, let name = point.controlsOf,
        let own = outcome.policies.firstIndex(of: name)
      else { return [] }
      return outcome.policies.indices.filter { $0 > own }.compactMap { index in
        let subject = "\(name), \(GridRunner.name(point))"
        return Self.evidence(
          subject, String(outcome.policies[index].dropFirst(name.count + 1)),
          outcome.metrics[own], outcome.metrics[index])
      }
    }
  }

  private static func evidence(
    _ subject: String, _ control: String, _ ours: [MetricValues], _ theirs: [MetricValues]
  ) -> ControlEvidence? {
    func mean(_ runs: [MetricValues], _ metric: Metric) -> Double? {
      QualityVerdict.mean(runs, metric)
    }
    func difference(_ metric: Metric) -> ClosedRange<Double>? {
      let pairs = zip(ours, theirs).compactMap { a, b -> Double? in
        guard let x = a[metric], let y = b[metric] else { return nil }
        return x - y
      }
      return Intervals.mean(pairs, within: .real)?.interval
    }
    guard let steps = mean(ours, .stepsMean), let controlSteps = mean(theirs, .stepsMean),
      let score = mean(ours, .convergenceMean), let controlScore = mean(theirs, .convergenceMean),
      let tail = mean(ours, .convergenceP5), let controlTail = mean(theirs, .convergenceP5)
    else { return nil }
    return ControlEvidence(
      subject: subject, control: control, evaluations: steps, controlEvaluations: controlSteps,
      convergence: score, controlConvergence: controlScore,
      difference: difference(.convergenceMean), tail: tail, controlTail: controlTail,
      tailDifference: difference(.convergenceP5))
  }
}
