package import Diagnostics
package import Experiments
import Foundation

/// What a live run may take, and what it should not be asked.
package enum LiveLimits {
  /// Of each measurement, where the user says nothing.
  package static let measureSeconds = 12.0

  package static func check(_ seconds: Double, limit: Double, path: String) throws(InputError) {
    if seconds <= limit { return }
    throw InputError(
      .badInput, at: .init(file: path),
      String(
        format: "live: serving the queries takes %.0f s, and --time-limit is %.0f s", seconds, limit
      ),
      hint: "shorten the workload, such as with --set workload.duration=20s, or raise the limit")
  }

  package static func warn(
    of experiment: Experiment, _ point: String, _ listener: any LiveListener
  ) {
    guard let load = experiment.offeredLoad, load > 1 else { return }
    listener.hear(.overloaded(point: point, load: load))
  }
}
