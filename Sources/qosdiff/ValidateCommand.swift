import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Scenarios

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks scenarios with all they name, or the simulation against queueing theory.",
    discussion: """
      Without --oracles it simulates nothing. With it, it simulates scenarios that say what theory knows of \
      them ('oracles:'; by default those in Scenarios/oracles) and holds each value against its \
      confidence interval; the exit code is 1 where one is missed.
      """)

  @Argument(help: "Scenario files; with --oracles also folders of them.")
  var scenarios: [String] = []

  @Flag(help: "Simulates, and compares with what theory says.")
  var oracles = false

  @Option(help: "Runs at a time, for --oracles; default: as many as the machine has cores.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "File for the table of --oracles as CSV.")
  var out: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if !oracles, scenarios.isEmpty {
      throw ValidationError("Name scenario files, or give --oracles.")
    }
    if !oracles, out != nil { throw ValidationError("--out is for --oracles.") }
  }

  func run() async throws {
    if oracles { try await checkOracles() } else { try checkFiles() }
  }

  private func checkOracles() async throws {
    let reader = ScenarioOptions.reader(verbosity)
    var list: [Scenario] = []
    for path in try OracleFiles.find(scenarios) { list.append(try reader.read(path: path)) }
    var progress = Progress("runs", verbosity)
    let check = try await OracleCheck.run(list, jobs: jobs) { done, all in
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
