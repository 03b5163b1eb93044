import Experiments
import Analysis
import Cluster
import Foundation
package import Results

/// Whether a policy keeps an SLO attainment, by as many replications as it takes to be sure.
struct AttainmentTest: Sendable {
  /// Replications of the first look: with fewer a skewed sample is often sure of what is not so. Each further look
  /// doubles them.
  static let minimumReplications = 10
  /// Probability of a wrong decision over all looks at one experiment that the intervals are asked for. On skewed
  /// samples it is up to 5 % (`make coverage`), which is what is promised.
  static let error = 0.03

  let target: Double
  /// Most replications.
  let maximumReplications: Int
  let jobs: Int

  /// Replications at each look; each is made at its share of the error (Bonferroni).
  var counts: [Int] {
    var counts = [Self.minimumReplications]
    while let last = counts.last, last < maximumReplications {
      counts.append(min(2 * last, maximumReplications))
    }
    return counts
  }

  /// Replications until the interval lies on one side of the target, or there are enough.
  func decide(_ experiment: Experiment, policy name: String) async throws -> AttainmentDecision {
    let policy = experiment.policies.firstIndex { $0.name == name } ?? 0
    var runs: [MetricValues] = []
    var wanted = Self.minimumReplications
    while true {
      let first = runs.count
      runs += try await Concurrently.map(wanted - first, jobs: jobs) { index in
        let warmup = experiment.warmup(of: first + index).end
        let recorder = experiment.simulate(
          policy: policy, replication: first + index, warmup: warmup)
        return RunMetrics.values(of: recorder, warmup: warmup)
      }
      let values = runs.map { $0[.attainment] ?? 0 }
      let queue = SteadyState.verdict(runs)?.state
      let result = Intervals.mean(values, within: .share)
      let mean = result?.mean ?? 0
      // Near saturation a queue that grows slowly looks like one that does not: it must be seen to settle.
      let isOpen = mean >= target && queue != .growing && queue != .steady
      let isSure = !isOpen && isSure(values)
      let seen = values.count { $0 < 1 }
      let isWithoutViolation = seen == 0 && !isOpen
      let isSeenInFew =
        seen > 0 && seen < StoredSummary.minimumWithAny && !isOpen
        && values.allSatisfy { $0 >= target }
      if isSure || isWithoutViolation || wanted >= maximumReplications {
        // Where the queue grows, a longer run would not keep what this one kept.
        return AttainmentDecision(
          attainment: mean, interval: mean < 1 ? result?.interval : nil,
          replications: values.count,
          queue: queue, holds: mean >= target && queue != .growing, isSure: isSure,
          isWithoutViolation: isWithoutViolation, seenIn: seen, isSeenInFew: isSeenInFew)
      }
      wanted = counts.first { $0 > wanted } ?? maximumReplications
    }
  }

  /// Whether the interval, at this look's share of the error, lies on one side of the target.
  func isSure(_ values: [Double]) -> Bool {
    // Without a violation the interval has no width, and nothing bounds the attainment from below.
    guard !values.allSatisfy({ $0 == 1 }),
      let interval = Intervals.mean(
        values, within: .share, confidence: 1 - Self.error / Double(counts.count))?.interval
    else { return false }
    return interval.upperBound < target
      || interval.lowerBound >= target && values.count { $0 < 1 } >= StoredSummary.minimumWithAny
  }
}

/// What a test of attainment showed.
package struct AttainmentDecision: Hashable, Sendable {
  /// Mean attainment over replications.
  package let attainment: Double
  /// Its 95 % interval; nil below three replications, and where none has a violation.
  package let interval: ClosedRange<Double>?
  /// Replications that it took.
  package let replications: Int
  /// What becomes of the queue: where it grows, longer runs would keep less; nil where the runs do not say.
  package let queue: QueueState?
  /// Whether the mean is at least the target, and the queue does not grow.
  package let holds: Bool
  /// Whether the interval of the attainment leaves no doubt on which side of the target it lies.
  package let isSure: Bool

  /// Whether no replication has a violation, and the queue has been seen to settle; that bounds no attainment.
  package let isWithoutViolation: Bool

  /// Replications that have a violation.
  package let seenIn: Int

  /// Whether that are too few to bound the attainment, while every replication keeps the target.
  package let isSeenInFew: Bool

  /// Whether the attainment is kept without a doubt, or with no violation or with one in few replications.
  package var isAccepted: Bool { holds && (isSure || isWithoutViolation || isSeenInFew) }
}
