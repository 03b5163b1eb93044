import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Scenarios
import Timeline

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Simulates one policy once.")

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var options: ExperimentOptions

  @Option(help: "The policy; default: the scenario's baseline.")
  var policy: String?

  @Option(
    help: "Writes the run as a trace for ui.perfetto.dev and chrome://tracing into this file.")
  var timeline: String?

  @Option(help: "Keeps only every n-th query in the timeline.")
  var timelineEvery = 1

  @Option(help: "Events in the timeline after which nothing new begins; the rest is counted.")
  var timelineLimit: Int?

  func validate() throws {
    if timelineEvery < 1 { throw ValidationError("--timeline-every must be at least 1.") }
    if let timelineLimit, timelineLimit < 1 {
      throw ValidationError("--timeline-limit must be at least 1.")
    }
    if timeline == nil, timelineEvery != 1 || timelineLimit != nil {
      throw ValidationError("--timeline-every and --timeline-limit are for --timeline FILE.")
    }
  }

  func run() async throws {
    let verbosity = scenario.verbosity
    let overrides = scenario.overrides
    let scenario = try scenario.read()
    try CommandScope.run.check(scenario, overrides: overrides)
    let policy = policy ?? scenario.run.baseline
    let experiment = try Experiment(scenario, runningOnly: policy)
    let database = options.db ?? ExperimentOptions.database(scenario)
    if let timeline, URL(filePath: timeline).standardized == URL(filePath: database).standardized {
      throw InputError(
        .usage, at: .init(file: "--timeline \(timeline)"), "this is the database",
        hint: "name another file")
    }
    let observer = try timeline.map { path throws(InputError) in
      try Timeline(
        to: path, of: scenario.cluster, policy: policy,
        options: TimelineOptions(every: timelineEvery, limit: timelineLimit))
    }
    let ended = try await options.perform(experiment, out: nil, verbosity, companion: observer)
    guard let path = timeline, let events = ended as? Timeline else { return }
    try events.check()
    verbosity.note(
      "Timeline: \(path), \(events.count) events"
        + (events.leftOut > 0 ? "; \(events.leftOut) more are left out (--timeline-limit)" : "")
        + ". Open it at ui.perfetto.dev or chrome://tracing.")
  }
}
