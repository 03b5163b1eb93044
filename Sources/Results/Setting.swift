/// A value of the scenario that was set when it was run: by `--set`, or as a value of a sweep's axis.
public struct Setting: Hashable, Sendable, CustomStringConvertible {
  /// Its place in the scenario, such as `workload.load`.
  public let path: String
  /// The value as it was written, in YAML.
  public let value: String

  /// From `PATH=VALUE`.
  public init(_ text: String) {
    path = String(text.prefix { $0 != "=" })
    value = String(text.dropFirst(path.count + 1))
  }

  /// As it was written.
  public var description: String { "\(path)=\(value)" }

  /// The value's number, in its ``unit``; nil where it is none.
  package var number: Double? { parts?.number }

  /// The unit as it was written; nil for a pure number, and for what is no number.
  package var unit: String? {
    guard let unit = parts?.unit, !unit.isEmpty else { return nil }
    return unit
  }

  /// `12 s` as 12 and `s`; nil for more than a number and a word.
  private var parts: (number: Double, unit: String)? {
    let digits = value.prefix { $0.isASCII && ($0.isNumber || ".-+eE".contains($0)) }
    let rest = value.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Double(digits), number.isFinite,
      !rest.contains(where: { " ,:[{".contains($0) })
    else { return nil }
    return (number, String(rest))
  }
}

extension Sequence<Setting> {
  /// As they are written, with a text between.
  public func joined(separator: String) -> String {
    map(\.description).joined(separator: separator)
  }
}
