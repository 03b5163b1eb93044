import Experiments
import Analysis
private import CGSL
import Foundation
import Results
import Scenarios

/// Holds a grid against the paper's three claims, only at the points and by the definitions that were
/// fixed before any run.
struct ClaimJudge {
  /// Loads at which violations and latency count.
  static let loads = [0.5, 0.8, 0.95]
  /// Load at which sustained throughput counts.
  static let overload = 1.5
  /// The SLO scale of all of them.
  static let sloScale = 3.0
  /// Drop ratios further apart than this make a latency ratio no claim.
  static let dropMargin = 0.001
  /// Level of the tests.
  static let level = 0.05

  private let plan: ExperimentPlan
  private let quality: QualityVerdict

  init(_ grid: ExperimentGrid) {
    plan = grid.plan
    quality = QualityVerdict(grid.scenario.latents?.table, grid.scenario.quality)
  }

  /// Whether violations and latency are judged at a point.
  static func isPrimary(_ point: ExperimentPoint, in plan: ExperimentPlan) -> Bool {
    loads.contains(point.load) && (point.sloScale == sloScale || plan.sloScales.count == 1)
  }

  /// A published claim.
  private enum Claim: String, CaseIterable {
    case violations = "SLO violations cut by more than 5x"
    case latency = "mean latency cut by up to 2x"
    case throughput = "sustained throughput 1.68x"

    var threshold: Double {
      switch self {
      case .violations: 5
      case .latency: 2
      case .throughput: 1.68
      }
    }

    var metric: Metric {
      switch self {
      case .violations: .violationRatio
      case .latency: .latencyMean
      case .throughput: .throughputSustained
      }
    }

    var loads: [Double] { self == .throughput ? [ClaimJudge.overload] : ClaimJudge.loads }
  }

  /// What one point says of a claim.
  private struct Finding {
    var outcome: ExperimentOutcome
    var point: ExperimentPoint
    var ratio: Double?
    var interval: ClosedRange<Double>?
    var pValue = 1.0
    /// Why the point cannot count; nil where it can.
    var note: String?
    /// What a reader should know of it.
    var remark: String?
    var quality: QualityVerdict.Outcome

    /// Whether the ratio of means cannot be told: no replication has a violation, or too few have.
    var isUnknown: Bool { ratio == nil && note == nil }
  }

  /// The verdicts, by workload, policy and claim.
  func verdicts(_ comparisons: [ExperimentOutcome]) -> [StoredClaim] {
    plan.workloads.flatMap { workload in
      plan.claims.flatMap { policy in
        Claim.allCases.compactMap { claim in
          verdict(claim, policy, workload: workload.name, comparisons)
        }
      }
    }
  }

  private func verdict(
    _ claim: Claim, _ policy: String, workload: String, _ comparisons: [ExperimentOutcome]
  ) -> StoredClaim? {
    var findings: [Finding] = []
    for outcome in comparisons {
      guard let point = outcome.experiment.point, point.workload == workload,
        claim.loads.contains(point.load),
        point.sloScale == Self.sloScale || plan.sloScales.count == 1,
        let index = outcome.policies.firstIndex(of: policy), index > 0
      else { continue }
      findings.append(finding(claim, outcome, point, index))
    }
    let corrected = Intervals.holm(findings.map(\.pValue))
    for index in findings.indices { findings[index].pValue = corrected[index] }
    let reached = findings.filter { $0.pValue <= Self.level && $0.note == nil && !$0.isUnknown }
    // A point that cannot count is shown only where no other is there.
    let counting = findings.filter { $0.note == nil }
    let unknown = counting.filter(\.isUnknown)
    let shown = [reached, unknown, counting, findings].first { !$0.isEmpty } ?? []
    let best = shown.max {
      ($0.ratio ?? -1, $1.point.load) < ($1.ratio ?? -1, $0.point.load)
    }
    guard let best else { return nil }
    var verdict =
      !reached.isEmpty
      ? "reached at load \(best.point.load)"
      : best.isUnknown ? "cannot tell at load \(best.point.load)" : "not reached"
    if let ratio = best.ratio {
      verdict += ": \(Self.text(ratio))"
      if let interval = best.interval {
        verdict += " [\(Self.text(interval.lowerBound)), \(Self.text(interval.upperBound))]"
      }
      if reached.isEmpty { verdict += " at load \(best.point.load)" }
    }
    for note in [best.note, best.remark].compactMap({ $0 }) { verdict += " (\(note))" }
    verdict += ", \(best.quality.text)"
    return StoredClaim(
      experimentID: best.outcome.experiment.id, point: best.point, policy: policy,
      claim: claim.rawValue, threshold: claim.threshold, ratio: best.ratio,
      interval: best.interval, pValue: best.ratio == nil && best.note != nil ? nil : best.pValue,
      isReached: !reached.isEmpty, verdict: verdict)
  }

  private func finding(
    _ claim: Claim, _ outcome: ExperimentOutcome, _ point: ExperimentPoint, _ index: Int
  ) -> Finding {
    let (ours, theirs) = (outcome.metrics[index], outcome.metrics[0])
    var finding = Finding(
      outcome: outcome, point: point, quality: quality.judge(ours, baseline: theirs))
    let x = ours.compactMap { $0[claim.metric] }
    let y = theirs.compactMap { $0[claim.metric] }
    guard x.count == ours.count, y.count == theirs.count, !x.isEmpty else {
      finding.note = "no value in some replications"
      return finding
    }
    let queues = [ours, theirs].compactMap { SteadyState.verdict($0)?.state }
    if claim != .throughput { finding.remark = Self.remark(queues) }
    if claim == .violations {
      if y.allSatisfy({ $0 == 0 }) {
        finding.note = "the baseline has no violations: nothing to cut"
        return finding
      }
      if x.allSatisfy({ $0 == 0 }) { return noneSeen(finding, y) }
    }
    if claim == .latency, let drop = QualityVerdict.mean(ours, .dropRatio),
      let baseDrop = QualityVerdict.mean(theirs, .dropRatio), abs(drop - baseDrop) > Self.dropMargin
    {
      finding.note = "drop ratios differ by over 0.1 percentage points: no claim"
    }
    if claim == .latency, queues.contains(.growing) {
      finding.note = "unsteady, the queue grows through the run: no claim"
      finding.remark = nil
    }
    let (above, below) = claim == .throughput ? (x, y) : (y, x)
    guard let ratio = Intervals.ratio(above, to: below) else { return finding }
    finding.ratio = ratio.ratio
    finding.interval = ratio.interval
    finding.pValue = Intervals.exceedance(of: claim.threshold, by: above, to: below) ?? 1
    if ratio.interval == nil {
      finding.ratio = nil
      finding.remark = "seen in too few replications for an interval"
    }
    if claim == .throughput { finding.remark = Self.ceiling(ours, point) }
    return finding
  }

  /// No violation in any replication bounds no ratio of means: one in ten, with many, would be missed in a third of such
  /// experiments. What can be tested is the typical replication: were the median of the cuts no larger than the
  /// threshold, one with violations of the baseline alone would come up in at most half of the replications (sign test).
  private func noneSeen(_ finding: Finding, _ baseline: [Double]) -> Finding {
    var finding = finding
    let cut = baseline.count { $0 > 0 }
    finding.pValue = gsl_cdf_binomial_Q(UInt32(cut - 1), 0.5, UInt32(baseline.count))
    let none =
      NoneSeen(replications: baseline.count).text()
      + ", the baseline's in \(cut): no ratio of means; cut in the typical replication, sign test p = "
      + String(format: "%.2g", finding.pValue)
    finding.remark = none + (finding.remark.map { "; " + $0 } ?? "")
    return finding
  }

  /// What a queue that grows, or may, makes of violations and latencies.
  private static func remark(_ queues: [QueueState]) -> String? {
    if queues.contains(.growing) {
      return "a queue grows through the run, so this depends on its length"
    }
    return queues.contains(.unknown)
      ? "the runs are too short to tell whether a queue settles, so this may depend on their length"
      : nil
  }

  /// A server that takes all that is offered cannot show a higher ratio.
  private static func ceiling(
    _ ours: [MetricValues], _ point: ExperimentPoint
  ) -> String? {
    guard let late = QualityVerdict.mean(ours, .violationRatio), late < 0.01 else { return nil }
    return "it takes all that load \(point.load) offers and could not show more"
  }

  private static func text(_ x: Double) -> String {
    x >= 1000 ? String(format: "%.0f", x) : String(format: "%.3g", x)
  }
}
