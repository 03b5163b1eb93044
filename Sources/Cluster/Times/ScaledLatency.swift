public import LatencyProfiles

/// A latency that was scaled from another size, which the profile has.
public struct ScaledLatency: Hashable, Sendable {
  /// The profile's name.
  public var profile: String
  /// The stage.
  public var stage: Stage
  /// What is to be served.
  public var shape: Shape
  /// The measured size.
  public var from: LatencyProfile.ImageSize
}
