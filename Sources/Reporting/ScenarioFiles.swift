import Results

/// The scenarios of a report as files: each text once.
enum ScenarioFiles {
  /// Names and texts, in order of first use.
  static func all(_ data: ReportData) -> [(name: String, text: String)] {
    var files: [(name: String, text: String)] = []
    for e in data.experiments where !files.contains(where: { $0.text == e.scenario }) {
      let base = "scenario-" + Slug.of(e.name)
      var name = base + ".yaml"
      var count = 1
      while files.contains(where: { $0.name == name }) {
        count += 1
        name = "\(base)-\(count).yaml"
      }
      files.append((name, e.scenario))
    }
    return files
  }

  /// The name of each experiment's, by the experiment's id.
  static func names(_ data: ReportData) -> [String: String] {
    let names = Dictionary(all(data).map { ($0.text, $0.name) }, uniquingKeysWith: { a, _ in a })
    return Dictionary(
      data.experiments.map { ($0.id, names[$0.scenario] ?? "") }, uniquingKeysWith: { a, _ in a })
  }
}
