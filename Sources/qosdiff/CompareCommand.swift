import ArgumentParser
import Diagnostics
import Experiments
import Reporting
import Results
import Scenarios

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

  func run() async throws {
    if ResultStore.isDatabase(scenario.scenario) {
      if options.db != nil || !scenario.overrides.isEmpty || scenario.seed != nil {
        throw InputError(
          .usage, at: .init(file: scenario.scenario),
          "a database is compared as it is: --db, --set and --seed are for a scenario",
          hint: "name the scenario, with --stored --db \(scenario.scenario)")
      }
      let store = try ResultStore(readingFrom: scenario.scenario)
      try print(
        StoredComparison.all(
          in: store, policies: repetitions.names, baseline: repetitions.baseline))
      return
    }
    let scenario = try scenario.read(setting: repetitions.overrides)
    if let grid = ExperimentGrid(scenario), !stored {
      let runner = GridRunner(
        grid, policies: repetitions.names, baseline: repetitions.baseline,
        replications: repetitions.replications, jobs: options.jobs)
      try await options.perform(runner, of: grid, out: out)
      return
    }
    let experiment = try Experiment(
      scenario, policies: repetitions.names, baseline: repetitions.baseline,
      replications: repetitions.replications)
    guard stored else {
      try await options.perform(experiment, out: out)
      return
    }
    let path = options.db ?? ExperimentOptions.database(scenario)
    let comparison = try StoredComparison(of: experiment, in: ResultStore(readingFrom: path))
    try print([comparison])
  }

  private func print(_ comparisons: [StoredComparison]) throws {
    for comparison in comparisons {
      if let missing = comparison.missing {
        Output.error("Missing in \(comparison.experiment.name): \(missing).")
      }
    }
    let results = comparisons.map { ($0.experiment, $0.summaries) }
    if options.json {
      Output.result(
        results.count == 1
          ? ComparisonJSON.text(results[0].0, results[0].1) : ComparisonJSON.text(results, []))
    } else {
      Output.result(results.map { ComparisonText($0, $1).text }.joined(separator: "\n\n\n"))
    }
    if let out {
      Output.error("CSV: \(try CSVReport.writeSummary(of: results, to: out))")
    }
  }
}
