import ArgumentParser
import Experiments

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Simulates several policies under common random numbers and compares them.")

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var options: ExperimentOptions

  @Option(help: "Policies to compare, by comma; default: all of the scenario.")
  var policies: String?

  @Option(help: "The policy that others are compared with; default: the scenario's.")
  var baseline: String?

  @Option(help: "Independent runs a policy; default: the scenario's.")
  var replications: Int?

  @Option(help: "Folder for CSV files.")
  var out: String?

  func validate() throws {
    if let policies, policies.split(separator: ",").isEmpty {
      throw ValidationError("--policies must name at least one policy.")
    }
    if let replications, replications < 1 {
      throw ValidationError("--replications must be at least 1.")
    }
  }

  func run() async throws {
    let scenario = try scenario.read()
    let names = policies?.split(separator: ",").map(String.init)
    if let grid = ExperimentGrid(scenario) {
      let runner = GridRunner(
        grid, policies: names, baseline: baseline, replications: replications, jobs: options.jobs)
      try await options.perform(runner, of: grid, out: out)
      return
    }
    let experiment = try Experiment(
      scenario, policies: names, baseline: baseline, replications: replications)
    try await options.perform(experiment, out: out)
  }
}
