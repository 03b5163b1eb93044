import Foundation

/// Numbers as people read them, and as programs do.
package enum NumberText {
  /// So many significant digits, without an exponent between 0.001 and 10 million.
  package static func short(_ x: Double, digits: Int = 4) -> String {
    if x == 0 { return "0" }
    let magnitude = abs(x)
    if magnitude >= 1e7 || magnitude < 1e-3 { return String(format: "%.\(min(digits, 3))g", x) }
    let decimals = max(0, digits - 1 - Int(floor(log10(magnitude))))
    let text = String(format: "%.\(decimals)f", x)
    return text.contains(".") ? trimmed(text) : text
  }

  /// `mean ± half`: two significant digits of the half-width, and the mean to the same decimal.
  package static func interval(_ mean: Double, _ half: Double) -> String {
    guard half > 0, half.isFinite, half >= 1e-6 * abs(mean), half >= 1e-5 else {
      return "\(short(mean)) ± \(half < 1e-12 ? "0" : String(format: "%.1g", half))"
    }
    let decimals = decimals(half)
    return String(format: "%.\(decimals)f ± %.\(decimals)f", mean, half)
  }

  /// A mean and its interval: `mean ± half` with the longer of its sides, or `mean [lower, upper]` where one is
  /// over 1.5 times as long as the other; to two significant digits of the half-width.
  package static func estimate(_ mean: Double, _ interval: ClosedRange<Double>) -> String {
    let sides = [mean - interval.lowerBound, interval.upperBound - mean].sorted()
    guard sides[1] >= 1e-6 * abs(mean), sides[1] >= 1e-5, sides[1] > 1.5 * sides[0] else {
      return Self.interval(mean, sides[1])
    }
    let decimals = max(Self.decimals((sides[0] + sides[1]) / 2), Self.decimals(mean))
    func text(_ x: Double) -> String { String(format: "%.\(decimals)f", x) }
    return "\(text(mean)) [\(text(interval.lowerBound)), \(text(interval.upperBound))]"
  }

  /// Decimals that show two significant digits.
  private static func decimals(_ x: Double) -> Int {
    x > 0 && x.isFinite ? min(6, max(0, 1 - Int(floor(log10(x))))) : 0
  }

  /// `[lower, upper]`, of three digits.
  package static func range(_ range: ClosedRange<Double>) -> String {
    "[\(short(range.lowerBound, digits: 3)), \(short(range.upperBound, digits: 3))]"
  }

  /// So many decimals.
  package static func fixed(_ x: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", x)
  }

  /// The shortest text that reads back as the same number.
  package static func exact(_ x: Double) -> String { "\(x)" }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
