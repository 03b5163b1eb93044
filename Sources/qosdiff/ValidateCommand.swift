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

  @Flag(help: "Prints JSON.")
  var json = false

  @OptionGroup var verbosity: Verbosity

  private struct Verdict: Encodable {
    let scenario: String
    let is_valid: Bool
    let policies: [String]
    let errors: [String]
  }

  func run() throws {
    var verdicts: [Verdict] = []
    var faults: [Diagnostic] = []
    for path in scenarios {
      do {
        let experiment = try Experiment(ScenarioOptions.reader(verbosity).read(path: path))
        let policies = experiment.policies.map(\.name)
        verdicts.append(Verdict(scenario: path, is_valid: true, policies: policies, errors: []))
        if !json {
          Output.result("\(path): ok (policies: \(policies.joined(separator: ", ")))")
        }
      } catch {
        faults += error.diagnostics
        verdicts.append(
          Verdict(
            scenario: path, is_valid: false, policies: [],
            errors: error.diagnostics.map(\.description)))
      }
    }
    if json { Output.json(verdicts) }
    if !faults.isEmpty { throw InputError(faults) }
  }
}
