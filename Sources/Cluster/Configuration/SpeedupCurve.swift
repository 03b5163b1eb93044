public import LatencyProfiles

/// How much faster work goes on several devices than on one.
public struct SpeedupCurve: Hashable, Sendable {
  /// A number of devices and what they are worth.
  public struct Point: Hashable, Sendable {
    /// Devices, above 1.
    public var devices: Int
    /// Time on one over time on all of them, above 0.
    public var speedup: Double
    /// A point from its parts.
    public init(devices: Int, speedup: Double) {
      self.devices = devices
      self.speedup = speedup
    }
  }

  /// By number of devices; the first is one device, worth 1.
  public let points: [Point]
  /// What its points rest on.
  public let basis: TimeBasis

  /// A curve through 1 at one device and the points given, in any order; stated by a scenario unless `basis` says
  /// otherwise.
  public init(_ points: [Point], basis: TimeBasis = .assumed) {
    self.basis = basis
    self.points =
      [Point(devices: 1, speedup: 1)]
      + points.filter { $0.devices > 1 }.sorted { $0.devices < $1.devices }
  }

  /// Each further device adds `efficiency` of the first.
  public init(efficiency: Double) { self.init([Point(devices: 2, speedup: 1 + efficiency)]) }

  /// Denoising of one query on several accelerators: Stable Diffusion XL at 2048x2048 with patch
  /// parallelism (Li et al., DistriFusion, CVPR 2024) on 1, 2 and 4 A100: 25.25, 13.33 and 8.27 s
  /// (NVIDIA/TensorRT-LLM pull request 1514). Assumed for other models and sizes; smaller images gain less.
  public static let published = SpeedupCurve(
    [Point(devices: 2, speedup: 1.89), Point(devices: 4, speedup: 3.05)], basis: .published)

  /// The speedup of `devices` devices: linear between points, beyond the last along its last slope.
  public func speedup(devices: Int) -> Double {
    let n = max(devices, 1)
    guard points.count > 1, n > 1 else { return 1 }
    let upper = points.firstIndex { $0.devices >= n } ?? points.count - 1
    let (a, b) = (points[max(upper, 1) - 1], points[max(upper, 1)])
    return a.speedup
      + (b.speedup - a.speedup) * Double(n - a.devices) / Double(b.devices - a.devices)
  }

  /// What a time on so many devices rests on, where that on one rests on `alone`: on the curve too; beyond its
  /// last point the speedup is extrapolated, and so derived. A time on one device does not depend on it.
  package func basis(devices: Int, alone: TimeBasis) -> TimeBasis {
    if devices <= 1 { return alone }
    let isExtrapolated = devices > points[points.count - 1].devices
    let own = isExtrapolated ? TimeBasis.weaker(basis, .derived) : basis
    return .weaker(alone, own)
  }
}
