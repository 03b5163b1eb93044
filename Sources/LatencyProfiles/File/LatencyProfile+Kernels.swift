import DiffusionModels

extension LatencyProfile {
  /// The most that a device was seen to do: what a kernel's rates are held against.
  public struct Roofline: Sendable, Hashable, Codable {
    /// 10^9 floating-point operations a second in a large matrix product.
    public var gflopPerS: Double
    /// 10^9 bytes a second, read and written, in a large copy.
    public var gbytePerS: Double

    /// Rates, both positive.
    public init(gflopPerS: Double, gbytePerS: Double) {
      self.gflopPerS = gflopPerS
      self.gbytePerS = gbytePerS
    }

    /// Least seconds that so much work can take.
    public func seconds(flops: Double, bytes: Double) -> Double {
      max(flops / gflopPerS, bytes / gbytePerS) / 1e9
    }

    /// Least seconds that these passes can take: the sum over their kernels.
    func seconds(of graphs: [OperatorGraph], elementBytes: Int) -> Double {
      graphs.flatMap(\.nodes).reduce(0) {
        $0 + seconds(flops: $1.kernel.flops, bytes: $1.kernel.bytes(elementBytes: elementBytes))
      }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
      case gflopPerS = "gflop_per_s"
      case gbytePerS = "gbyte_per_s"
    }
  }

  /// Copies between a host's memory and its device's.
  public struct HostCopy: Sendable, Hashable, Codable {
    /// 10^9 bytes a second towards the device.
    public var toDeviceGbytePerS: Double
    /// 10^9 bytes a second towards the host.
    public var toHostGbytePerS: Double
    /// Seconds that the smallest copy takes.
    public var latencySeconds: Double

    /// Rates and latency, all positive.
    public init(toDeviceGbytePerS: Double, toHostGbytePerS: Double, latencySeconds: Double) {
      self.toDeviceGbytePerS = toDeviceGbytePerS
      self.toHostGbytePerS = toHostGbytePerS
      self.latencySeconds = latencySeconds
    }

    /// Bytes a second in the slower direction.
    public var bytesPerSecond: Double { 1e9 * min(toDeviceGbytePerS, toHostGbytePerS) }

    enum CodingKeys: String, CodingKey, CaseIterable {
      case toDeviceGbytePerS = "to_device_gbyte_per_s"
      case toHostGbytePerS = "to_host_gbyte_per_s"
      case latencySeconds = "latency_s"
    }
  }

  /// Entropy of the histogram of a latent's values: what a look at a query costs.
  public struct LatentEntropy: Sendable, Hashable, Codable {
    /// Values of the latent that was timed.
    public var values: Int
    /// Median seconds for one latent.
    public var medianSeconds: Double
    /// 10th percentile in seconds.
    public var p10Seconds: Double
    /// 90th percentile in seconds.
    public var p90Seconds: Double
    /// Timings taken.
    public var repetitions: Int

    /// Times and counts, all positive.
    public init(
      values: Int, medianSeconds: Double, p10Seconds: Double, p90Seconds: Double, repetitions: Int
    ) {
      self.values = values
      self.medianSeconds = medianSeconds
      self.p10Seconds = p10Seconds
      self.p90Seconds = p90Seconds
      self.repetitions = repetitions
    }

    /// Seconds for a latent of so many values, in proportion.
    public func seconds(values: Int) -> Double {
      medianSeconds * Double(values) / Double(self.values)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
      case values
      case medianSeconds = "median_s"
      case p10Seconds = "p10_s"
      case p90Seconds = "p90_s"
      case repetitions
    }
  }

  /// Timings of one kernel.
  public struct KernelLatency: Sendable, Hashable, Codable {
    /// What it does, with its shape: the name that the operator graphs give it.
    public var kernel: String
    /// What computed it.
    public var implementation: String
    /// Floating-point operations of one run; 0 for kernels that only move or normalise.
    public var flops: Double
    /// Least bytes that one run moves.
    public var bytes: Double
    /// Timed runs.
    public var repetitions: Int
    /// Median seconds of a run.
    public var medianSeconds: Double
    /// 10th percentile in seconds.
    public var p10Seconds: Double
    /// 90th percentile in seconds.
    public var p90Seconds: Double
    /// Distance between the quartiles over the median.
    public var spread: Double

    enum CodingKeys: String, CodingKey, CaseIterable {
      case kernel, implementation, flops, bytes, repetitions
      case medianSeconds = "median_s"
      case p10Seconds = "p10_s"
      case p90Seconds = "p90_s"
      case spread
    }

    /// Timings with everything that a profile states of them.
    public init(
      kernel: String, implementation: String, flops: Double, bytes: Double, repetitions: Int,
      medianSeconds: Double, p10Seconds: Double, p90Seconds: Double, spread: Double
    ) {
      self.kernel = kernel
      self.implementation = implementation
      self.flops = flops
      self.bytes = bytes
      self.repetitions = repetitions
      self.medianSeconds = medianSeconds
      self.p10Seconds = p10Seconds
      self.p90Seconds = p90Seconds
      self.spread = spread
    }

    /// The figures that cannot be, and what is wrong with each.
    var faults: [(key: String, what: String)] {
      let rules: [(key: String, what: String, holds: Bool)] = [
        ("median_s", "median_s must be positive", medianSeconds > 0),
        (
          "p10_s", "p10_s must be positive and not above median_s",
          p10Seconds > 0 && p10Seconds <= medianSeconds
        ),
        ("p90_s", "p90_s must not be below median_s", p90Seconds >= medianSeconds),
        ("repetitions", "repetitions must be at least 1", repetitions >= 1),
        ("flops", "flops must not be negative", flops >= 0),
        ("bytes", "bytes must not be negative", bytes >= 0),
        ("spread", "spread must not be negative", spread >= 0),
      ]
      return rules.filter { !$0.holds }.map { ($0.key, $0.what) }
    }
  }
}
