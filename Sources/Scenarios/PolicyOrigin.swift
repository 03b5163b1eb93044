/// How a scenario writes a policy: what it builds on, and what it changes.
package struct PolicyOrigin: Hashable, Sendable {
  /// Name of the policy.
  package var name: String
  /// The policy that it extends; nil for one of its own.
  package var parent: String?
  /// What it changes of that, such as `steps: entropy` or `without finish`.
  package var change: String

  init(name: String, _ policy: LocatedValue) {
    self.name = name
    parent = policy["extends"]?.string
    change = policy.fields.compactMap { field in
      switch field.key {
      case "extends": nil
      case "without":
        "without " + field.value.list.compactMap(\.string).joined(separator: ", ")
      default: "\(field.key): \(Self.text(field.value))"
      }
    }.joined(separator: "; ")
  }

  static func text(_ value: LocatedValue) -> String {
    switch value.value {
    case .string(let text): text
    case .boolean(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number), .quantity(let number): "\(number)"
    case .size(let height, let width): "\(height)x\(width)"
    case .weights(let weights): weights.map { "\($0.value)" }.joined(separator: " ")
    case .list(let list): list.map(text).joined(separator: " ")
    case .object(let fields):
      fields.map { "\($0.key)=\(text($0.value))" }.joined(separator: " ")
    case .variant(let name, let value):
      value.map { $0.fields.isEmpty ? name : "\(name)(\(text($0)))" } ?? name
    }
  }
}
