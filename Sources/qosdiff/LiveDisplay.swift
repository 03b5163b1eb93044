import Diagnostics
import Experiments
import LiveValidation
import Scenarios
import TextReports

/// A live session on the terminal.
final class LiveDisplay: LiveListener {
  private let verbosity: Verbosity
  private var timing: Progress
  private var serving: Progress

  init(_ verbosity: Verbosity) {
    self.verbosity = verbosity
    timing = Progress("% of the timings", verbosity)
    serving = Progress("live runs", verbosity)
  }

  func hear(_ notice: LiveNotice) {
    if notice.isWarning { Output.error(notice.text) } else { verbosity.note(notice.text) }
  }

  func show(_ progress: LiveProgress) {
    switch progress {
    case .timing(let share, let stage):
      timing.show(Int(min(100 * share, 99)), of: 100, stage)
    case .serving(let done, let all, let run): serving.show(done, of: all, run)
    case .idle: serving.clear()
    }
  }
}

extension ScenarioOptions {
  /// A live server ready for the scenario, its progress shown on the terminal.
  func liveSession(
    measuring seconds: Double, timeLimit: Double, keepingIn folder: String?,
    _ interrupt: InterruptFlag, points: (Scenario) throws(InputError) -> [Experiment]
  ) throws -> LiveSession {
    try LiveSession(
      path: scenario, measuring: seconds, timeLimit: timeLimit, keepingIn: folder,
      listener: LiveDisplay(verbosity), isInterrupted: interrupt.isRaised,
      reading: { standIns throws(InputError) in try read(standIns: standIns) }, points: points)
  }
}
