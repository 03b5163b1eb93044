public import EventEngine
public import LatencyProfiles

/// What an accelerator's step takes longer where other work was in its caches: after a pause, or after a batch of another
/// size.
public struct ColdCaches: Hashable, Sendable {
  /// Pauses from here on count.
  public var pause: SimulationDuration
  /// What such a step takes beyond its own time.
  public var extra: SimulationDuration

  /// As a profile tells it.
  public init(_ measured: LatencyProfile.ColdCaches) {
    pause = SimulationDuration(seconds: measured.idleSeconds)
    extra = SimulationDuration(seconds: measured.extraSeconds)
  }
}
