import Results

/// Values of a sweep's axis that gave the same figures for every policy, to the last bit.
package struct SweepSameness: Hashable, Sendable {
  /// Path of the axis.
  package let path: String
  /// The values that did.
  package let values: [String]
  /// Whether the axis has no effect at all.
  package let isComplete: Bool

  /// The axes of a sweep along which points gave the same figures.
  static func axes(_ points: [SweepPoint]) -> [SweepSameness] {
    let known = points.filter { !$0.summaries.isEmpty }.map {
      (place: pairs($0.overrides), summaries: $0.summaries)
    }
    let paths = known.reduce(into: Set<String>()) { $0.formUnion($1.place.keys) }
    return paths.sorted().compactMap { path in
      // Points that differ in this axis alone stand in one line.
      let lines = Dictionary(grouping: known) { $0.place.filter { $0.key != path } }.values
        .filter { $0.count > 1 }
      var same: Set<String> = []
      for line in lines {
        for group in Dictionary(grouping: line, by: \.summaries).values where group.count > 1 {
          same.formUnion(group.compactMap { $0.place[path] })
        }
      }
      guard !same.isEmpty else { return nil }
      return SweepSameness(
        path: path, values: same.sorted(),
        isComplete: lines.allSatisfy { Set($0.map(\.summaries)).count == 1 })
    }
  }

  private static func pairs(_ overrides: [String]) -> [String: String] {
    Dictionary(
      overrides.map { override in
        let parts = override.split(separator: "=", maxSplits: 1)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      }, uniquingKeysWith: { _, last in last })
  }
}
