import LatencyProfiles
import Results

/// The scenarios of a report as files: each text once.
enum ScenarioFiles {
  /// Names and texts, in order of first use.
  static func all(_ data: ReportData) -> [(name: String, text: String)] {
    var seen: Set<String> = []
    let first = data.experiments.filter { seen.insert($0.scenario).inserted }
    let bases = first.map { "scenario-" + Slug.of($0.name) }
    return zip(first, bases).map { experiment, base in
      let isAlone = bases.count { $0 == base } == 1
      var hash = ContentHash()
      hash.add(experiment.scenario)
      // By content, so that what joins the database later takes nobody's name.
      return ((isAlone ? base : "\(base)-\(hash.hex.prefix(6))") + ".yaml", experiment.scenario)
    }
  }

  /// The name of each experiment's, by the experiment's id.
  static func names(_ data: ReportData) -> [String: String] {
    let names = Dictionary(all(data).map { ($0.text, $0.name) }, uniquingKeysWith: { a, _ in a })
    return Dictionary(
      data.experiments.map { ($0.id, names[$0.scenario] ?? "") }, uniquingKeysWith: { a, _ in a })
  }
}
