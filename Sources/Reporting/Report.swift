package import Diagnostics
import Foundation
package import Results

/// A report: everything that can be said of a database without simulating anything.
package struct Report {
  /// What a report can be made of.
  package enum Format: String, CaseIterable, Sendable {
    case csv, tex, pdf, svg, html
  }

  /// What was written.
  package struct Outcome: Sendable {
    /// Files, relative to the folder.
    package var files: [String] = []
    /// Figures that could not be drawn, and why.
    package var skipped: [(file: String, reason: String)] = []
    /// Scripts of figures that their author has changed: they were kept, and drew the new data.
    package var kept: [String] = []
    /// Files of an earlier report that this one did not write again.
    package var stale: [String] = []

    /// All of it as one JSON object, keys sorted.
    package func json(folder: String) -> String {
      struct Document: Encodable {
        var folder: String
        var files: [String]
        var skipped: [String: String]
        var kept: [String]
        var stale: [String]
      }
      return JSONText.of(
        Document(
          folder: folder, files: files,
          skipped: Dictionary(
            skipped.map { ($0.file, $0.reason) }, uniquingKeysWith: { a, _ in a }),
          kept: kept, stale: stale))
    }
  }

  private let store: ResultStore
  private let data: ReportData
  private let unfinished: [String]

  /// A report of the complete experiments of `store`; figures show `policies`, or the first seven.
  ///
  /// - Throws: 65 where no experiment is complete.
  package init(_ store: ResultStore, policies: [String]? = nil) throws(InputError) {
    self.store = store
    data = try ReportData(store, try Self.experiments(of: store, nil), policies: policies)
    unfinished = try store.unfinished()
  }

  /// Comparisons that the database holds in part only, what they are and how much of them is there; and that it holds
  /// those of several programs.
  package var warnings: [String] {
    let programs = Set(data.experiments.map(\.program)).count
    let mixed =
      programs > 1
      ? [
        "its comparisons were made by \(programs) different programs: give the commands of all with one of them before "
          + "holding one against another"
      ] : []
    return unfinished.map {
      "unfinished and left out: \($0); the same command again finishes it, 'qosdiff compare "
        + "\(store.path)' shows what is there"
    } + mixed
  }

  /// What has no figures of its own, in a sentence; nil where all has.
  package var leftOut: String? { data.leftOut }

  static func experiments(
    of store: ResultStore, _ ids: Set<String>?
  ) throws(InputError) -> [StoredExperiment] {
    let experiments = try store.experiments().filter { ids?.contains($0.id) ?? true }
    guard experiments.isEmpty else { return experiments }
    let unfinished = try store.unfinished()
    throw InputError(
      .badInput, at: .init(file: store.path), "the database holds no complete experiment",
      hint: unfinished.isEmpty
        ? "run 'qosdiff compare SCENARIO --db \(store.path)' to its end"
        : "it holds a part of \(unfinished[0]): give its command again, or see what is there with "
          + "'qosdiff compare \(store.path)'")
  }

  /// Writes the report into `path`, which is made if need be; what is not the report's own stays there.
  ///
  /// - Throws: 73 where the folder cannot be made or holds another's file of the same name; 74 where a file
  ///   cannot be written.
  package func write(to path: String, formats: Set<Format>) throws(InputError) -> Outcome {
    let figures = try FigureSet.make(data)
    let tables = formats.contains(.tex) ? try LaTeXReport(data).tables() : []
    let scenarios = ScenarioFiles.all(data)
    let outputs = [Format.pdf, .svg].filter(formats.contains).map(\.rawValue)
    try ReportFolder.make(path)
    let folder = ReportFolder(path)
    let earlier = Manifest.files(in: folder)
    let drawings = figures.flatMap { figure in
      (["dat", "gp"] + outputs).map { "figures/\(figure.name).\($0)" }
    }
    let planned =
      (formats.contains(.csv) ? CSVReport.contents.map(\.name) : [])
      + tables.map { "tables/\($0.name)" } + (outputs.isEmpty ? [] : drawings)
      + (formats.contains(.html) ? ["index.html"] : []) + scenarios.map(\.name)
    try folder.check(planned + ["manifest.json", "README.md"], earlier: Set(earlier))
    let commands = try commands()
    // Where this is killed, the next report knows the files that are there for a report's.
    try folder.write(
      Manifest(
        data, commands, files: planned, stale: earlier.filter { !planned.contains($0) }
      ).text, to: "manifest.json")
    var outcome = Outcome()
    if formats.contains(.csv) {
      outcome.files += try CSVReport(store).write(data.experiments, to: folder)
    }
    if !tables.isEmpty { try folder.makeFolder("tables") }
    for (name, text) in tables {
      try folder.write(text, to: "tables/\(name)")
      outcome.files.append("tables/\(name)")
    }
    if !outputs.isEmpty, !figures.isEmpty {
      try draw(figures, outputs, folder, earlier: Set(earlier), &outcome)
    }
    if formats.contains(.html) {
      try folder.write(try Page(data, figures, warnings: warnings).text, to: "index.html")
      outcome.files.append("index.html")
    }
    for scenario in scenarios {
      try folder.write(scenario.text, to: scenario.name)
      outcome.files.append(scenario.name)
    }
    let named = Set(outcome.files + ["manifest.json", "README.md"])
    outcome.stale = earlier.filter { !named.contains($0) && folder.exists($0) }
    try folder.write(
      Manifest(data, commands, files: outcome.files, stale: outcome.stale).text,
      to: "manifest.json")
    try folder.write(
      ReadMe(data, figures, commands, outcome, warnings).text, to: "README.md")
    outcome.files += ["manifest.json", "README.md"]
    return outcome
  }

  private func draw(
    _ figures: [Figure], _ outputs: [String], _ folder: ReportFolder, earlier: Set<String>,
    _ outcome: inout Outcome
  ) throws(InputError) {
    try folder.makeFolder("figures")
    let gnuplot = Gnuplot()
    for figure in figures {
      let script = GnuplotScript(figure: figure, outputs: outputs)
      guard let text = script.text else { continue }
      let name = "figures/\(figure.name)"
      try folder.write(script.data, to: "\(name).dat")
      if folder.text(of: "\(name).gp")?.contains(GnuplotScript.mark) ?? true {
        try folder.write(text, to: "\(name).gp")
      } else {
        outcome.kept.append("\(name).gp")
      }
      outcome.files += ["\(name).dat", "\(name).gp"]
      let drawn = outputs.map { "\(name).\($0)" }
      if let reason = folder.draw(figure.name, outputs, with: gnuplot) {
        outcome.skipped += drawn.map { ($0, reason) }
        // An earlier report's drawing beside new data would be taken for theirs.
        for file in drawn where earlier.contains(file) { folder.remove(file) }
      } else {
        outcome.files += drawn
      }
    }
  }

  /// The command that makes each experiment again, by id. The seed is the scenario's, or among the settings.
  private func commands() throws(InputError) -> [String: String] {
    var commands: [String: String] = [:]
    for experiment in data.experiments {
      let provenance = try store.provenance(of: experiment.id)
      let given = provenance["command"]?.split(separator: " ").dropFirst().joined(separator: " ")
      let isSwept =
        experiment.point == nil
        && experiment.scenario.contains(/^experiment:/.anchorsMatchLineEndings())
      if isSwept, let given {
        // A sweep takes the place of the scenario's own points: nothing else makes this one.
        commands[experiment.id] = "qosdiff " + given
        continue
      }
      let asked = comparison(of: experiment)
      let isAlone = !asked.policies.isEmpty && !asked.policies.contains(asked.baseline)
      var words = [
        "qosdiff", isAlone ? "run" : "compare", provenance["scenario_path"] ?? "SCENARIO",
      ]
      for setting in experiment.settings { words += ["--set", "\(setting)"] }
      if isAlone {
        words += ["--policy", asked.policies[0]]
      } else {
        // A name with a comma cannot be said there; all policies are what is run by default.
        if !asked.policies.isEmpty, !asked.policies.contains(where: { $0.contains(",") }) {
          words += ["--policies", asked.policies.joined(separator: ",")]
        }
        words += ["--baseline", asked.baseline, "--replications", "\(asked.asked)"]
      }
      if experiment.point == nil, try !store.hasQueries(experiment.id) {
        words.append("--no-queries")
      }
      commands[experiment.id] = words.map(Self.quoted).joined(separator: " ")
    }
    return commands
  }

  /// The comparison that an experiment is run with: controls are run beside one of their grid.
  private func comparison(of experiment: StoredExperiment) -> StoredExperiment {
    guard experiment.point?.controlsOf != nil else { return experiment }
    return data.experiments.first {
      $0.point?.controlsOf == nil && $0.scenario == experiment.scenario
        && $0.settings == experiment.settings && $0.seed == experiment.seed
        && $0.version == experiment.version && $0.asked == experiment.asked
    } ?? experiment
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:+@%".contains($0))
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
