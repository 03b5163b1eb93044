extension LatencyProfile {
  /// What an accelerator's first work takes longer after a pause: its caches are cold, its core slept, or its clock is low.
  public struct AfterIdle: Sendable, Hashable, Codable {
    /// Seconds of the pause that was measured; pauses from then on cost as much, shorter ones nothing.
    public var idleSeconds: Double
    /// Seconds by which the work after it is longer than the same without a pause.
    public var extraSeconds: Double
    /// Pauses that were timed.
    public var repetitions: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
      case idleSeconds = "idle_s"
      case extraSeconds = "extra_s"
      case repetitions
    }

    /// A cost from its parts.
    public init(idleSeconds: Double, extraSeconds: Double, repetitions: Int) {
      self.idleSeconds = idleSeconds
      self.extraSeconds = extraSeconds
      self.repetitions = repetitions
    }
  }
}

extension ProfileReader {
  mutating func readAfterIdle(_ fields: Fields) -> LatencyProfile.AfterIdle? {
    guard let fields = object("after_idle", of: fields) else { return nil }
    rejectUnknown(fields, known: LatencyProfile.AfterIdle.CodingKeys.allCases.map(\.rawValue))
    let idle: Double? = required("idle_s", of: fields)
    let extra: Double? = required("extra_s", of: fields)
    let repetitions: Int? = required("repetitions", of: fields)
    guard let idle, let extra, let repetitions else { return nil }
    if !(idle > 0 && idle <= 1e6 && extra >= 0 && extra <= 1e6 && repetitions > 0) {
      report(
        at: fields.offset,
        "after_idle: idle_s must be above 0, extra_s not below it, both at most 1e6, and repetitions at least 1"
      )
    }
    return .init(idleSeconds: idle, extraSeconds: extra, repetitions: repetitions)
  }
}
