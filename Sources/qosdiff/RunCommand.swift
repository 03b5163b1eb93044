import ArgumentParser
import Experiments
import Scenarios

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Simulates one policy once.")

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var options: ExperimentOptions

  @Option(help: "The policy; default: the scenario's baseline.")
  var policy: String?

  func run() async throws {
    let scenario = try scenario.read()
    let policy = policy ?? scenario.run.baseline
    let experiment = try Experiment(
      scenario, policies: [policy], baseline: policy, replications: 1)
    try await options.perform(experiment, out: nil)
  }
}
