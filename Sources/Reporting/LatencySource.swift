import Foundation
import Results

/// Where a stage's latencies of a profile are from: a profile mixes published, measured and derived figures.
struct LatencySource: Hashable {
  /// What uses the profile in the scenario.
  var use: String
  var profile: StoredProfile
  var stage: String
  /// `measured`, `published` or `derived`.
  var provenance: String
  /// How derived figures came about; empty for others.
  var derivation: String
  /// Figures of this stage and provenance in the profile.
  var figures: Int

  private struct Contents: Decodable {
    struct Entry: Decodable {
      var stage: String
      var provenance: String?
      var derivation: String?
    }

    var entries: [Entry]
  }

  /// The sources of all profiles in use, each once, in the order of stages.
  static func all(_ experiments: [StoredExperiment]) -> [LatencySource] {
    var seen: Set<String> = []
    return experiments.flatMap(\.profiles).filter { seen.insert($0.use + $0.hash).inserted }
      .flatMap(sources)
  }

  private static func sources(of profile: StoredProfile) -> [LatencySource] {
    guard
      let contents = try? JSONDecoder().decode(Contents.self, from: Data(profile.text.utf8))
    else { return [] }
    var sources: [LatencySource] = []
    for entry in contents.entries {
      let provenance = entry.provenance ?? profile.provenance
      // The same derivation at another batch is the same derivation.
      let derivation =
        provenance == "derived"
        ? (entry.derivation ?? "").replacing(#/ at batch \d+$/#, with: "") : ""
      if let known = sources.firstIndex(where: {
        $0.stage == entry.stage && $0.provenance == provenance && $0.derivation == derivation
      }) {
        sources[known].figures += 1
      } else {
        sources.append(
          LatencySource(
            use: profile.use, profile: profile, stage: entry.stage, provenance: provenance,
            derivation: derivation, figures: 1))
      }
    }
    let order = ["encode", "denoise", "decode", "post-process"]
    return sources.enumerated().sorted { a, b in
      let first = order.firstIndex(of: a.element.stage) ?? order.count
      let second = order.firstIndex(of: b.element.stage) ?? order.count
      return (first, a.offset) < (second, b.offset)
    }.map(\.element)
  }
}
