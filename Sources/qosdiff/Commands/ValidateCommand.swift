import Sweeps
import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Reporting
import Scenarios
import TextReports

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks scenarios with all they name, or the simulation against theory or reality.",
    discussion: """
      Without --oracles and --live it simulates nothing. With --oracles, it simulates scenarios that say what theory knows of \
      them ('oracles:'; by default those in Scenarios/oracles) and holds each value against its \
      confidence interval; the exit code is 1 where one is missed. With --live it measures this machine, serves the \
      scenario's queries for real on its cores, simulates the same, and holds the figures side by side: of the \
      scenario's experiment the first workload at each load, and each other one at its own. The exit code is 1 where \
      an aim is missed by more than live runs differ among themselves.
      """)

  @Argument(help: "Scenario files; with --oracles also folders of them.")
  var scenarios: [String] = []

  @Flag(help: "Simulates, and compares with what theory says.")
  var oracles = false

  @Flag(help: "Simulates and serves for real on this machine, and compares the two.")
  var live = false

  @OptionGroup var liveOptions: LiveValidationOptions

  @Option(help: "Runs at a time, for --oracles; default: as many as the machine has cores.")
  var jobs: Int?

  @Option(
    help: "File for the table of --oracles as CSV; for --live a folder: table, figure, profiles.")
  var out: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if oracles, live { throw ValidationError("Give one of --oracles and --live.") }
    if !oracles, scenarios.isEmpty {
      throw ValidationError("Name scenario files, or give --oracles.")
    }
    if live, scenarios.count != 1 { throw ValidationError("--live is for one scenario.") }
    if !live, liveOptions.areGiven {
      throw ValidationError(
        "--set, --seed, --policies, --repeats, --measure and --time-limit are for --live.")
    }
    if !oracles, jobs != nil { throw ValidationError("--jobs is for --oracles.") }
    if !oracles, !live, out != nil {
      throw ValidationError("--out is for --oracles and --live.")
    }
  }

  func run() async throws {
    if live {
      try liveOptions.run(scenarios[0], out: out, json: json, verbosity)
    } else if oracles {
      try await checkOracles()
    } else {
      try checkFiles()
    }
  }

  private func checkOracles() async throws {
    let reader = ScenarioOptions.reader(verbosity)
    var list: [Scenario] = []
    for path in try OracleFiles.find(scenarios) { list.append(try reader.read(path: path)) }
    var progress = Progress("runs", verbosity)
    let check = try await OracleCheck.run(
      list, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount
    ) { done, all in
      progress.show(done, of: all)
    }
    let text = OracleText(check: check)
    if json {
      Output.json(text.listing)
    } else {
      text.lines.forEach { Output.result($0) }
    }
    if let out { try write(text.csv, to: out) }
    if !check.holds { throw ExitCode(1) }
  }

  private func write(_ csv: String, to path: String) throws(InputError) {
    do { try csv.write(toFile: path, atomically: true, encoding: .utf8) } catch {
      throw InputError(
        .cannotCreate, at: .init(file: path), "the table cannot be written",
        hint: "name a file in a folder that can be written, with --out FILE")
    }
  }

  private struct Verdict: Encodable {
    let scenario: String
    let is_valid: Bool
    let policies: [String]
    let errors: [String]
  }

  private func checkFiles() throws {
    var verdicts: [Verdict] = []
    var faults: [Diagnostic] = []
    for path in scenarios {
      do {
        let scenario = try ScenarioOptions.reader(verbosity).read(path: path)
        let experiment = try Experiment(scenario)
        try ExperimentGrid(scenario)?.check()
        try OracleCheck.check(scenario, experiment)
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
