import Sweeps
import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Reporting
import Results
import Scenarios
import TextReports

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compares policies at every combination of values; goes on where it was interrupted.")

  @OptionGroup var scenario: ScenarioOptions

  @Option(
    help: "A value of the scenario and what it takes: workload.load=0.5,0.8; may be repeated.")
  var axis: [String] = []

  @Option(help: "A CSV file of points instead: paths in its header, values in its rows.")
  var list: String?

  @OptionGroup var repetitions: ReplicationOptions

  @Option(help: "The results database; default: NAME.sqlite in the present folder.")
  var db: String?

  @OptionGroup var database: DatabaseOptions

  @Option(help: "Points at a time; default: one a core, or what Slurm allows.")
  var jobs: Int?

  @Option(help: "Where points run: local (this machine) or slurm (job arrays).")
  var engine = Engine.local

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: "An option for sbatch, such as --sbatch --time=10:00; may be repeated.")
  var sbatchOptions: [String] = []

  @Option(help: "Times that Slurm is given a point before it counts as failed; default: 3.")
  var attempts: Int?

  @Option(help: "Folder for CSV files.")
  var out: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @Flag(help: "Goes on with a sweep that was begun: the database must be there.")
  var resume = false

  @Flag(help: "Runs more than 1000 points without asking.")
  var yes = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if let attempts, attempts < 1 { throw ValidationError("--attempts must be at least 1.") }
    if engine == .local, !sbatchOptions.isEmpty {
      throw ValidationError("--sbatch is for --engine slurm.")
    }
    if engine == .local, attempts != nil {
      throw ValidationError("--attempts is for --engine slurm.")
    }
    if axis.isEmpty == (list == nil) {
      throw ValidationError("A sweep takes --axis PATH=V1,V2,... or --list FILE.")
    }
  }

  private var verbosity: Verbosity { scenario.verbosity }

  func run() async throws {
    let points = try SweepPoints(
      axes: axis, list: list, taken: taken,
      set: scenario.overrides.map { String($0.prefix { $0 != "=" }) }, allowsMany: yes
    ).points
    var scenarios: [(overrides: [String], scenario: Scenario)] = []
    for point in points { scenarios.append((point.overrides, try read(point))) }
    guard let first = scenarios.first?.scenario else { return }
    try CommandScope.sweep.check(first, overrides: scenario.overrides)
    let path = db ?? ExperimentOptions.database(first)
    if let out { try ReportFolder.make(out) }
    if resume, !FileManager.default.fileExists(atPath: path) {
      throw InputError(
        .missingInput, at: .init(file: path), "there is no sweep to go on with",
        hint: "name its database with --db, or leave --resume away to begin one")
    }
    let store = try database.open(path)
    let plan = SweepPlan(
      scenarios, policies: try repetitions.names(), baseline: repetitions.baseline,
      replications: repetitions.replications)
    let clock = ContinuousClock()
    let start = clock.now
    var line = Progress("points", verbosity)
    func progress(_ done: Int, _ all: Int) { line.show(done, of: all) }
    let outcome: SweepRunner.Outcome
    switch engine {
    case .local:
      let interrupt = InterruptFlag()
      outcome = try await SweepRunner(
        plan, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
        isInterrupted: interrupt.isRaised
      ).run(
        into: store, provenance: ThisProgram.provenance(first), progress: progress)
      if outcome.open > 0 {
        Output.error(
          "Interrupted: \(outcome.points.count) points are in the database, \(outcome.open) are not whole; "
            + "their finished runs are kept. The same command goes on.")
        throw interrupt.exitCode
      }
    case .slurm:
      outcome = try await slurm(plan, into: store, progress: progress)
    }
    ThisProgram.tell(outcome.replaced, in: path)
    let results = outcome.points
    let comparisons = results.map { ($0.experiment, $0.summaries) }
    if !results.isEmpty {
      let timeBasis = try store.timeBasis(of: results.map(\.experiment))
      let parts = [SweepText(comparisons).text, TimeBasisText(timeBasis.all).text]
      Output.result(
        json
          ? ComparisonJSON.text(comparisons, [], timeBasis.byExperiment)
          : parts.compactMap(\.self).joined(separator: "\n\n"))
    }
    for same in outcome.sameness {
      Output.error(
        same.isComplete
          ? "Note: the axis \(same.path) has no effect: all of its values gave the same figures."
          : "Note: of the axis \(same.path) these values gave the same figures: "
            + "\(same.values.joined(separator: ", ")).")
    }
    if let out, !results.isEmpty {
      let files = try CSVReport(store).write(
        to: out, experiments: Set(results.map(\.experiment.id)))
      verbosity.note("CSV: \(files.joined(separator: ", "))")
      ExperimentOptions.warnOfEarlier(in: out, written: files)
    }
    let stored = results.count { $0.wasKnown }
    verbosity.note(
      "Database: \(path). \(results.count) points"
        + (stored > 0 ? ", \(stored) of them there already" : "")
        + ", in \((clock.now - start).components.seconds) s.")
    let failures = outcome.failures.map { failure in
      Diagnostic(
        failure.error.diagnostics[0].category, at: points[failure.index].origin,
        failure.error.diagnostics[0].what, hint: failure.error.diagnostics[0].hint)
    }
    if !failures.isEmpty { throw InputError(failures) }
  }

  private func slurm(
    _ plan: SweepPlan, into store: ResultStore, progress: (Int, Int) -> Void
  ) async throws -> SweepRunner.Outcome {
    // The links that lead here may lead elsewhere by the time a task starts.
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    var limits = ArrayLimits()
    limits.attempts = attempts ?? limits.attempts
    let interrupt = InterruptFlag()
    let outcome = try await ArraySweep(
      plan, on: SlurmQueue(program: program, options: sbatchOptions, maximumTasks: jobs),
      limits: limits,
      program: ThisProgram.identity
    ).run(into: store, isInterrupted: interrupt.isRaised, progress: progress)
    if outcome.resubmitted > 0 {
      Output.error("\(outcome.resubmitted) tasks ended without a result and were submitted again.")
    }
    guard outcome.open == 0 else {
      Output.error(
        "Interrupted: \(outcome.points.count) points are in the database, \(outcome.open) are not. "
          + "The same command goes on; tasks still queued stay so"
          + (outcome.arrays.isEmpty
            ? "." : " ('scancel --name=\(outcome.arrays.joined(separator: ","))' ends them)."))
      throw interrupt.exitCode
    }
    return SweepRunner.Outcome(
      points: outcome.points, failures: outcome.failures, replaced: outcome.replaced)
  }

  /// Paths that other options set at every point.
  private var taken: [String: String] {
    var taken: [String: String] = [:]
    if scenario.seed != nil { taken["run.seed"] = "--seed" }
    if repetitions.replications != nil { taken["run.replications"] = "--replications" }
    if repetitions.baseline != nil { taken["run.baseline"] = "--baseline" }
    if repetitions.precision != nil { taken["run.precision"] = "--precision" }
    if repetitions.maximumReplications != nil {
      taken["run.most_replications"] = "--most-replications"
    }
    return taken
  }

  /// The scenario at a point; a fault of an axis is told as one of the point.
  private func read(_ point: SweepPoints.Point) throws(InputError) -> Scenario {
    do { return try repetitions.read(scenario, setting: point.overrides) } catch {
      throw InputError(
        error.diagnostics.map { diagnostic in
          guard let file = diagnostic.location?.file,
            let override = point.overrides.first(where: { "--set \($0)" == file })
          else { return diagnostic }
          var diagnostic = diagnostic
          diagnostic.location = list == nil ? .init(file: "--axis \(override)") : point.origin
          return diagnostic
        })
    }
  }
}

extension SweepCommand {
  /// What runs the points.
  enum Engine: String, CaseIterable, ExpressibleByArgument {
    case local, slurm
  }
}
