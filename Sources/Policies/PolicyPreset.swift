/// A policy of several parts that belong together, by one name.
package struct PolicyPreset: Hashable, Sendable {
  /// Its name in scenarios: `preset: NAME`.
  package var name: String
  /// One line.
  package var summary: String
  /// Where it was published.
  package var reference: String
  /// The registry's entry for each part it sets, with that entry's defaults.
  package var parts: [PolicyKind: String]

  /// A preset from its parts.
  package init(
    _ name: String, summary: String, reference: String, parts: [PolicyKind: String]
  ) {
    self.name = name
    self.summary = summary
    self.reference = reference
    self.parts = parts
  }
}
