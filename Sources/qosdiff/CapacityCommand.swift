import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Reporting
import Scenarios

struct CapacityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity",
    abstract: "Finds the highest load at which each policy still keeps an SLO attainment.",
    discussion: """
      Looks at a grid of loads, since attainment need not fall as load rises, then halves the interval
      above the highest load that holds. Each load takes 5 replications or more, until their 95 %
      interval lies on one side of the target.
      """)

  @OptionGroup var scenario: ScenarioOptions

  @Option(help: "The attainment to keep: share of queries within their SLO.")
  var attainment = 0.99

  @Option(help: "Policies, by comma; default: all of the scenario.")
  var policies: String?

  @Option(help: "Highest load to look at, as a fraction of the baseline's capacity.")
  var most = 2.0

  @Option(help: "Distance of the grid's loads.")
  var step = 0.1

  @Option(help: "How closely the load is found.")
  var tolerance = 0.01

  @Option(help: "Most replications a load.")
  var replications = 40

  @Option(help: "Runs at a time; default: one a core.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    if !(0...1).contains(attainment) { throw ValidationError("--attainment must be in 0...1.") }
    if !(0.01...100).contains(step) { throw ValidationError("--step must be in 0.01...100.") }
    if !(step...100).contains(most) { throw ValidationError("--most must be in STEP...100.") }
    if most / step > 1000 { throw ValidationError("More than 1000 loads; raise --step.") }
    if !(1e-4...1).contains(tolerance) { throw ValidationError("--tolerance: 0.0001...1.") }
    if replications < 5 { throw ValidationError("--replications must be at least 5.") }
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
  }

  func run() async throws {
    let scenario = try scenario.read()
    let known = scenario.policies.map(\.name)
    let names = policies?.split(separator: ",").map(String.init) ?? known
    let count = Int((most / step).rounded())
    let search = CapacitySearch(
      scenario, attainment: attainment, loads: (1...count).map { Double($0) * step },
      tolerance: tolerance, most: replications, jobs: jobs)
    var table = TextTable(header: ["policy", "highest load", "query/s", "attainment there", "runs"])
    var notes: [String] = []
    for name in names {
      let answer = try await search.run(policy: name) { load in
        Output.progress("\(name): load \(decimal(load))")
      }
      Output.progress("")
      let runs = answer.findings.reduce(0) { $0 + $1.replications }
      guard let highest = answer.highest else {
        table.add([name, "none", "-", "-", "\(runs)"])
        notes.append("\(name) keeps it at no load from \(decimal(step)) on; try a smaller --step.")
        continue
      }
      let half = highest.interval.map { ($0.upperBound - $0.lowerBound) / 2 } ?? 0
      table.add([
        name, (answer.isBound ? "at least " : "") + String(format: "%.3f", highest.load),
        answer.queriesPerSecond.map { String(format: "%.3f", $0) } ?? "-",
        String(format: "%.4f ± %.4f", highest.attainment, half), "\(runs)",
      ])
      if !highest.isSure {
        notes.append(
          "\(name): at that load \(highest.replications) replications leave doubt; more of them "
            + "(--replications) would settle it.")
      }
      if !answer.gaps.isEmpty {
        notes.append(
          "\(name) does not keep it at loads \(answer.gaps.map(decimal).joined(separator: ", ")), "
            + "below the highest: its attainment is not monotone in load.")
      }
    }
    Output.result(
      "\(scenario.name): highest load, of the baseline's capacity, at an SLO attainment of "
        + "\(decimal(attainment))")
    Output.result(table.text)
    for note in notes { Output.result(ComparisonText.wrapped("- " + note)) }
  }
}
