/// What a service time rests on, strongest first: `measured` > `published` > `derived` > `assumed`.
///
/// The kinds of ``Provenance``, and a fourth for times that no profile holds.
public enum TimeBasis: String, CaseIterable, Sendable, Codable, Hashable {
  /// A figure of this program's own harness, or the time that a live run took.
  case measured
  /// A figure of a named source.
  case published
  /// Computed from other figures, or extrapolated beyond them.
  case derived
  /// Stated by the scenario.
  case assumed

  /// The basis of a time that a profile's figure gives as it stands. What no harness of this program measured is a
  /// figure of the source that the profile names.
  public init(_ provenance: Provenance, ofHarness: Bool) {
    switch provenance {
    case .measured: self = ofHarness ? .measured : .published
    case .published: self = .published
    case .derived: self = .derived
    }
  }

  /// Place in the order above, 0 to 3: an index for dense arrays.
  public var index: Int {
    switch self {
    case .measured: 0
    case .published: 1
    case .derived: 2
    case .assumed: 3
    }
  }

  /// The weaker of two; a time is no better founded than the weakest of what it is computed from.
  public static func weaker(_ a: Self, _ b: Self) -> Self { a.index >= b.index ? a : b }
}

extension StageLatencyTable {
  /// What the median for a batch rests on.
  ///
  /// Between measured batches it is the weakest of the curve's entries, since an interpolated median depends on
  /// several of them; an extrapolated median is derived.
  public func basis(batch: Int) -> TimeBasis {
    let own = TimeBasis(provenance, ofHarness: isOfHarness)
    return isExtrapolated(batch: batch) ? .weaker(.derived, own) : own
  }
}
