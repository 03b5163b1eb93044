import Foundation
public import Results

/// An experiment's results for programs.
public enum ComparisonJSON {
  private struct Document: Encodable {
    let name: String
    let experiment: String
    let version: String
    let seed: UInt64
    let replications: Int
    let baseline: String
    let load_factor: Double?
    let offered_load: Double?
    let notes: [String]
    let summaries: [Row]
  }

  private struct Row: Encodable {
    let policy: String
    let metric: String
    let unit: String
    let replications: Int
    let mean: Double?
    let lower: Double?
    let upper: Double?
    let ratio: Double?
    let ratio_lower: Double?
    let ratio_upper: Double?
    let note: String?
  }

  /// One JSON object, keys sorted.
  public static func text(_ experiment: StoredExperiment, _ summaries: [StoredSummary]) -> String {
    let rows = summaries.map { s in
      Row(
        policy: s.policy, metric: s.metric.rawValue, unit: s.metric.unit,
        replications: s.replications, mean: s.mean, lower: s.interval?.lowerBound,
        upper: s.interval?.upperBound, ratio: s.ratio, ratio_lower: s.ratioInterval?.lowerBound,
        ratio_upper: s.ratioInterval?.upperBound, note: s.note)
    }
    let document = Document(
      name: experiment.name, experiment: experiment.id, version: experiment.version,
      seed: experiment.seed, replications: experiment.replications,
      baseline: experiment.baseline, load_factor: experiment.loadFactor,
      offered_load: experiment.offeredLoad, notes: experiment.notes, summaries: rows)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
