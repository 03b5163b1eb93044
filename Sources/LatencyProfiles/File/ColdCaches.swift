extension LatencyProfile {
  /// What an accelerator's first step takes longer after a pause, or after one of another batch size: other work was in its
  /// caches, its core slept, or its clock is low.
  public struct ColdCaches: Sendable, Hashable, Codable {
    /// Seconds of the pause that was measured; pauses from then on cost as much, shorter ones nothing.
    public var idleSeconds: Double
    /// Seconds by which the step after it, and those that feel it too, are longer than others, all of them together. That
    /// a batch of another size costs as much is Assumed: it is seen in logs, and measured after pauses.
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
  mutating func readColdCaches(_ fields: Fields) -> LatencyProfile.ColdCaches? {
    guard let fields = object("cold_caches", of: fields) else { return nil }
    rejectUnknown(fields, known: LatencyProfile.ColdCaches.CodingKeys.allCases.map(\.rawValue))
    let idle: Double? = required("idle_s", of: fields)
    let extra: Double? = required("extra_s", of: fields)
    let repetitions: Int? = required("repetitions", of: fields)
    guard let idle, let extra, let repetitions else { return nil }
    if !(idle > 0 && idle <= 1e6 && extra >= 0 && extra <= 1e6 && repetitions > 0) {
      report(
        at: fields.offset,
        "cold_caches: idle_s must be above 0, extra_s not below it, both at most 1e6, and repetitions at least 1"
      )
    }
    return .init(idleSeconds: idle, extraSeconds: extra, repetitions: repetitions)
  }
}
