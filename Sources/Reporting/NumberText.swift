import Foundation

/// Numbers as people read them, and as programs do.
enum NumberText {
  /// Four significant digits, without an exponent between 0.001 and 10 million.
  static func short(_ x: Double) -> String {
    if x == 0 { return "0" }
    let magnitude = abs(x)
    if magnitude >= 1e7 || magnitude < 1e-3 { return String(format: "%.3g", x) }
    let decimals = max(0, 3 - Int(floor(log10(magnitude))))
    let text = String(format: "%.\(decimals)f", x)
    return text.contains(".") ? trimmed(text) : text
  }

  /// The shortest text that reads back as the same number.
  static func exact(_ x: Double) -> String { "\(x)" }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
