import Analysis
import Cluster
package import Diagnostics
import EventEngine
import Foundation
import Results
package import Scenarios

/// Simulations held against theory.
///
/// Exact values: two-sided Student-t intervals over replications. Upper bounds: the one-sided upper limit.
/// Both at 1 % family-wise over all that is judged (Bonferroni). Approximations are printed.
package struct OracleCheck: Sendable {
  /// What became of one value of theory.
  package enum Verdict: String, Sendable {
    /// An exact value lies in the interval.
    case met
    /// It does not.
    case missed
    /// The whole interval lies under the bound.
    case kept
    /// It does not.
    case broken
    /// A share of queries of which few were to come, and no replication has shown any: neither met nor missed.
    case noneSeen = "none seen"
    /// An approximation: nothing is claimed.
    case notJudged = "not judged"
  }

  /// A value of theory and what was simulated.
  package struct Row: Sendable {
    /// Name of the scenario.
    package let scenario: String
    /// What theory says.
    package let oracle: Oracle
    /// Mean over replications.
    package let simulated: Double
    /// Its interval; nil where the metric has no value, as the wait of a class that never came.
    package let interval: ClosedRange<Double>?
    /// Whether the two agree.
    package let verdict: Verdict
  }

  /// Queries of some kind that theory expects at the least where one must be seen. Assumed: fewer than that are late
  /// together, in one busy period.
  static let rare = 100.0
  /// Chance that anything is judged wrongly, where all of theory holds.
  package static let familyWise = 0.01

  /// The rows, in the order of the scenarios.
  package let rows: [Row]
  /// Scenarios that broke a law which holds for every run, with the law.
  package let broken: [String]
  /// Simulated queries in all.
  package let queries: Int

  /// Values that were judged.
  package var judged: Int { rows.count { ![.notJudged, .noneSeen].contains($0.verdict) } }
  /// Whether all that was judged came out right.
  package var holds: Bool {
    broken.isEmpty && !rows.contains { $0.verdict == .missed || $0.verdict == .broken }
  }

  /// Simulates every replication of every scenario.
  ///
  /// - Parameters:
  ///   - share: of each scenario's generated queries that is simulated, in (0, 1]; fewer make wider
  ///     intervals.
  ///   - progress: told the number of runs done and of all.
  /// - Throws: a scenario that cannot be run, or says nothing of theory.
  package static func run(
    _ scenarios: [Scenario], jobs: Int, share: Double = 1,
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> OracleCheck {
    var experiments: [Experiment] = []
    for scenario in scenarios { experiments.append(try experiment(scenario, share: share)) }
    let runs = experiments.indices.flatMap { index in
      (0..<experiments[index].replications).map { (experiment: index, replication: $0) }
    }
    var samples: [[Int: OracleSample]] = Array(repeating: [:], count: experiments.count)
    var queries = 0
    let list = experiments
    try await Concurrently.each(runs.count, jobs: jobs) { number in
      let run = runs[number]
      let experiment = list[run.experiment]
      let warmup = experiment.warmup(of: 0).end
      let recorder = experiment.simulate(
        policy: 0, replication: run.replication, warmup: warmup)
      let sample = OracleSample(
        recorder, experiment.scenario.oracles, classes: experiment.streams.classes,
        warmup: warmup)
      return (number: number, sample: sample, queries: recorder.usage.offered)
    } taking: { done, result in
      let run = runs[result.number]
      samples[run.experiment][run.replication] = result.sample
      queries += result.queries
      progress(done, runs.count)
    }
    let ordered = experiments.indices.map { index in
      (0..<experiments[index].replications).compactMap { samples[index][$0] }
    }
    return OracleCheck(experiments.map(\.scenario), ordered, queries: queries)
  }

  private static func experiment(_ scenario: Scenario, share: Double) throws -> Experiment {
    var scenario = scenario
    guard !scenario.oracles.isEmpty else {
      throw InputError(
        .badInput, at: .init(file: scenario.path), "this scenario says nothing of theory",
        hint: "give 'oracles', or name another scenario")
    }
    guard scenario.run.replications >= Intervals.minimumReplications else {
      throw InputError([
        scenario.fault(
          of: "run.replications", what: "one replication has no interval",
          hint: "give run.replications, from 3 on")
      ])
    }
    if share < 1,
      case .generated(let process, let mix, let duration, let count?) =
        scenario.workload.source
    {
      scenario.workload.source = .generated(
        process, mix, duration: duration, count: max(Int(Double(count) * share), 1))
    }
    let experiment = try Experiment(scenario)
    try check(scenario, experiment)
    return experiment
  }

  /// Refuses theory of what the scenario does not have.
  package static func check(_ scenario: Scenario, _ experiment: Experiment) throws(InputError) {
    for oracle in scenario.oracles {
      guard let name = oracle.serviceClass else { continue }
      if oracle.metric == .idle {
        throw InputError(
          .badInput, at: oracle.location,
          "this metric is of the cluster, and 'class' has no effect",
          hint: "remove 'class'")
      }
      if experiment.streams.classes.contains(name) { continue }
      throw InputError(
        .badInput, at: oracle.location, "there is no class '\(name)'",
        hint: Suggestion.hint(for: name, in: experiment.streams.classes, noun: "class"))
    }
  }

  private init(_ scenarios: [Scenario], _ samples: [[OracleSample]], queries: Int) {
    self.queries = queries
    let oracles = scenarios.flatMap(\.oracles)
    let risk = Self.familyWise / Double(max(oracles.count { $0.kind != .approximation }, 1))
    var rows: [Row] = []
    var broken: [String] = []
    for (scenario, samples) in zip(scenarios, samples) {
      if !samples.allSatisfy(\.littleHolds) { broken.append("\(scenario.name): Little's law") }
      if !samples.allSatisfy(\.isConserved) {
        broken.append("\(scenario.name): offered = completed + dropped + in flight")
      }
      for (index, oracle) in scenario.oracles.enumerated() {
        rows.append(
          Self.row(
            scenario.name, oracle, samples.map { $0.values[index] },
            count: samples.reduce(0) { $0 + $1.counts[index] }, risk: risk))
      }
    }
    self.rows = rows
    self.broken = broken
  }

  /// Judges one value at a risk of its own.
  static func row(
    _ scenario: String, _ oracle: Oracle, _ values: [Double], count: Int, risk: Double
  ) -> Row {
    // One-sided: all of the risk lies above.
    let confidence = oracle.kind == .upperBound ? 1 - 2 * risk : 1 - risk
    let result =
      values.allSatisfy(\.isFinite) ? Intervals.student(values, confidence: confidence) : nil
    let mean = result?.mean ?? .nan
    let isNoneSeen = oracle.metric.isShareOfQueries && mean == 0 && oracle.value > 0
    let isRare = oracle.value * Double(count) < Self.rare
    let interval = isNoneSeen ? nil : result?.interval
    let verdict: Verdict =
      switch oracle.kind {
      case .approximation: .notJudged
      case _ where isNoneSeen && isRare: .noneSeen
      case .exact: interval?.contains(oracle.value) ?? false ? .met : .missed
      case .upperBound:
        interval.map { $0.upperBound <= oracle.value } ?? false ? .kept : .broken
      }
    return Row(
      scenario: scenario, oracle: oracle, simulated: mean, interval: interval, verdict: verdict)
  }
}
