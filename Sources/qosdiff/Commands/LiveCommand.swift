import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import LiveServer
import LiveValidation
import Reporting
import Results
import Scenarios
import TextReports

struct LiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live", abstract: "Serves a scenario's queries for real, on this machine's cores.",
    discussion: """
      Queries arrive by the clock; threads run the kernels of every stage on cores of their own, and the same \
      policies decide. Latencies are measured here first, since loads and objectives are told in them. \
      Ctrl-C ends the run and keeps what was served. 'validate --live' compares with the simulation.
      """)

  @OptionGroup var scenario: ScenarioOptions

  @Option(help: "The policy; default: the scenario's baseline.")
  var policy: String?

  @Option(help: "Seconds that serving may take, as the simulation predicts it.")
  var timeLimit = 600.0

  @Option(help: "Seconds for which the stages are timed before the run.")
  var measure = LiveLimits.measureSeconds

  @Option(help: "Folder for the measured profiles; default: they are not kept.")
  var profiles: String?

  @Option(help: "The results database; default: NAME.sqlite in the present folder.")
  var db: String?

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    try LiveLimits.check(measure: measure, timeLimit: timeLimit)
  }

  func run() async throws {
    let interrupt = InterruptFlag(
      kept: "nothing of the present run is in the database", stops: "when the present work is done")
    do { try serve(interrupt) } catch is LiveInterrupted {
      Output.error("Interrupted before anything was served.")
      throw interrupt.exitCode
    }
  }

  private func serve(_ interrupt: InterruptFlag) throws {
    let verbosity = scenario.verbosity
    let written = try scenario.read()
    try CommandScope.live.check(written, overrides: scenario.overrides)
    let name = policy ?? written.run.baseline
    let path = db ?? ExperimentOptions.database(written)
    let session = try LiveSession(
      scenario, measuring: measure, timeLimit: timeLimit, keepingIn: profiles, interrupt
    ) { scenario throws(InputError) in [try Experiment(scenario, runningOnly: name)] }
    verbosity.note(session.summary)
    let experiment = try Experiment(session.scenario, runningOnly: name)
    let seconds = experiment.liveSeconds(policy: 0, limit: timeLimit)
    try LiveLimits.check(seconds, limit: timeLimit, path: written.path)
    LiveLimits.warn(of: experiment, "")
    let store = try ResultStore(creatingAt: path)
    let started = Date.now.formatted(.iso8601)
    let (clock, load) = (ClockWatch(), MachineLoad())
    verbosity.note(
      "live: serving \(name) for \(Int(seconds.rounded(.up))) s")
    let recorder = experiment.serve(policy: 0, replication: 0, on: session.server)
    LiveSession.warn(of: clock, load, session.server, run: name)
    if recorder.usage.completed == 0, session.server.isStopped {
      if let failure = session.server.failure { throw LiveSession.fault(failure) }
      throw LiveInterrupted()
    }
    var results = try LiveResults(
      experiment, started: started, into: store, provenance: ThisProgram.provenance(written))
    try results.take(recorder, policy: 0, isCut: session.server.isStopped)
    try results.finish()
    let summaries = results.analysis().summaries
    let timeBasis = try store.timeBasis(of: results.experiment.id)
    if json {
      Output.result(ComparisonJSON.text(results.experiment, summaries, timeBasis))
    } else {
      Output.result(ComparisonText(results.experiment, summaries).text)
      if let text = TimeBasisText(timeBasis, isLive: true).text { Output.result(text) }
    }
    verbosity.note("Database: \(path).")
    if let failure = session.server.failure { throw LiveSession.fault(failure) }
    if session.server.isStopped {
      Output.error(
        "Interrupted: \(path) keeps the \(recorder.usage.completed) queries that were served.")
      throw interrupt.exitCode
    }
  }
}

/// What a live run may take, and what it should not be asked.
enum LiveLimits {
  /// Of each measurement, where the user says nothing.
  static let measureSeconds = 12.0

  static func check(measure: Double, timeLimit: Double) throws {
    if !(measure >= 0.001 && measure <= 60) || !(timeLimit > 0 && timeLimit <= 1e6) {
      throw ValidationError(
        "--measure is 0.001 to 60 seconds, --time-limit above 0 and at most a million.")
    }
  }

  static func check(_ seconds: Double, limit: Double, path: String) throws(InputError) {
    if seconds <= limit { return }
    throw InputError(
      .badInput, at: .init(file: path),
      String(
        format: "live: serving the queries takes %.0f s, and --time-limit is %.0f s", seconds, limit
      ),
      hint: "shorten the workload, such as with --set workload.duration=20s, or raise the limit")
  }

  static func warn(of experiment: Experiment, _ point: String) {
    guard let load = experiment.offeredLoad, load > 1 else { return }
    Output.error(
      "Warning: \(point.isEmpty ? "" : point + ": ")the load is \(String(format: "%.2f", load)) of what the baseline can "
        + "serve here: its queue grows as long as the run lasts.")
  }
}
