import Diagnostics
import EventEngine

/// A value of a scenario that fits its shape, and where it stands.
struct LocatedValue: Sendable {
  let location: Diagnostic.Location
  let value: Value

  indirect enum Value: Sendable {
    case string(String)
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// In the dimension's base unit.
    case quantity(Double)
    case size(height: Int, width: Int)
    /// In the order of the file.
    case object([(key: String, location: Diagnostic.Location, value: LocatedValue)])
    case list([LocatedValue])
    case variant(String, LocatedValue?)
    case weights([(value: Int, weight: Double)])
  }

  /// The value of a key; nil if the object does not have it (or this is no object).
  subscript(key: String) -> LocatedValue? {
    guard case .object(let fields) = value else { return nil }
    return fields.first { $0.key == key }?.value
  }

  var string: String? { if case .string(let s) = value { s } else { nil } }
  var boolean: Bool? { if case .boolean(let b) = value { b } else { nil } }
  var integer: Int? { if case .integer(let i) = value { i } else { nil } }
  var number: Double? {
    switch value {
    case .number(let x), .quantity(let x): x
    case .integer(let i): Double(i)
    default: nil
    }
  }
  var duration: SimulationDuration? {
    if case .quantity(let x) = value { SimulationDuration(seconds: x) } else { nil }
  }
  var list: [LocatedValue] { if case .list(let l) = value { l } else { [] } }
  var fields: [(key: String, location: Diagnostic.Location, value: LocatedValue)] {
    if case .object(let fields) = value { fields } else { [] }
  }
  /// The chosen variant's name and what stands behind it.
  var variant: (name: String, value: LocatedValue?)? {
    if case .variant(let name, let value) = value { (name, value) } else { nil }
  }
}
