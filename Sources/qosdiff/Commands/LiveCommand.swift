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
    try Self.check(measure: measure, timeLimit: timeLimit)
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
    let session = try scenario.liveSession(
      measuring: measure, timeLimit: timeLimit, keepingIn: profiles, interrupt
    ) { scenario throws(InputError) in [try Experiment(scenario, runningOnly: name)] }
    verbosity.note(session.measurement.summary)
    let experiment = try Experiment(session.scenario, runningOnly: name)
    let seconds = experiment.liveSeconds(policy: 0, limit: timeLimit)
    try LiveLimits.check(seconds, limit: timeLimit, path: written.path)
    LiveLimits.warn(of: experiment, "", LiveDisplay(verbosity))
    let store = try ResultStore(creatingAt: path)
    let started = Date.now.formatted(.iso8601)
    let (clock, load) = (ClockWatch(), MachineLoad())
    verbosity.note(
      "live: serving \(name) for \(Int(seconds.rounded(.up))) s")
    let recorder = experiment.serve(policy: 0, replication: 0, on: session.server)
    session.warn(of: clock, load, run: name)
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

  static func check(measure: Double, timeLimit: Double) throws {
    if !(measure >= 0.001 && measure <= 60) || !(timeLimit > 0 && timeLimit <= 1e6) {
      throw ValidationError(
        "--measure is 0.001 to 60 seconds, --time-limit above 0 and at most a million.")
    }
  }
}
