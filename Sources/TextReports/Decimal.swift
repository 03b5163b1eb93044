import Foundation

/// Four significant digits, without an exponent for everyday sizes.
package func decimal(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
  return abs(value) >= 1000 ? String(format: "%.1f", value) : String(format: "%.4g", value)
}
