/// What a device's maker says that it can do at most.
public struct PeakRates: Sendable, Hashable {
  /// Maker and model, as profiles name the device.
  public var device: String
  /// 16-bit matrix products, dense, summed in 32 bits, and memory bandwidth.
  public var peak: LatencyProfile.Roofline
  /// Where the figures stand.
  public var source: String

  /// Rates of a device.
  public init(device: String, peak: LatencyProfile.Roofline, source: String) {
    self.device = device
    self.peak = peak
    self.source = source
  }

  private init(_ device: String, teraflops: Double, gbytePerS: Double, _ source: String) {
    self.init(
      device: device, peak: .init(gflopPerS: 1000 * teraflops, gbytePerS: gbytePerS),
      source: source)
  }

  /// The device's name as it is typed: in lower case, without the maker and spaces.
  public var key: String {
    device.split(separator: " ").dropFirst().joined().lowercased()
  }

  /// Devices whose rates are published. Makers quote rates with sparsity too, twice as high; these
  /// are the dense ones.
  public static let published: [PeakRates] = [
    .init("NVIDIA T4", teraflops: 65, gbytePerS: 320, "NVIDIA T4 datasheet"),
    .init("NVIDIA V100", teraflops: 125, gbytePerS: 900, "NVIDIA V100 datasheet, SXM2"),
    .init("NVIDIA A10", teraflops: 125, gbytePerS: 600, "NVIDIA A10 datasheet"),
    .init("NVIDIA A30", teraflops: 165, gbytePerS: 933, "NVIDIA A30 datasheet"),
    .init("NVIDIA A100", teraflops: 312, gbytePerS: 1555, "NVIDIA A100 datasheet, 40 GB"),
    .init("NVIDIA A100 80GB", teraflops: 312, gbytePerS: 2039, "NVIDIA A100 datasheet, 80 GB SXM"),
    .init("NVIDIA L4", teraflops: 121, gbytePerS: 300, "NVIDIA L4 datasheet"),
    .init("NVIDIA L40S", teraflops: 362, gbytePerS: 864, "NVIDIA L40S datasheet"),
    .init("NVIDIA H100 PCIe", teraflops: 756, gbytePerS: 2000, "NVIDIA H100 datasheet, PCIe"),
    .init("NVIDIA H100", teraflops: 989, gbytePerS: 3350, "NVIDIA H100 datasheet, SXM"),
    .init("NVIDIA H200", teraflops: 989, gbytePerS: 4800, "NVIDIA H200 datasheet"),
    .init(
      "NVIDIA RTX 3090", teraflops: 71, gbytePerS: 936,
      "NVIDIA GA102 architecture whitepaper, FP16 with FP32 accumulation"),
    .init(
      "NVIDIA RTX 4090", teraflops: 165.2, gbytePerS: 1008,
      "NVIDIA Ada architecture whitepaper, FP16 with FP32 accumulation"),
  ]

  /// The device of this name or key.
  public static func of(_ name: String) -> PeakRates? {
    published.first { $0.device == name || $0.key == name.lowercased() }
  }
}
