import EventEngine

/// Latencies of any batch and size, from the measured ones of a profile.
///
/// A size that the profile lacks is scaled from the nearest that it has. Models and guidance that it
/// lacks have no latency: nil, and ``missing(stage:model:height:width:guidance:)`` says what there is
/// instead.
public struct StageLatencyModel: Sendable {
  /// The profile it is built on.
  public let profile: LatencyProfile
  let curves: [WorkKey: BatchCurve]

  /// The model of a profile's entries.
  public init(profile: LatencyProfile) {
    self.profile = profile
    curves = Dictionary(grouping: profile.entries, by: { WorkKey($0) })
      .compactMapValues { BatchCurve($0) }
  }

  /// The latency of one stage for a batch of so many images; nil where the profile has no such
  /// model or guidance, where the model makes no images of this size, or where `batch` is under 1.
  ///
  /// Guidance counts for encoding and denoising alone; encoding may be profiled for any size.
  public func latency(
    _ stage: Stage, model: String, height: Int, width: Int, guidance: Bool, batch: Int
  ) -> StageLatency? {
    guard
      let table = table(
        stage, model: model, height: height, width: width, guidance: guidance, maximumBatch: batch)
    else { return nil }
    return StageLatency(
      median: table.median(batch: batch), isExtrapolated: table.isExtrapolated(batch: batch),
      provenance: table.provenance)
  }

  /// The latencies of one stage for every batch from 1 to `maximumBatch`; nil as for
  /// ``latency(_:model:height:width:guidance:batch:)``.
  ///
  /// - Complexity: O(maximumBatch).
  public func table(
    _ stage: Stage, model: String, height: Int, width: Int, guidance: Bool, maximumBatch: Int
  ) -> StageLatencyTable? {
    guard maximumBatch >= 1,
      let curve = curve(stage, model: model, height: height, width: width, guidance: guidance)
    else { return nil }
    return StageLatencyTable(
      medians: curve.seconds(at: 1...maximumBatch).map {
        SimulationDuration(seconds: $0).nanoseconds
      },
      measured: curve.measured, provenance: curve.provenance,
      isOfHarness: profile.harness != nil, scaledFrom: curve.scaledFrom,
      residuals: (1...maximumBatch).map(curve.residuals))
  }

  /// The curve of a size, else of any size, else of any model, else scaled from the nearest size.
  private func curve(
    _ stage: Stage, model: String, height: Int, width: Int, guidance: Bool
  ) -> BatchCurve? {
    let size = LatencyProfile.ImageSize(height: height, width: width)
    let exact = WorkKey(stage: stage, model: model, size: size, guidance: guidance)
    var anySize = exact
    anySize.size = LatencyProfile.ImageSize(height: 0, width: 0)
    var anyModel = exact
    anyModel.model = "*"
    return curves[exact] ?? curves[anySize] ?? curves[anyModel]
      ?? scaledCurve(exact) ?? scaledCurve(anyModel)
  }
}
