import Cluster
import Foundation
import Results

/// Whether a policy keeps an SLO attainment, by as many replications as it takes to be sure.
struct AttainmentTest: Sendable {
  /// Replications of the first look; each further look doubles them.
  static let fewest = 5
  /// Probability of a wrong decision over all looks at one experiment.
  static let error = 0.05

  let target: Double
  /// Most replications.
  let most: Int
  let jobs: Int

  /// Looks at most: each is made at its share of the error (Bonferroni).
  private var looks: Double {
    1 + log2(Double(max(most, Self.fewest)) / Double(Self.fewest)).rounded(.up)
  }

  /// Replications until the interval lies on one side of the target, or there are enough.
  func decide(_ experiment: Experiment, policy name: String) async throws -> AttainmentDecision {
    let policy = experiment.policies.firstIndex { $0.name == name } ?? 0
    var values: [Double] = []
    var offered = 0.0
    var wanted = Self.fewest
    while true {
      let first = values.count
      values += Array(repeating: 0, count: wanted - first)
      try await Concurrently.each(wanted - first, jobs: jobs) { index in
        let replication = first + index
        let recorder = experiment.simulate(policy: policy, replication: replication)
        let warmup = experiment.warmup(of: replication).end
        return (replication, RunMetrics.values(of: recorder, warmup: warmup))
      } taking: { _, run in
        values[run.0] = run.1[.attainment] ?? 0
        offered += run.1[.offered] ?? 0
      }
      let isSure = isSure(values, offered: offered)
      if isSure || wanted >= most {
        let result = Intervals.mean(values)
        let mean = result?.mean ?? 0
        return AttainmentDecision(
          attainment: mean, interval: result?.interval, replications: values.count,
          holds: mean >= target, isSure: isSure)
      }
      wanted = min(2 * wanted, most)
    }
  }

  /// Whether the interval, at this look's share of the error, lies on one side of the target.
  private func isSure(_ values: [Double], offered: Double) -> Bool {
    let share = Self.error / looks
    // Without a violation the interval has no width; n queries then bound their ratio by -ln(share) / n.
    if values.allSatisfy({ $0 == 1 }) { return -log(share) / max(offered, 1) <= 1 - target }
    guard let interval = Intervals.mean(values, confidence: 1 - share)?.interval else {
      return false
    }
    return interval.lowerBound >= target || interval.upperBound < target
  }
}

/// What a test of attainment showed.
public struct AttainmentDecision: Hashable, Sendable {
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
