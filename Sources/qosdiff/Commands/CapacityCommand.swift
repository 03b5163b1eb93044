import Sweeps
import Analysis
import ArgumentParser
import Cluster
import Diagnostics
import Experiments
import Foundation
import Reporting
import Scenarios
import TextReports

struct CapacityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity",
    abstract:
      "Finds the highest load at which each policy keeps an SLO attainment, or the fewest GPUs.",
    discussion: """
      Looks at a grid of loads, since attainment need not fall as load rises, then halves the interval
      above the highest load that holds. With --fewest-gpus the arrivals stay as they are and the
      nodes vary: all up to 32 in turn, then doubled and bisected. Each look takes 10 replications or more,
      until their interval lies on one side of the target; a load under which the queue grows does not
      hold, whatever a run of this length attains. One at which no replication has a violation counts as
      held after 10 of them, and one at which under 5 have any where each keeps the target; that is named,
      for it bounds no attainment.
      """)

  @OptionGroup var scenario: ScenarioOptions

  @Option(help: "The attainment to keep: share of queries within their SLO.")
  var attainment = 0.99

  @Option(help: "Policies, by comma; default: all of the scenario.")
  var policies: String?

  @Option(help: "Highest load to look at, as a fraction of the baseline's capacity; default: 2.")
  var most: Double?

  @Option(help: "Distance of the grid's loads; default: 0.1.")
  var step: Double?

  @Option(help: "How closely the load is found; default: 0.01.")
  var tolerance: Double?

  @Flag(name: .customLong("fewest-gpus"), help: "Finds the fewest GPUs for given arrivals instead.")
  var fewestGPUs = false

  @Option(
    help: """
      With --fewest-gpus: arrivals, such as '12 query/s'; default: the scenario's own, which \
      --set workload.load=X makes X of what its nodes can take.
      """)
  var rate: RateArgument?

  @Option(help: "With --fewest-gpus: the node whose count varies; default: the first.")
  var node: String?

  @Option(
    name: .customLong("most-nodes"), help: "With --fewest-gpus: most such nodes; default: 1024.")
  var maximumNodes: Int?

  @Option(help: "Most replications a look.")
  var replications = 40

  @Option(help: "Runs at a time; default: one a core.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Prints JSON.")
  var json = false

  private static let most = 2.0
  private static let step = 0.1

  func validate() throws {
    if !(0...1).contains(attainment) { throw ValidationError("--attainment must be in 0...1.") }
    let (step, most) = (step ?? Self.step, most ?? Self.most)
    if !(0.01...100).contains(step) { throw ValidationError("--step must be in 0.01...100.") }
    if !(step...100).contains(most) { throw ValidationError("--most must be in STEP...100.") }
    if most / step > 1000 { throw ValidationError("More than 1000 loads; raise --step.") }
    if let tolerance, !(1e-4...1).contains(tolerance) {
      throw ValidationError("--tolerance: 0.0001...1.")
    }
    let fewest = CapacitySearch.minimumReplications
    if replications < fewest {
      throw ValidationError("--replications must be at least \(fewest), those of the first look.")
    }
    if let policies { _ = try PolicyNames.parse(policies) }
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if let maximumNodes, !(1...100_000).contains(maximumNodes) {
      throw ValidationError("--most-nodes: 1...100000.")
    }
    if !fewestGPUs, rate != nil || node != nil || maximumNodes != nil {
      throw ValidationError("--rate, --node and --most-nodes are for --fewest-gpus.")
    }
    if fewestGPUs, self.most != nil || self.step != nil || tolerance != nil {
      throw ValidationError("--most, --step and --tolerance are for loads, not for --fewest-gpus.")
    }
    if let rate, rate.perSecond <= 0 { throw ValidationError("--rate must be above zero.") }
  }

  func run() async throws {
    let overrides = scenario.overrides
    let scenario = try scenario.read()
    try CommandScope.capacity(isFleet: fewestGPUs, hasRate: rate != nil)
      .check(scenario, overrides: overrides)
    let names = try policies.map(PolicyNames.parse) ?? scenario.policies.map(\.name)
    let report = try await fewestGPUs ? fleet(scenario, names) : loads(scenario, names)
    Output.progress("")
    Output.result(json ? report.json : report.text)
  }

  /// How many looks are to come is not known: the search ends when it has decided.
  private func reportSearch(_ name: String, _ what: String, since start: ContinuousClock.Instant) {
    guard !scenario.verbosity.quiet else { return }
    let spent = (ContinuousClock.now - start).components.seconds
    Output.progress("\(name): \(what), after \(spent) s")
  }

  private func loads(_ scenario: Scenario, _ names: [String]) async throws -> CapacityReport {
    let step = step ?? Self.step
    let count = Int(((most ?? Self.most) / step).rounded())
    let search = CapacitySearch(
      scenario, attainment: attainment, loads: (1...count).map { Double($0) * step },
      tolerance: tolerance ?? 0.01, maximumReplications: replications, jobs: jobs)
    CommandScope.tell(try search.idleSettings(policies: names))
    var report = CapacityReport(
      title: "\(scenario.name): highest load, of the baseline's capacity, at an SLO attainment of "
        + decimal(attainment),
      columns: ["highest load", "query/s"])
    let start = ContinuousClock.now
    for name in names {
      let answer = try await search.run(policy: name) { load in
        reportSearch(name, "load \(decimal(load))", since: start)
      }
      report.add(
        name, looks: answer.findings.map { ("load \(decimal($0.load))", $0.decision) },
        answer: answer.highest.map { highest in
          CapacityReport.Answer(
            cells: [
              (answer.isBound ? "at least " : "") + String(format: "%.3f", highest.load),
              answer.queriesPerSecond.map { String(format: "%.3f", $0) } ?? "-",
            ],
            values: ["load": highest.load, "query_per_s": answer.queriesPerSecond ?? 0],
            decision: highest.decision, isBound: answer.isBound)
        })
      if answer.highest == nil {
        report.note(
          "\(name) surely keeps it at no load looked at, from \(decimal(step)) to "
            + "\(decimal(Double(count) * step)) in steps of \(decimal(step)).")
      }
      if !answer.gaps.isEmpty {
        report.note(
          "\(name) does not keep it at loads \(answer.gaps.map(decimal).joined(separator: ", ")), "
            + "below the highest: its attainment is not monotone in load.")
      }
    }
    return report
  }

  private func fleet(_ scenario: Scenario, _ names: [String]) async throws -> CapacityReport {
    let options = self.scenario
    let place = "cluster.nodes.\(node ?? "0").count"
    let search = try FleetSearch(
      scenario, attainment: attainment, rate: rate?.perSecond,
      maximumNodes: maximumNodes ?? 1024,
      maximumReplications: replications, jobs: jobs
    ) { count throws(InputError) in try options.read(setting: ["\(place)=\(count)"]) }
    let rate = String(format: "%.3f", search.queriesPerSecond)
    var report = CapacityReport(
      title:
        "\(scenario.name): fewest nodes at \(rate) query/s and an SLO attainment of "
        + "\(decimal(attainment)); \(place) varies",
      columns: ["nodes", "accelerators in all"])
    let start = ContinuousClock.now
    for name in names {
      let answer = try await search.run(policy: name) { count in
        reportSearch(name, "\(count) nodes", since: start)
      }
      report.add(
        name, looks: answer.findings.map { ("\($0.nodes) nodes", $0.decision) },
        answer: answer.smallest.map { smallest in
          CapacityReport.Answer(
            cells: ["\(smallest.nodes)", "\(smallest.accelerators)"],
            values: [
              "nodes": Double(smallest.nodes), "accelerators": Double(smallest.accelerators),
              "query_per_s": search.queriesPerSecond,
            ], decision: smallest.decision, isBound: false)
        })
      if answer.smallest == nil {
        report.note(
          "\(name) surely keeps it with no number of nodes looked at: "
            + NumberRanges.text(answer.findings.map(\.nodes)) + ".")
      }
      if !answer.gaps.isEmpty {
        let gaps = answer.gaps.map { "\($0)" }.joined(separator: ", ")
        report.note(
          "\(name) does not keep it with \(gaps) nodes, more than the fewest: its attainment is not "
            + "monotone in their number.")
      }
    }
    return report
  }
}
