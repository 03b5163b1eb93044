import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import LiveValidation
import Reporting
import Results
import Scenarios
import TextReports

/// Options of `validate --live`.
struct LiveValidationOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: "Sets a value of the scenario, for --live; may be repeated.")
  var overrides: [String] = []

  @Option(help: "Seed of all random numbers, for --live.")
  var seed: Int?

  @Option(help: "Policies to serve, by comma, for --live; default: all of the scenario.")
  var policies: String?

  @Option(help: "Live runs of each policy and point; default: 2.")
  var repeats: Int?

  @Option(
    help: "Seconds that all live runs, and the timings between them, may take; default: 570.")
  var timeLimit: Double?

  @Option(help: "Seconds for which the stages are timed before the runs; default: 12.")
  var measure: Double?

  private static let timeLimit = 570.0

  var areGiven: Bool {
    !overrides.isEmpty || seed != nil || policies != nil || repeats != nil || timeLimit != nil
      || measure != nil
  }

  func validate() throws {
    if let repeats, !(2...100).contains(repeats) {
      throw ValidationError("--repeats is 2 to 100: one live run says nothing of the noise.")
    }
    try LiveCommand.check(
      measure: measure ?? LiveLimits.measureSeconds, timeLimit: timeLimit ?? Self.timeLimit)
  }

  /// Compares, prints, and writes table, figure and profiles into the folder `out`.
  func run(_ path: String, out: String?, json: Bool, _ verbosity: Verbosity) throws {
    let interrupt = InterruptFlag(
      kept: out.map { "runs that have ended are in \($0)/live.sqlite" } ?? "nothing is kept",
      stops: "when the present work is done")
    do {
      var scenario = ScenarioOptions()
      scenario.scenario = path
      scenario.overrides = overrides
      scenario.seed = seed
      scenario.verbosity = verbosity
      let names = policies?.split(separator: ",").map(String.init)
      let session = try scenario.liveSession(
        measuring: measure ?? LiveLimits.measureSeconds,
        timeLimit: timeLimit ?? Self.timeLimit, keepingIn: out, interrupt
      ) { scenario throws(InputError) in
        try LivePoints(scenario).list.map { point throws(InputError) in
          try point.experiment(policies: names)
        }
      }
      verbosity.note(session.measurement.summary)
      let count = repeats ?? 2
      let validation = try LiveTrials(
        session, policies: names, repeats: count, timeLimit: timeLimit ?? Self.timeLimit,
        keepingIn: out, provenance: ThisProgram.provenance(session.scenario))
      let outcome = try validation.run()
      let text = LiveText(outcome, repeats: count)
      if json { Output.json(text.listing) } else { Output.result(text.text) }
      if let out { try write(text, outcome.comparisons, session, to: out, verbosity) }
      if interrupt.isRaised() {
        Output.error("Interrupted: what had not been served twice is not judged.")
        throw interrupt.exitCode
      }
      if text.holds != true { throw ExitCode(1) }
    } catch is LiveInterrupted {
      Output.error("Interrupted before anything was served.")
      throw interrupt.exitCode
    }
  }

  private func write(
    _ text: LiveText, _ comparisons: [LiveComparison], _ session: LiveSession, to folder: String,
    _ verbosity: Verbosity
  ) throws(InputError) {
    var rows: [[DistributionSheet.Panel]] = []
    var last: String?
    for comparison in comparisons {
      let panel = DistributionSheet.Panel(
        title: [comparison.policy, comparison.point].filter { !$0.isEmpty }.joined(separator: ", "),
        first: comparison.latencies(\.simulated), second: comparison.latencies { [$0.live] })
      if comparison.point == last {
        rows[rows.count - 1].append(panel)
      } else {
        rows.append([panel])
      }
      last = comparison.point
    }
    let sheet = DistributionSheet(
      title: "\(session.scenario.name): latencies simulated and served for real",
      label: "latency (s)", names: ("simulated", "live"), rows: rows)
    for (name, content) in [
      ("comparison.txt", session.measurement.summary + "\n\n" + text.text + "\n"),
      ("live.csv", text.csv), ("distributions.svg", sheet.svg),
    ] {
      try LiveArchive.write(content, "\(folder)/\(name)")
    }
    verbosity.note(
      "Written to \(folder): comparison.txt, live.csv, distributions.svg; live.sqlite (the live runs), runs.csv and work.csv "
        + "(what they did), and the profiles: live-*.json before the runs, session-*.json of all timings between them"
    )
  }
}
