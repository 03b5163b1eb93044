import Foundation

extension Figure {
  /// Ends of both axes, with a margin beyond the data.
  var frame: (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
    // An interval may leave an axis that has ends of its own: a share lies between 0 and 1.
    func within(_ range: ClosedRange<Double>?, _ axis: Axis) -> [Double] {
      guard let range else { return [] }
      return [range.lowerBound, range.upperBound].filter {
        $0 >= axis.low ?? -.infinity && $0 <= axis.high ?? .infinity
      }
    }
    guard let x = ends(of: x, { [$0.x] + within($0.xRange, self.x) }),
      let y = ends(of: y, { [$0.y] + within($0.yRange, self.y) })
    else { return nil }
    return (Self.padded(x, self.x), Self.padded(y, self.y))
  }

  private static func padded(_ ends: ClosedRange<Double>, _ axis: Axis) -> ClosedRange<Double> {
    let (low, high) = (ends.lowerBound, ends.upperBound)
    if axis.isLog {
      let factor = pow(high / low, 0.04)
      return low / factor...high * factor
    }
    let margin = 0.03 * (high - low)
    return
      (axis.low == low ? low : low - margin)...(axis.high == high && axis.low != nil
      ? high : high + margin)
  }

  /// The outline of a series' band, closed; empty without intervals.
  func band(_ series: Series) -> [(x: Double, y: Double)] {
    let points = joined(series)
    guard let frame, points.count > 1 else { return [] }
    func inside(_ value: Double, _ ends: ClosedRange<Double>) -> Double {
      min(max(value, ends.lowerBound), ends.upperBound)
    }
    let there: [(x: Double, y: Double)]
    let back: [(x: Double, y: Double)]
    switch kind {
    case .lines:
      guard points.contains(where: { $0.yRange != nil }) else { return [] }
      there = points.map { ($0.x, inside($0.yRange?.lowerBound ?? $0.y, frame.y)) }
      back = points.map { ($0.x, inside($0.yRange?.upperBound ?? $0.y, frame.y)) }
    case .distribution:
      guard points.contains(where: { $0.xRange != nil }) else { return [] }
      there = points.map { (inside($0.xRange?.lowerBound ?? $0.x, frame.x), $0.y) }
      back = points.map { (inside($0.xRange?.upperBound ?? $0.x, frame.x), $0.y) }
    case .marks, .rows: return []
    }
    return there + back.reversed()
  }
}
