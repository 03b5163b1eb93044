import Analysis
import Experiments
import Foundation
package import LatentDynamics
import Reporting
import Results

/// Whether entropy earns its place, for `latents controls` and for experiments with controls.
package enum ControlsText {
  /// Mean number of evaluations of 50 at which signals are compared. Assumed.
  package static let evaluations = 25.0

  /// A policy's signal beside a control, for programs.
  package struct Row: Encodable {
    let subject: String
    let control: String
    let evaluations: Double
    let control_evaluations: Double
    let convergence: Double
    let difference: [Double]?
    let convergence_p5: Double
    let difference_p5: [Double]?
  }

  package static func rows(_ table: TrajectoryTable, evaluations: Double) -> [Row] {
    SignalControls(table).evidence(evaluations: evaluations).map { e in
      Row(
        subject: e.subject, control: e.control, evaluations: e.evaluations,
        control_evaluations: e.controlEvaluations, convergence: e.convergence,
        difference: e.difference.map { [$0.lowerBound, $0.upperBound] }, convergence_p5: e.tail,
        difference_p5: e.tailDifference.map { [$0.lowerBound, $0.upperBound] })
    }
  }

  package static func offline(_ table: TrajectoryTable, evaluations: Double) -> String {
    let label = table.header.source == .synthetic ? "synthetic latents" : "recorded latents"
    let controls = SignalControls(table)
    let full = [Int(evaluations.rounded()), 20].map { steps in
      let (mean, tail) = controls.fullSchedule(steps: steps)
      return String(format: "%d steps %.3f (p5 %.3f)", steps, mean, tail)
    }
    return GridText.controls(
      controls.evidence(evaluations: evaluations),
      title:
        "Controls at a fixed batch without a queue, about \(decimal(evaluations)) of "
        + "\(table.grid.steps) evaluations (\(label)):")
      + "\n\n"
      + LineWrap.wrapped(
        "For scale, convergence of full schedules planned from the start: "
          + full.joined(separator: ", ") + ".")
  }
}
