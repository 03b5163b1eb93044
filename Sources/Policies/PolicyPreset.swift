/// A policy of several parts that belong together, by one name.
public struct PolicyPreset: Hashable, Sendable {
  /// Its name in scenarios: `preset: NAME`.
  public var name: String
  /// One line.
  public var summary: String
  /// Where it was published.
  public var reference: String
  /// The registry's entry for each part it sets, with that entry's defaults.
  public var parts: [PolicyKind: String]

  /// A preset from its parts.
  public init(
    _ name: String, summary: String, reference: String, parts: [PolicyKind: String]
  ) {
    self.name = name
    self.summary = summary
    self.reference = reference
    self.parts = parts
  }
}
