import Foundation

/// Round numbers along an axis.
enum Ticks {
  /// At most about seven: multiples of 1, 2 or 5 times a power of ten; on a log axis 1-2-5 within two decades,
  /// else whole decades.
  static func of(_ ends: ClosedRange<Double>, isLog: Bool) -> [Double] {
    isLog ? logarithmic(ends) : linear(ends)
  }

  private static func linear(_ ends: ClosedRange<Double>) -> [Double] {
    let span = ends.upperBound - ends.lowerBound
    guard span > 0, span.isFinite else { return [ends.lowerBound] }
    let power = pow(10, floor(log10(span / 6)))
    let step = ([1, 2, 5, 10].first { span / ($0 * power) <= 6 } ?? 10) * power
    let first = Int((ends.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((ends.upperBound / step + 1e-9).rounded(.down))
    guard first <= last else { return [ends.lowerBound] }
    return (first...last).map { Double($0) * step }
  }

  private static func logarithmic(_ ends: ClosedRange<Double>) -> [Double] {
    let decades = log10(ends.upperBound / ends.lowerBound)
    let low = Int(floor(log10(ends.lowerBound)))
    let high = Int(ceil(log10(ends.upperBound)))
    let within = { (x: Double) in
      x >= ends.lowerBound * 0.999 && x <= ends.upperBound * 1.001
    }
    if decades < 0.5 { return linear(ends) }
    if decades <= 2.3 {
      return (low...high).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
        .filter(within)
    }
    let stride = max(1, Int((decades / 7).rounded(.up)))
    return (low...high).filter { $0 % stride == 0 }.map { pow(10, Double($0)) }.filter(within)
  }

  /// A tick's text.
  static func label(_ x: Double) -> String {
    abs(x) < 1e-12 ? "0" : NumberText.short(x, digits: 4)
  }
}
