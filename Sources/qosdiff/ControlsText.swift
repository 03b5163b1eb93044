import Experiments
import Foundation
import LatentDynamics
import Reporting

/// Whether entropy earns its place, for `latents controls` and for experiments with controls.
enum ControlsText {
  /// Mean number of evaluations of 50 at which signals are compared. Assumed.
  static let evaluations = 25.0

  static func offline(_ table: TrajectoryTable, evaluations: Double) -> String {
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
      + ComparisonText.wrapped(
        "For scale, convergence of full schedules planned from the start: "
          + full.joined(separator: ", ") + ".")
  }
}
