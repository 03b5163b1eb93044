extension LatencyProfile {
  /// How much longer a stage takes while another one runs on another core of the same machine: they share caches,
  /// memory bandwidth and, where two cores are threads of one, much more.
  public struct Interference: Sendable, Hashable, Codable {
    /// The stage, on this profile's device.
    public var stage: Stage
    /// The stage that runs beside it on the machine's other kind of device.
    public var other: Stage
    /// Its median time beside the other over its median time alone, above 0; 1 = none.
    public var factor: Double
    /// Timings beside the other.
    public var repetitions: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
      case stage, factor, repetitions
      case other = "beside"
    }

    /// A factor from its parts.
    public init(stage: Stage, other: Stage, factor: Double, repetitions: Int) {
      self.stage = stage
      self.other = other
      self.factor = factor
      self.repetitions = repetitions
    }
  }
}

extension ProfileReader {
  mutating func readInterference(_ fields: Fields) -> [LatencyProfile.Interference] {
    var factors: [LatencyProfile.Interference] = []
    for fields in objects("interference", of: fields) {
      rejectUnknown(
        fields, known: LatencyProfile.Interference.CodingKeys.allCases.map(\.rawValue))
      let stage: Stage? = required("stage", of: fields)
      let other: Stage? = required("beside", of: fields)
      let factor: Double? = required("factor", of: fields)
      let repetitions: Int? = required("repetitions", of: fields)
      guard let stage, let other, let factor, let repetitions else { continue }
      if !(factor > 0 && factor <= 1000) {
        report(
          at: fields.offset(of: "factor"), fields.label + "factor must be above 0 and at most 1000")
      } else if repetitions < 1 {
        report(
          at: fields.offset(of: "repetitions"), fields.label + "repetitions must be at least 1")
      } else if factors.contains(where: { $0.stage == stage && $0.other == other }) {
        report(
          at: fields.offset,
          fields.label + "\(stage.rawValue) beside \(other.rawValue) is there already")
      }
      factors.append(
        .init(stage: stage, other: other, factor: factor, repetitions: repetitions))
    }
    return factors
  }
}
