import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Scenarios

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks scenarios with all they name, without simulating.")

  @Argument(help: "Scenario files.")
  var scenarios: [String]

  func run() throws {
    var faults: [Diagnostic] = []
    for path in scenarios {
      do {
        let experiment = try Experiment(ScenarioOptions.reader().read(path: path))
        let policies = experiment.policies.map(\.name).joined(separator: ", ")
        Output.result("\(path): ok (policies: \(policies))")
      } catch {
        faults += error.diagnostics
      }
    }
    if !faults.isEmpty { throw InputError(faults) }
  }
}
