import Foundation
import Results

/// `manifest.json`: what a report was made from, for programs.
struct Manifest {
  private struct Document: Codable {
    var tool = "qosdiff"
    var experiments: [Experiment]
    var profiles: [Profile]
    var files: [String]
  }

  private struct Experiment: Codable {
    var id: String
    var name: String
    var version: String
    var workload: String?
    var load: Double?
    var slo_scale: Double?
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

  private struct Profile: Codable {
    var hash: String
    var name: String
    var provenance: String
    var device: String
    var source: String
  }

  let text: String

  init(_ data: ReportData, _ commands: [String: String], files: [String]) {
    var profiles: [Profile] = []
    for p in data.experiments.flatMap(\.profiles)
    where !profiles.contains(where: { $0.hash == p.hash }) {
      profiles.append(
        Profile(
          hash: p.hash, name: p.name, provenance: p.provenance, device: p.device, source: p.source))
    }
    let experiments = data.experiments.map { e in
      Experiment(
        id: e.id, name: e.name, version: e.version, workload: e.point?.workload,
        load: e.offeredLoad, slo_scale: e.scale, settings: e.settings, seed: e.seed,
        replications: e.replications, baseline: e.baseline, policies: e.policies,
        command: commands[e.id] ?? "",
        profiles: Dictionary(e.profiles.map { ($0.use, $0.hash) }, uniquingKeysWith: { a, _ in a }),
        scenario: ScenarioFiles.name(of: e, in: data), notes: e.notes)
    }
    let document = Document(experiments: experiments, profiles: profiles, files: files)
    text = JSONText.of(document) + "\n"
  }

  /// What the manifest of an earlier report in a folder lists.
  static func files(in folder: ReportFolder) -> [String] {
    guard let text = folder.text(of: "manifest.json"),
      let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8))
    else { return [] }
    // A path that leads out of the folder is none of a report's.
    return document.files.filter { !$0.hasPrefix("/") && !$0.contains("..") }
  }
}

/// The scenarios of a report as files: each text once.
enum ScenarioFiles {
  /// Names and texts, in order of first use.
  static func all(_ data: ReportData) -> [(name: String, text: String)] {
    var texts: [(name: String, text: String)] = []
    for e in data.experiments where !texts.contains(where: { $0.text == e.scenario }) {
      let base = Slug.of(e.name)
      let count = texts.count { $0.name.hasPrefix(base) }
      texts.append(("scenario-\(base)\(count == 0 ? "" : "-\(count + 1)").yaml", e.scenario))
    }
    return texts
  }

  static func name(of experiment: StoredExperiment, in data: ReportData) -> String {
    all(data).first { $0.text == experiment.scenario }?.name ?? ""
  }
}
