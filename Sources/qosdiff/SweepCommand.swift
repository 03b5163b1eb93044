import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Reporting
import Results
import Scenarios

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

  @Option(help: "Points at a time; default: one a core, or what Slurm allows.")
  var jobs: Int?

  @Option(help: "Where points run: local (this machine) or slurm (job arrays).")
  var engine = Engine.local

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: "An option for sbatch, such as --sbatch --time=10:00; may be repeated.")
  var sbatchOptions: [String] = []

  @Option(help: "Times that Slurm is given a point before it counts as failed.")
  var attempts = 3

  @Option(help: "Folder for CSV files.")
  var out: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @Flag(help: "Goes on with a sweep that was begun: the database must be there.")
  var resume = false

  @Flag(help: "Runs more than 1000 points without asking.")
  var yes = false

  /// More points than this need `--yes`.
  private static let manyPoints = 1000

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if attempts < 1 { throw ValidationError("--attempts must be at least 1.") }
    if engine == .local, !sbatchOptions.isEmpty {
      throw ValidationError("--sbatch is for --engine slurm.")
    }
    if axis.isEmpty == (list == nil) {
      throw ValidationError("A sweep takes --axis PATH=V1,V2,... or --list FILE.")
    }
  }

  func run() async throws {
    let overrides = try points()
    var scenarios: [(overrides: [String], scenario: Scenario)] = []
    for point in overrides { scenarios.append((point, try read(point))) }
    guard let first = scenarios.first?.scenario else { return }
    let path = db ?? ExperimentOptions.database(first)
    if let out { try CSVReport.makeFolder(out) }
    if resume, !FileManager.default.fileExists(atPath: path) {
      throw InputError(
        .missingInput, at: .init(file: path), "there is no sweep to go on with",
        hint: "name its database with --db, or leave --resume away to begin one")
    }
    let store = try ResultStore(creatingAt: path)
    let plan = SweepPlan(
      scenarios, policies: repetitions.names, baseline: repetitions.baseline,
      replications: repetitions.replications)
    let clock = ContinuousClock()
    let start = clock.now
    var known: Int?
    func progress(_ done: Int, _ all: Int) {
      let before = known ?? done
      known = before
      let left = done > before ? (clock.now - start) / (done - before) * (all - done) : nil
      Output.progress(done < all ? Self.bar(done, all, left) : "")
    }
    let results: [SweepPoint]
    switch engine {
    case .local:
      results = try await SweepRunner(
        plan, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount
      ).run(
        into: store, provenance: ExperimentOptions.provenance(first), progress: progress)
    case .slurm:
      results = try await slurm(plan, into: store, progress: progress)
    }
    var text = SweepText()
    for point in results { text.add(point.overrides, point.summaries) }
    Output.result(
      json
        ? ComparisonJSON.text(results.map { ($0.experiment, $0.summaries) }, []) : text.text)
    if let out {
      let files = try CSVReport(store).write(
        to: out, experiments: Set(results.map(\.experiment.id)))
      Output.error("CSV: \(files.joined(separator: ", "))")
    }
    let stored = results.count { $0.wasKnown }
    Output.error(
      "Database: \(path). \(results.count) points"
        + (stored > 0 ? ", \(stored) of them there already" : "")
        + ", in \((clock.now - start).components.seconds) s.")
  }

  private func slurm(
    _ plan: SweepPlan, into store: ResultStore, progress: (Int, Int) -> Void
  ) async throws -> [SweepPoint] {
    // The links that lead here may lead elsewhere by the time a task starts.
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    var limits = ArrayLimits()
    limits.attempts = attempts
    let interrupt = InterruptFlag()
    let outcome = try await ArraySweep(
      plan, on: SlurmQueue(program: program, options: sbatchOptions, most: jobs), limits: limits
    ).run(into: store, isInterrupted: { interrupt.isRaised }, progress: progress)
    Output.progress("")
    if outcome.resubmitted > 0 {
      Output.error("\(outcome.resubmitted) tasks ended without a result and were submitted again.")
    }
    guard outcome.open == 0 else {
      Output.error(
        "Interrupted: \(outcome.points.count) points are in the database, \(outcome.open) are not. "
          + "The same command goes on; tasks still queued stay so"
          + (outcome.arrays.isEmpty
            ? "." : " ('scancel --name=\(outcome.arrays.joined(separator: ","))' ends them)."))
      throw ExitCode(130)
    }
    return outcome.points
  }

  /// A bar of 30 signs, the count, and the time left where it can be told.
  private static func bar(_ done: Int, _ all: Int, _ left: Duration?) -> String {
    let full = done * 30 / max(all, 1)
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 30 - full)
    return "[\(bar)] \(done) of \(all) points"
      + (left.map { ", \($0.components.seconds) s left" } ?? "")
  }

  /// The scenario at a point; a fault of an axis is told as one of `--axis`.
  private func read(_ point: [String]) throws(InputError) -> Scenario {
    do { return try scenario.read(setting: repetitions.overrides + point) } catch {
      throw InputError(
        error.diagnostics.map { diagnostic in
          var diagnostic = diagnostic
          if let file = diagnostic.location?.file, point.contains(where: { "--set \($0)" == file })
          {
            diagnostic.location?.file = (list ?? "--axis") + file.dropFirst("--set".count)
          }
          return diagnostic
        })
    }
  }

  private func points() throws(InputError) -> [[String]] {
    if let list { return try SweepList.points(of: list) }
    var axes: [SweepAxis] = []
    for text in axis { axes.append(try SweepAxis(text)) }
    let count = SweepAxis.count(axes)
    if count.map({ $0 > Self.manyPoints }) ?? true, !yes {
      throw InputError(
        .usage, at: nil,
        "the grid has \(count.map { "\($0)" } ?? "too many") points, more than \(Self.manyPoints)",
        hint: "add --yes to run them all")
    }
    guard count != nil else { throw InputError(.usage, at: nil, "the grid is beyond counting") }
    return SweepAxis.grid(axes)
  }
}

extension SweepCommand {
  /// What runs the points.
  enum Engine: String, CaseIterable, ExpressibleByArgument {
    case local, slurm
  }
}
