/// Repeated timings of one thing, in seconds.
public struct Samples: Sendable, Hashable, Codable {
  /// In the order in which they were taken.
  public var seconds: [Double]

  /// Timings in the order in which they were taken.
  public init(_ seconds: [Double] = []) { self.seconds = seconds }

  /// How many there are.
  public var count: Int { seconds.count }

  /// The value at probability `p`, linear between order statistics (type 7); 0 without any.
  public func quantile(_ p: Double) -> Double { Self.quantile(p, ofSorted: seconds.sorted()) }

  /// The middle.
  public var median: Double { quantile(0.5) }

  /// Distance between the quartiles over the median: how noisy the machine was.
  public var spread: Double {
    let sorted = seconds.sorted()
    let median = Self.quantile(0.5, ofSorted: sorted)
    guard median > 0 else { return 0 }
    return (Self.quantile(0.75, ofSorted: sorted) - Self.quantile(0.25, ofSorted: sorted)) / median
  }

  /// Half the width of the median's 95 % interval over the median, from order statistics
  /// (ranks n/2 -+ 0.98 sqrt n); infinite for fewer than six, which have no such interval.
  public var medianHalfWidth: Double {
    let n = Double(count)
    let sorted = seconds.sorted()
    let reach = 0.98 * n.squareRoot()
    let (low, high) = (Int((n / 2 - reach).rounded(.down)), Int((n / 2 + reach).rounded(.up)))
    guard count >= 6, median > 0 else { return .infinity }
    return (sorted[min(high, count - 1)] - sorted[max(low, 0)]) / 2 / median
  }

  /// Autocorrelation of successive values; nil for fewer than three or where nothing varies.
  public var lag1: Double? {
    guard count >= 3 else { return nil }
    let mean = seconds.reduce(0, +) / Double(count)
    let total = seconds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard total > 0 else { return nil }
    let products = zip(seconds, seconds.dropFirst()).reduce(0) {
      $0 + ($1.0 - mean) * ($1.1 - mean)
    }
    return products / total
  }

  private static func quantile(_ p: Double, ofSorted sorted: [Double]) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    let position = p * Double(last)
    let below = min(Int(position), last)
    let share = position - Double(below)
    return sorted[below] * (1 - share) + sorted[min(below + 1, last)] * share
  }
}
