import Diagnostics
import Experiments
import Foundation
import ProgramIdentity
import Results
import Scenarios

/// What results say of the program that made them.
enum ThisProgram {
  /// Tells this program from every other: its version, and the hash of its sources.
  static let identity = "\(ProgramVersion.text) \(ProgramIdentity.all)"

  /// How, when, where and by what the results of a scenario come about.
  static func provenance(_ scenario: Scenario) -> [(key: String, value: String)] {
    [
      ("command", CommandLine.arguments.joined(separator: " ")),
      ("host", ProcessInfo.processInfo.hostName), ("scenario_path", scenario.path),
      ("started", Date.now.formatted(.iso8601)), ("program", identity),
    ]
  }

  /// Says on standard error what the database held that new results have taken the place of.
  static func tell(_ replaced: [Replacement], in database: String) {
    for one in Replacement.merged(replaced) {
      let runs = one.runs == 1 ? "1 run" : "\(one.runs) runs"
      let reason =
        switch one.reason {
        case .otherProgram(let program?):
          "another program had made them (\(program)), and this is \(identity)"
        case .otherProgram(nil): "nobody knows which program had made them"
        case .otherTraceHash: "they name their trace by an older hash"
        }
      let place = one.keptIn.map { "\($0) keeps them" } ?? "--keep-old would have kept them"
      Output.error("Replaced \(runs) in \(database): \(reason). \(place).")
    }
  }

  /// Says on standard error which comparisons of a database another program made.
  static func warn(of experiments: [StoredExperiment], in database: String) {
    let foreign = experiments.filter { $0.program != identity }
    guard !foreign.isEmpty else { return }
    let named = foreign.prefix(3).map { experiment in
      "\(experiment.place), seed \(experiment.seed)"
        + " (by \(experiment.program.map { String($0.prefix(14)) } ?? "a program that did not say"))"
    }
    Output.error(
      "Warning: another program than this one made \(foreign.count) of \(experiments.count) comparisons in \(database): "
        + named.joined(separator: "; ") + (foreign.count > 3 ? "; ..." : "")
        + ". Their commands, given again, replace them.")
  }
}
