import Sweeps
import Analysis
import ArgumentParser
import Diagnostics
import Experiments
import Reporting
import Results
import Scenarios
import TextReports

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Simulates several policies under common random numbers and compares them.",
    discussion: """
      Given a database instead of a scenario, or a scenario with --stored, it simulates nothing: it
      compares the runs that are there, of interrupted comparisons too, and says which are missing.
      """)

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var options: ExperimentOptions
  @OptionGroup var repetitions: ReplicationOptions

  @Option(help: "Folder for CSV files.")
  var out: String?

  @Flag(help: "Simulates nothing: compares the runs of this scenario that the database holds.")
  var stored = false

  private var verbosity: Verbosity { scenario.verbosity }

  /// An option given that is for simulating; nil where there is none.
  private var simulates: String? {
    options.jobs != nil
      ? "--jobs"
      : options.noQueries ? "--no-queries" : options.database.keepOld ? "--keep-old" : nil
  }

  func run() async throws {
    if ResultStore.isDatabase(scenario.scenario) {
      try compareStored(scenario.scenario)
      return
    }
    if stored, let option = simulates ?? repetitions.overrides.first.map({ _ in "--precision" }) {
      throw InputError(
        .usage, at: .init(file: option),
        "this has no effect with --stored, which simulates nothing",
        hint: "leave one of the two away")
    }
    let scenario = try repetitions.read(scenario)
    let path = options.db ?? ExperimentOptions.database(scenario)
    if let grid = ExperimentGrid(scenario) {
      try grid.check()
      CommandScope.tell(grid.idleSettings(policies: try repetitions.names()))
      if stored {
        try compareStored(grid, in: ResultStore(readingFrom: path))
      } else {
        let names = try repetitions.names()
        try await options.perform(grid, out: out, verbosity) { isInterrupted in
          GridRunner(
            grid, policies: names, baseline: repetitions.baseline,
            replications: repetitions.replications, jobs: options.runsAtATime,
            isInterrupted: isInterrupted)
        }
      }
      return
    }
    let experiment = try experiment(scenario)
    if stored {
      let comparison = try StoredComparison(
        of: experiment.stored(), in: ResultStore(readingFrom: path), madeBy: ThisProgram.identity)
      try print([comparison])
    } else {
      try await options.perform(experiment, out: out, verbosity)
    }
  }

  private func experiment(
    _ scenario: Scenario, at point: ExperimentPoint? = nil
  ) throws -> Experiment {
    try Experiment(
      scenario, at: point, policies: repetitions.names(), baseline: repetitions.baseline,
      replications: repetitions.replications)
  }

  /// All that a database holds.
  private func compareStored(_ path: String) throws {
    if options.db != nil || !scenario.overrides.isEmpty || scenario.seed != nil
      || !repetitions.overrides.isEmpty || stored || simulates != nil
    {
      throw InputError(
        .usage, at: .init(file: path),
        "a database is compared as it is: --db, --set, --seed, --precision and the options of a simulation are for a scenario",
        hint: "name the scenario, with --stored --db \(path)")
    }
    let store = try ResultStore(readingFrom: path)
    ThisProgram.warn(of: try store.storedRuns().map { $0.experiments[0] }, in: path)
    try print(
      StoredComparison.all(
        in: store, policies: repetitions.names(), baseline: repetitions.baseline,
        replications: repetitions.replications))
  }

  /// What a database holds of a grid's points; those without any run are missing.
  private func compareStored(_ grid: ExperimentGrid, in store: ResultStore) throws {
    var comparisons: [StoredComparison] = []
    var missing: InputError?
    for point in grid.points {
      do {
        comparisons.append(
          try StoredComparison(
            of: experiment(grid.scenario(at: point), at: point).stored(), in: store,
            madeBy: ThisProgram.identity))
      } catch let error as InputError where error.exitCode == 66 {
        Output.error(
          "Missing: \(point.workload), load \(point.load), SLO scale \(point.sloScale): "
            + "\(error.diagnostics[0].what).")
        missing = error
      }
    }
    if comparisons.isEmpty, let missing { throw missing }
    try print(comparisons)
  }

  private func print(_ comparisons: [StoredComparison]) throws {
    for comparison in comparisons {
      guard let missing = comparison.missing else { continue }
      let experiment = comparison.experiment
      Output.error("Missing in \(experiment.place): \(missing).")
    }
    let results = comparisons.map { ($0.experiment, $0.summaries) }
    var timeBasis = TimeBases()
    for comparison in comparisons {
      timeBasis.add(comparison.timeBasis, of: comparison.experiment.id)
    }
    if options.json {
      Output.result(
        results.count == 1
          ? ComparisonJSON.text(results[0].0, results[0].1, timeBasis.all)
          : ComparisonJSON.text(results, [], timeBasis.byExperiment))
    } else if results.allSatisfy({ $0.0.point != nil }) {
      let line = TimeBasisText(timeBasis.all).text
      Output.result(
        ([GridText(results).text] + [line].compactMap(\.self)).joined(separator: "\n\n"))
    } else {
      let texts = comparisons.map { comparison in
        let line = TimeBasisText(
          comparison.timeBasis, isLive: comparison.experiment.execution == .live
        ).text
        let text = ComparisonText(comparison.experiment, comparison.summaries).text
        return ([text] + [line].compactMap(\.self)).joined(separator: "\n")
      }
      Output.result(texts.joined(separator: "\n\n\n"))
    }
    if let out {
      let file = try CSVReport.writeSummary(of: results, to: out)
      verbosity.note("CSV: \(file)")
      ExperimentOptions.warnOfEarlier(in: out, written: [file])
    }
  }
}
