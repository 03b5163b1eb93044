import Cluster
public import Diagnostics
import EventEngine
import Results
public import Scenarios

/// The highest load at which a policy still keeps an SLO attainment.
///
/// A grid of loads first, since attainment need not fall as load rises (a policy may shed steps under
/// pressure); then bisection between the highest load that holds and the next that does not.
public struct CapacitySearch: Sendable {
  /// What one load showed.
  public struct Finding: Hashable, Sendable {
    /// The load, as a fraction of the baseline's capacity.
    public let load: Double
    /// Mean attainment over replications.
    public let attainment: Double
    /// Its 95 % interval; nil below two replications.
    public let interval: ClosedRange<Double>?
    /// Replications that it took.
    public let replications: Int
    /// Whether the mean is at least the target.
    public let holds: Bool
    /// Whether the interval leaves no doubt of it.
    public let isSure: Bool
  }

  /// What a search found.
  public struct Answer: Sendable {
    /// Name of the policy.
    public let policy: String
    /// The highest load that holds; nil where none of the grid does.
    public let highest: Finding?
    /// Arrivals a second at that load.
    public let queriesPerSecond: Double?
    /// Every load looked at, ascending.
    public let findings: [Finding]
    /// Loads below the highest at which the policy does not hold: attainment is not monotone.
    public let gaps: [Double]
    /// Whether even the grid's last load holds: the answer is only a bound.
    public let isBound: Bool
  }

  let scenario: Scenario
  let target: Double
  let loads: [Double]
  let tolerance: Double
  let most: Int
  let jobs: Int

  /// A search for an attainment in 0...1 on a grid of ascending loads, down to a tolerance in load, with
  /// 5 to `most` replications a load.
  public init(
    _ scenario: Scenario, attainment: Double, loads: [Double], tolerance: Double = 0.01,
    most: Int = 40, jobs: Int = 1
  ) {
    var scenario = scenario
    scenario.experiment = nil
    self.scenario = scenario
    target = attainment
    self.loads = loads
    self.tolerance = tolerance
    self.most = max(most, 5)
    self.jobs = max(jobs, 1)
  }

  /// Searches for one policy; `progress` is told each load before it is looked at.
  public func run(
    policy: String, progress: (Double) -> Void = { _ in }
  ) async throws(InputError) -> Answer {
    var findings: [Finding] = []
    for load in loads {
      progress(load)
      findings.append(try await look(at: load, policy))
    }
    var highest = findings.last { $0.holds }
    let above = findings.first { $0.load > highest?.load ?? .infinity }
    var limit = above?.load
    while let low = highest?.load, let high = limit, high - low > tolerance {
      let middle = (low + high) / 2
      progress(middle)
      let finding = try await look(at: middle, policy)
      findings.append(finding)
      if finding.holds { highest = finding } else { limit = middle }
    }
    findings.sort { $0.load < $1.load }
    var rate: Double?
    if let highest { rate = try experiment(at: highest.load, policy).arrivalRate }
    return Answer(
      policy: policy, highest: highest, queriesPerSecond: rate, findings: findings,
      gaps: findings.filter { !$0.holds && $0.load < highest?.load ?? 0 }.map(\.load),
      isBound: highest != nil && above == nil)
  }

  private func experiment(at load: Double, _ policy: String) throws(InputError) -> Experiment {
    var scenario = scenario
    scenario.workload.load = load
    return try Experiment(scenario, policies: [policy], replications: 1)
  }

  /// Replications until the interval lies on one side of the target, or there are enough.
  private func look(at load: Double, _ policy: String) async throws(InputError) -> Finding {
    let experiment = try experiment(at: load, policy)
    let index = experiment.policies.firstIndex { $0.name == policy } ?? 0
    var values: [Double] = []
    var wanted = 5
    while true {
      values += await attainments(experiment, policy: index, values.count..<wanted)
      let result = Intervals.mean(values)
      let mean = result?.mean ?? 0
      // Replications that are all alike have an interval without width.
      let isSure =
        result?.interval.map { $0.lowerBound >= target || $0.upperBound < target } ?? false
      if isSure || wanted >= most {
        return Finding(
          load: load, attainment: mean, interval: result?.interval, replications: values.count,
          holds: mean >= target, isSure: isSure)
      }
      wanted = min(2 * wanted, most)
    }
  }

  private func attainments(
    _ experiment: Experiment, policy: Int, _ replications: Range<Int>
  ) async -> [Double] {
    await withTaskGroup(of: (Int, Double).self) { group in
      var results = Array(repeating: 0.0, count: replications.count)
      var next = replications.lowerBound
      func add() {
        let replication = next
        group.addTask {
          let recorder = experiment.simulate(policy: policy, replication: replication)
          let metrics = RunMetrics.values(
            of: recorder, warmup: .zero + experiment.scenario.run.warmup)
          return (replication, metrics[.attainment] ?? 0)
        }
        next += 1
      }
      while next < replications.upperBound, next - replications.lowerBound < jobs { add() }
      for await (replication, value) in group {
        results[replication - replications.lowerBound] = value
        if next < replications.upperBound { add() }
      }
      return results
    }
  }
}
