import Experiments
import LatentDynamics
import Reporting

/// Whether entropy earns its place, for `latents controls` and for experiments with controls.
enum ControlsText {
  /// Mean number of evaluations of 50 at which signals are compared. Assumed.
  static let evaluations = 25.0

  static func offline(_ table: TrajectoryTable, evaluations: Double) -> String {
    let label = table.header.source == .synthetic ? "synthetic latents" : "recorded latents"
    return GridText.controls(
      SignalControls(table).evidence(evaluations: evaluations),
      title:
        "Controls at a fixed batch without a queue, about \(decimal(evaluations)) of "
        + "\(table.grid.steps) evaluations (\(label)):")
  }
}
