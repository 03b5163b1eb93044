public import EventEngine
import Foundation

/// A replication's metrics as stored.
public struct StoredRun: Sendable {
  /// The run's id.
  public var id: Int64
  /// Name of the policy.
  public var policy: String
  /// Replication, from 0.
  public var replication: Int
  /// Its seed.
  public var seed: UInt64
  /// The busiest stage and resource.
  public var bottleneck: String
  /// Metrics of all queries (class "") and of each class.
  public var metrics: [(className: String, values: MetricValues)]
  /// When its last event was.
  public var end: SimulationTime
  /// Queries that had not ended at its end.
  public var inFlight: Int
  /// Batches that took times beyond their profile.
  public var extrapolatedBatches: Int
  /// Latencies at ``StoredCDF/probabilities``, in nanoseconds; nil where they are not kept.
  public var latencyQuantiles: [Double]?
  /// What its service times rest on; nil for a run of an older program.
  public var busyByBasis: BusyByBasis?

  static func blob(_ numbers: [Double]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }

  static func numbers(_ blob: Data) -> [Double] {
    let size = MemoryLayout<Double>.size
    return blob.withUnsafeBytes { bytes in
      (0..<blob.count / size).map {
        bytes.loadUnaligned(fromByteOffset: $0 * size, as: Double.self)
      }
    }
  }
}
