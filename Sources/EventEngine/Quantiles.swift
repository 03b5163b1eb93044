/// Exact quantiles of whole numbers (latencies in nanoseconds), kept in full: 8 bytes each.
public struct Quantiles: Sendable {
  private var values: [Int64] = []
  private var sorted = true

  /// No values.
  public init() {}

  /// Number of values.
  public var count: Int { values.count }

  /// Takes one value in.
  public mutating func add(_ value: Int64) {
    if sorted, let last = values.last, value < last { sorted = false }
    values.append(value)
  }

  /// The quantile `p` in [0, 1] by linear interpolation between order statistics (type 7 of
  /// Hyndman and Fan, The American Statistician 1996); nil without values.
  public mutating func quantile(_ p: Double) -> Double? {
    precondition((0...1).contains(p), "a quantile outside [0, 1]")
    guard !values.isEmpty else { return nil }
    if !sorted {
      values.sort()
      sorted = true
    }
    let position = p * Double(values.count - 1)
    let below = Int(position.rounded(.down))
    let above = min(below + 1, values.count - 1)
    let low = Double(values[below])
    return low + (position - Double(below)) * (Double(values[above]) - low)
  }

  /// The same quantile of values in ascending order; at least one.
  public static func quantile(_ p: Double, ofSorted values: [Double]) -> Double {
    precondition((0...1).contains(p) && !values.isEmpty, "no such quantile")
    let position = p * Double(values.count - 1)
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    return values[below] + (position - Double(below)) * (values[above] - values[below])
  }

  /// The share of values above `limit`; 0 without values.
  public func fraction(above limit: Int64) -> Double {
    values.isEmpty ? 0 : Double(values.count { $0 > limit }) / Double(values.count)
  }
}
