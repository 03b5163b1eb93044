import Foundation
import LatencyProfiles
package import Results

/// An experiment's results for programs.
package enum ComparisonJSON {
  private struct Document: Encodable {
    let name: String
    let experiment: String
    let version: String
    let overrides: [String]
    let seed: UInt64
    let replications: Int
    let baseline: String
    let load_factor: Double?
    let offered_load: Double?
    let notes: [String]
    let note_codes: [String]
    let workload: String?
    let load: Double?
    let slo_scale: Double?
    let slo_s: Double?
    let summaries: [Row]
    let time_basis: [TimeShare]
  }

  /// Of a policy's accelerators or CPU cores, over all runs.
  private struct TimeShare: Encodable {
    let policy: String
    let device_kind: String
    let basis: String
    let busy_s: Double
    let share: Double
  }

  private struct Grid: Encodable {
    let points: [Document]
    let claims: [Claim]
  }

  private struct Claim: Encodable {
    let policy: String
    let workload: String
    let load: Double
    let claim: String
    let threshold: Double
    let ratio: Double?
    let lower: Double?
    let upper: Double?
    let p_value: Double?
    let reached: Bool
    let verdict: String
  }

  private struct Row: Encodable {
    let policy: String
    let metric: String
    let unit: String
    let replications: Int
    let mean: Double?
    let lower: Double?
    let upper: Double?
    let coverage: Double?
    let replications_with_any: Int?
    let ratio: Double?
    let ratio_lower: Double?
    let ratio_upper: Double?
    let difference: Double?
    let difference_lower: Double?
    let difference_upper: Double?
    let p_value_holm: Double?
    let queue_state: String?
    let replications_unsettled: [Int]?
    let note: String?
    let note_code: String?
  }

  /// One JSON object, keys sorted.
  package static func text(
    _ experiment: StoredExperiment, _ summaries: [StoredSummary], _ timeBasis: [PolicyTimeBasis]
  ) -> String {
    encoded(document(experiment, summaries, timeBasis))
  }

  /// A grid's points and claims as one JSON object, keys sorted.
  ///
  /// - Parameter timeBasis: what service times rest on, by the experiment's id.
  package static func text(
    _ points: [(experiment: StoredExperiment, summaries: [StoredSummary])],
    _ claims: [StoredClaim], _ timeBasis: [String: [PolicyTimeBasis]]
  ) -> String {
    encoded(
      Grid(
        points: points.map {
          document($0.experiment, $0.summaries, timeBasis[$0.experiment.id] ?? [])
        },
        claims: claims.map { c in
          Claim(
            policy: c.policy, workload: c.point.workload, load: c.point.load, claim: c.claim,
            threshold: c.threshold, ratio: c.ratio, lower: c.interval?.lowerBound,
            upper: c.interval?.upperBound, p_value: c.pValue, reached: c.isReached,
            verdict: c.verdict)
        }))
  }

  private static func document(
    _ experiment: StoredExperiment, _ summaries: [StoredSummary], _ timeBasis: [PolicyTimeBasis]
  ) -> Document {
    let rows = summaries.map { s in
      Row(
        policy: s.policy, metric: s.metric.rawValue, unit: s.metric.unit,
        replications: s.replications, mean: s.mean, lower: s.interval?.lowerBound,
        upper: s.interval?.upperBound, coverage: s.coverage, replications_with_any: s.seenIn,
        ratio: s.ratio, ratio_lower: s.ratioInterval?.lowerBound,
        ratio_upper: s.ratioInterval?.upperBound, difference: s.difference,
        difference_lower: s.differenceInterval?.lowerBound,
        difference_upper: s.differenceInterval?.upperBound, p_value_holm: s.pValue,
        queue_state: s.queue?.state.rawValue, replications_unsettled: s.queue?.unsettled,
        note: s.note.map { "\(MetricNoteText($0))" }, note_code: s.note?.code)
    }
    return Document(
      name: experiment.name, experiment: experiment.id, version: experiment.version,
      overrides: experiment.settings.map(\.description), seed: experiment.seed,
      replications: experiment.replications,
      baseline: experiment.baseline, load_factor: experiment.loadFactor,
      offered_load: experiment.offeredLoad, notes: experiment.notes.map { "\(NoteText($0))" },
      note_codes: experiment.notes.map(\.code),
      workload: experiment.point?.workload, load: experiment.point?.load,
      slo_scale: experiment.sloScale, slo_s: experiment.sloSeconds, summaries: rows,
      time_basis: shares(timeBasis))
  }

  /// What has any time, as the rows of `v_time_basis`.
  private static func shares(_ timeBasis: [PolicyTimeBasis]) -> [TimeShare] {
    timeBasis.flatMap { policy in
      BusyByBasis.Device.allCases.flatMap { device in
        TimeBasis.allCases.compactMap { basis -> TimeShare? in
          let time = policy.busy.time(device, on: basis)
          guard time > 0, let share = policy.busy.share(device, on: basis) else { return nil }
          return TimeShare(
            policy: policy.policy, device_kind: device.rawValue, basis: basis.rawValue,
            busy_s: Double(time) / 1e9, share: share)
        }
      }
    }
  }

  private static func encoded(_ document: some Encodable) -> String {
    JSONText.of(document)
  }
}
