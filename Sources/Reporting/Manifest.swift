import Foundation
import Results

/// `manifest.json`: what a report was made from, for programs.
struct Manifest {
  private struct Document: Encodable {
    var tool = "qosdiff"
    var experiments: [Experiment]
    var profiles: [Profile]
    var files: [String]
    /// Of earlier reports, still there.
    var stale: [String]
  }

  private struct Listing: Decodable {
    var files: [String]
    var stale: [String]?
  }

  private struct Experiment: Encodable {
    var id: String
    var name: String
    var version: String
    var workload: String?
    var load: Double?
    var slo_scale: Double?
    var slo_s: Double?
    var settings: [String]
    var seed: UInt64
    var replications: Int
    var baseline: String
    var policies: [String]
    var command: String
    var profiles: [String: String]
    /// Place among `scenarios`.
    var scenario: String
    var notes: [String]
  }

  private struct Profile: Encodable {
    var hash: String
    var name: String
    var provenance: String
    var device: String
    var source: String
    var stages: [Stage]
  }

  private struct Stage: Encodable, Hashable {
    var stage: String
    var provenance: String
    var figures: Int
    var origin: String
  }

  let text: String

  init(
    _ data: ReportData, _ commands: [String: String], files: [String], stale: [String]
  ) {
    let scenarios = ScenarioFiles.names(data)
    var profiles: [Profile] = []
    for p in data.experiments.flatMap(\.profiles)
    where !profiles.contains(where: { $0.hash == p.hash }) {
      profiles.append(
        Profile(
          hash: p.hash, name: p.name, provenance: p.provenance, device: p.device, source: p.source,
          stages: Self.stages(of: p, data)))
    }
    let experiments = data.experiments.map { e in
      Experiment(
        id: e.id, name: e.name, version: e.version, workload: e.point?.workload,
        load: e.offeredLoad, slo_scale: e.sloScale, slo_s: e.sloSeconds,
        settings: e.settings.map(\.description), seed: e.seed,
        replications: e.replications, baseline: e.baseline, policies: e.policies,
        command: commands[e.id] ?? "",
        profiles: Dictionary(e.profiles.map { ($0.use, $0.hash) }, uniquingKeysWith: { a, _ in a }),
        scenario: scenarios[e.id] ?? "", notes: e.notes.map { "\(NoteText($0))" })
    }
    let document = Document(
      experiments: experiments, profiles: profiles, files: files, stale: stale)
    text = JSONText.of(document) + "\n"
  }

  private static func stages(of profile: StoredProfile, _ data: ReportData) -> [Stage] {
    data.sources.filter { $0.profile == profile.name && $0.device == profile.device }.map {
      Stage(
        stage: $0.stage, provenance: $0.provenance, figures: $0.figures, origin: $0.origin)
    }.distinct()
  }

  /// What the manifest of an earlier report in a folder lists.
  static func files(in folder: ReportFolder) -> [String] {
    guard let text = folder.text(of: "manifest.json"),
      let listing = try? JSONDecoder().decode(Listing.self, from: Data(text.utf8))
    else { return [] }
    // A path that leads out of the folder is none of a report's.
    return (listing.files + (listing.stale ?? [])).filter {
      !$0.hasPrefix("/") && !$0.contains("..")
    }
  }
}
