/// Where a latency comes from, strongest first: `measured` > `published` > `derived`.
public enum Provenance: String, CaseIterable, Sendable, Codable, Hashable {
  /// Timed by this program's own harness.
  case measured
  /// A figure of a named source, as it stands there.
  case published
  /// Computed from a figure or from a stated assumption, by a stated rule.
  case derived

  /// The weaker of two; a result is no stronger than the weakest of what it rests on.
  public static func weaker(_ a: Self, _ b: Self) -> Self { a.strength <= b.strength ? a : b }

  /// Higher is stronger.
  var strength: Int {
    switch self {
    case .measured: 2
    case .published: 1
    case .derived: 0
    }
  }
}
