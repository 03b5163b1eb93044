/// What whoever runs a live session should hear while it goes on.
package enum LiveNotice: Hashable, Sendable {
  /// Who takes a machine's time beside the session.
  package enum Occupant: Hashable, Sendable {
    case otherProcesses
    case otherMachines
  }

  /// Kernels of so many stages are being made ready.
  case preparing(stages: Int)
  /// What is going to be served, and about how long that takes.
  case serving(points: Int, policies: Int, repeats: Int, seconds: Double)
  /// Of several SLO scales the first alone is served.
  case firstScaleOnly(Double)
  /// The offered load exceeds what the baseline can serve here.
  case overloaded(point: String, load: Double)
  /// A share of the machine's time was taken before anything was timed.
  case busy(Occupant, share: Double)
  /// The machine slept during a run.
  case asleep(run: String, seconds: Double)
  /// The time of day was set during a run.
  case clockSet(run: String, seconds: Double)
  /// A timer rang late during a run.
  case timerLate(run: String, seconds: Double)
  /// A share of the machine's time was taken during a run.
  case disturbed(run: String, share: Double)

  /// Whether figures or conclusions may suffer.
  package var isWarning: Bool {
    switch self {
    case .preparing, .serving: false
    case .firstScaleOnly, .overloaded, .busy, .asleep, .clockSet, .timerLate, .disturbed: true
    }
  }
}

/// How far a live session has come.
package enum LiveProgress: Hashable, Sendable {
  /// Stages are timed: a share of the time that this takes, and which is timed now.
  case timing(share: Double, stage: String)
  /// Runs served of all, and the run that is served now.
  case serving(done: Int, all: Int, run: String)
  /// Nothing is going on that has an end in sight.
  case idle
}

/// Who hears of a live session while it goes on.
package protocol LiveListener: AnyObject {
  func hear(_ notice: LiveNotice)
  func show(_ progress: LiveProgress)
}
