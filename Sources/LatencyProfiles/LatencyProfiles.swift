public import EventEngine
public enum Stage: String, CaseIterable, Sendable, Codable, Hashable {
  case encode, denoise, decode
  case postProcess = "post-process"
  public var index: Int { switch self { case .encode: 0; case .denoise: 1; case .decode: 2; case .postProcess: 3 } }
}
public struct ResidualDistribution: Sendable, Hashable { public var quantiles: [Double]; public var lag1: Double
  public func factor(atUniform u: Double) -> Double { 1 } }
public struct StageLatencyTable: Sendable { public var residuals: ResidualDistribution?; public var firstExtrapolatedBatch: Int?
  public func median(batch: Int) -> SimulationDuration { .zero } }
public struct StageLatencyModel: Sendable {
  public func table(_ stage: Stage, model: String, height: Int, width: Int, guidance: Bool, maximumBatch: Int) -> StageLatencyTable? { nil }
  public func missing(stage: Stage, model: String, height: Int, width: Int, guidance: Bool) -> String? { nil }
}
