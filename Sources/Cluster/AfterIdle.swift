public import EventEngine
public import LatencyProfiles

/// What an accelerator's work takes longer after a pause.
public struct AfterIdle: Hashable, Sendable {
  /// Pauses from here on count.
  public var pause: SimulationDuration
  /// What the work after one takes beyond its own time.
  public var extra: SimulationDuration

  /// As a profile tells it.
  public init(_ measured: LatencyProfile.AfterIdle) {
    pause = SimulationDuration(seconds: measured.idleSeconds)
    extra = SimulationDuration(seconds: measured.extraSeconds)
  }
}
