import DiffusionModels
import LatencyProfiles

/// Timings of one kernel: what a resume file keeps.
struct KernelMeasurement: Sendable, Codable {
  var kernel: Kernel
  var implementation: String
  var samples: Samples

  /// As a profile states it.
  func latency(_ precision: Precision) -> LatencyProfile.KernelLatency {
    LatencyProfile.KernelLatency(
      kernel: kernel.description, implementation: implementation, flops: kernel.flops,
      bytes: kernel.bytes(elementBytes: precision.elementBytes), repetitions: samples.count,
      medianSeconds: samples.median, p10Seconds: samples.quantile(0.1),
      p90Seconds: samples.quantile(0.9), spread: samples.spread)
  }
}
