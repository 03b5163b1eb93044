public import EventEngine

/// What a profile says of one stage for one batch.
public struct StageLatency: Sendable, Hashable {
  /// Median for the whole batch: of one step if the stage is denoise.
  public var median: SimulationDuration
  /// Whether the batch lies outside those measured, or the size was not.
  public var isExtrapolated: Bool
  /// The weakest of the figures it rests on.
  public var provenance: Provenance
}

/// Medians of one stage for every batch up to a limit: read on the hot path by index.
public struct StageLatencyTable: Sendable, Hashable {
  /// Nanoseconds for the whole batch; index 0 is a batch of 1.
  public let medians: [Int64]
  /// From the smallest batch measured to the largest.
  public let measured: ClosedRange<Int>
  /// The weakest of the figures it rests on.
  public let provenance: Provenance
  /// Whether a harness of this program made the profile.
  public let isOfHarness: Bool
  /// The measured size that the medians were scaled from; nil where their own was measured.
  public let scaledFrom: LatencyProfile.ImageSize?
  /// How single latencies scatter, where the profile says; index 0 is a batch of 1. A batch that does not state it has
  /// that of the next smaller one that does, else of the smallest.
  public let residuals: [ResidualDistribution?]

  /// Largest batch in the table.
  @inlinable public var maximumBatch: Int { medians.count }

  /// Smallest batch in the table that lies outside those measured: 1 where even a batch of 1
  /// does, or the size was not measured; nil where none does.
  public var firstExtrapolatedBatch: Int? {
    if scaledFrom != nil || measured.lowerBound > 1 { return 1 }
    return measured.upperBound < maximumBatch ? measured.upperBound + 1 : nil
  }

  /// Whether `batch` lies outside those measured, or the size was not measured.
  public func isExtrapolated(batch: Int) -> Bool {
    scaledFrom != nil || !measured.contains(batch)
  }

  /// Median for a batch from 1 to ``maximumBatch``; traps outside it.
  @inlinable public func median(batch: Int) -> SimulationDuration {
    SimulationDuration(nanoseconds: medians[batch - 1])
  }
}
