import Results

/// Where a stage's latencies of a profile are from: a profile mixes published, measured and derived figures.
struct LatencySource: Hashable {
  /// What uses the profile in the scenario.
  var use: String
  var profile: String
  var device: String
  var stage: String
  /// `measured`, `published` or `derived`.
  var provenance: String
  /// Figures of this stage and provenance in the profile.
  var figures: Int
  /// Where the figures were found, or how derived ones came about.
  var origin: String

  /// The rows of ``View/latencySource``, each once.
  static func all(_ table: DataTable) -> [LatencySource] {
    table.rows.map { row in
      let isDerived = row["provenance"].text == "derived"
      return LatencySource(
        use: row["used_by"].text, profile: row["profile"].text, device: row["device"].text,
        stage: row["stage"].text, provenance: row["provenance"].text,
        figures: Int(row["figures"].number ?? 0),
        // The same derivation at another batch is the same derivation.
        origin: isDerived
          ? row["derivation"].text.replacing(#/ at batch \d+$/#, with: "") : row["source"].text)
    }.distinct()
  }

  /// In the order of the tables' columns: used by, stage, provenance, figures, profile, device, origin.
  var cells: [String] { [use, stage, provenance, "\(figures)", profile, device, origin] }
}
