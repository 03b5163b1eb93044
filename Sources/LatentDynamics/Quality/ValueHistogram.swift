private import Foundation

/// The histogram of a latent's values, and its entropy.
public struct ValueHistogram: Hashable, Sendable {
  /// Bins of equal width.
  public let bins: Int
  /// The range they cover; values outside it are left out.
  public let range: ClosedRange<Double>

  /// The design's estimator: 256 bins over [-5, 5]. `bins` above zero, `range` not empty.
  public init(bins: Int = 256, range: ClosedRange<Double> = -5...5) {
    precondition(bins > 0 && range.lowerBound < range.upperBound, "an empty histogram")
    self.bins = bins
    self.range = range
  }

  /// Shannon entropy in bits, H = -sum p log2 p over the occupied bins, 0...log2(bins).
  public func entropyBits(_ values: [Double]) -> Double {
    var counts = [Int](repeating: 0, count: bins)
    var total = 0
    let scale = Double(bins) / (range.upperBound - range.lowerBound)
    for value in values where range.contains(value) {
      counts[min(Int((value - range.lowerBound) * scale), bins - 1)] += 1
      total += 1
    }
    guard total > 0 else { return 0 }
    // sum p log2 p = (sum c log2 c) / total - log2 total
    var sum = 0.0
    for count in counts where count > 1 { sum += Double(count) * log2(Double(count)) }
    return log2(Double(total)) - sum / Double(total)
  }
}
