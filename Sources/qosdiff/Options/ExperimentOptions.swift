import Sweeps
import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Reporting
import Results
import Scenarios
import TextReports

/// What becomes of results that a database holds.
struct DatabaseOptions: ParsableArguments {
  @Flag(
    help: """
      Keeps the results of another program that are replaced, in a database of their own in the same folder.
      """)
  var keepOld = false

  /// Opens a database for writing.
  func open(_ path: String) throws(InputError) -> ResultStore {
    var store = try ResultStore(creatingAt: path)
    store.keepsReplaced = keepOld
    return store
  }
}

/// Options of commands that simulate.
struct ExperimentOptions: ParsableArguments {
  @Option(help: "The results database; default: NAME.sqlite in the present folder.")
  var db: String?

  @Option(help: "Runs at a time; default: one a core.")
  var jobs: Int?

  var runsAtATime: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }

  @Flag(help: "Stores no row for each query: there is no queries.csv then.")
  var noQueries = false

  @OptionGroup var database: DatabaseOptions

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
  }

  /// Runs an experiment into the database and prints its results; `companion` is told of the first run and
  /// comes back.
  @discardableResult
  func perform(
    _ experiment: Experiment, out: String?, _ verbosity: Verbosity,
    companion: (any Observer)? = nil
  ) async throws -> (any Observer)? {
    let path = db ?? Self.database(experiment.scenario)
    if let out { try ReportFolder.make(out) }
    let store = try database.open(path)
    let start = ContinuousClock.now
    var progress = Progress("runs", verbosity)
    let outcome = try await Self.interruptible(path) { interrupt in
      try await ExperimentRunner(
        experiment, jobs: runsAtATime, keepsQueries: !noQueries, companion: companion,
        isInterrupted: interrupt.isRaised
      ).run(
        into: store,
        provenance: ThisProgram.provenance(experiment.scenario),
        finalProvenance: { [("elapsed_s", "\(Self.seconds(since: start))")] },
        warn: { Output.error("Warning: \($0)") },
        progress: { progress.show($0, of: $1) })
    }
    ThisProgram.tell(outcome.replaced, in: path)
    let timeBasis = try store.timeBasis(of: outcome.experiment.id)
    if json {
      Output.result(ComparisonJSON.text(outcome.experiment, outcome.summaries, timeBasis))
    } else {
      Output.result(ComparisonText(outcome.experiment, outcome.summaries).text)
      let bottlenecks = outcome.bottlenecks.map { "\($0.policy) = \($0.bottleneck)" }
      Output.result(
        LineWrap.wrapped("Bottleneck: \(bottlenecks.joined(separator: "; "))."))
      if outcome.extrapolatedBatches > 0 {
        Output.result(
          "\(outcome.extrapolatedBatches) batches took times extrapolated beyond their profile.")
      }
      if let text = TimeBasisText(timeBasis).text { Output.result(text) }
    }
    if let out {
      let files = try CSVReport(store).write(to: out, experiments: [outcome.experiment.id])
      verbosity.note("CSV: \(files.joined(separator: ", "))")
      Self.warnOfEarlier(in: out, written: files)
    }
    verbosity.note(
      Self.closing(path, events: outcome.events, known: outcome.knownRuns, since: start))
    return outcome.companion
  }

  /// Runs a grid of experiments into the database and prints what it shows. No per-query rows: a grid
  /// has too many.
  func perform(
    _ grid: ExperimentGrid, out: String?, _ verbosity: Verbosity,
    runner: (_ isInterrupted: @escaping @Sendable () -> Bool) throws -> GridRunner
  ) async throws {
    let path = db ?? Self.database(grid.scenario)
    if let out { try ReportFolder.make(out) }
    let store = try database.open(path)
    let start = ContinuousClock.now
    var progress = Progress("points", verbosity)
    let outcome = try await Self.interruptible(path) { interrupt in
      try await runner(interrupt.isRaised).run(
        into: store, provenance: ThisProgram.provenance(grid.scenario)
      ) { point, done, all in
        progress.show(done, of: all, point)
      }
    }
    ThisProgram.tell(outcome.replaced, in: path)
    let comparisons = outcome.comparisons.map { ($0.experiment, $0.summaries) }
    var parts = [GridText(comparisons).text, GridText.claims(outcome.claims)]
    if let table = grid.scenario.latents?.table, !grid.plan.controls.isEmpty {
      parts.append(
        GridText.controls(
          outcome.controlEvidence,
          title: "Controls under load, at the policy's own mean number of evaluations:"))
      parts.append(ControlsText.offline(table, evaluations: ControlsText.evaluations))
    }
    let timeBasis = try store.timeBasis(of: outcome.comparisons.map(\.experiment))
    if let line = TimeBasisText(timeBasis.all).text { parts.append(line) }
    let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    Output.result(
      json ? ComparisonJSON.text(comparisons, outcome.claims, timeBasis.byExperiment) : text)
    if let out {
      try Self.write(text + "\n", to: "\(out)/comparison.txt")
      let ids = (outcome.comparisons + outcome.controls).map(\.experiment.id)
      let files = try CSVReport(store).write(to: out, experiments: Set(ids))
      verbosity.note("CSV: \(files.joined(separator: ", "))")
      Self.warnOfEarlier(in: out, written: files)
    }
    let known = (outcome.comparisons + outcome.controls).reduce(0) { $0 + $1.knownRuns }
    verbosity.note(Self.closing(path, events: outcome.events, known: known, since: start))
  }

  /// Does work that a signal may stop between two runs, and says then what is kept.
  static func interruptible<Result>(
    _ database: String, _ work: (InterruptFlag) async throws -> Result
  ) async throws -> Result {
    let interrupt = InterruptFlag()
    do {
      return try await work(interrupt)
    } catch let error as Interrupted {
      Output.error(
        "Interrupted: \(database) keeps \(error.runs) of the present comparison's \(error.all) runs, and all that was "
          + "complete. The same command goes on.")
      throw interrupt.exitCode
    }
  }

  /// CSV files alone are new: the rest of a report there is of something else, and so are CSV files that these results
  /// have no rows for.
  static func warnOfEarlier(in folder: String, written files: [String]) {
    let left = CSVReport.names.map { "\(folder)/\($0)" }.filter {
      !files.contains($0) && FileManager.default.fileExists(atPath: $0)
    }
    if !left.isEmpty {
      Output.error(
        "Warning: \(left.joined(separator: ", ")): left from earlier results, and none of these.")
    }
    guard FileManager.default.fileExists(atPath: "\(folder)/manifest.json") else { return }
    Output.error(
      "Warning: of the report in \(folder) only the CSV files are new; 'qosdiff report' renews the rest."
    )
  }

  private static func write(_ text: String, to path: String) throws(InputError) {
    do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path), "the file cannot be written",
        hint: "see to space and permissions")
    }
  }

  /// Named after the scenario, with letters and digits of any script; nothing that a shell or a program takes for an option.
  static func database(_ scenario: Scenario) -> String {
    let name = scenario.name.replacing(/[^\p{L}\p{M}\p{N}._-]+/, with: "-").drop {
      "-.".contains($0)
    }
    return (name.isEmpty ? "results" : String(name.prefix(60))) + ".sqlite"
  }

  private static func closing(
    _ path: String, events: Int, known: Int, since start: ContinuousClock.Instant
  ) -> String {
    let elapsed = seconds(since: start)
    let rate = Double(events) / max(elapsed, 1e-9)
    return "Database: \(path). "
      + (known > 0 ? "\(known) runs were there already. " : "")
      + "\(events) events in " + String(format: "%.2f s (%.2g a second).", elapsed, rate)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
