import Cluster
import EventEngine
import GRDB

/// Writing what the replications of an experiment show together.
extension ResultStore {
  static func insert(_ analysis: StoredAnalysis, of id: String, _ db: Database) throws {
    for s in analysis.summaries {
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO summary VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        arguments: [
          id, s.policy, s.policyIndex, s.metric.rawValue, s.metric.unit, s.replications, s.mean,
          s.interval?.lowerBound, s.interval?.upperBound, s.ratio, s.ratioInterval?.lowerBound,
          s.ratioInterval?.upperBound, s.note.map { "\(MetricNoteText($0))" }, s.difference,
          s.differenceInterval?.lowerBound,
          s.differenceInterval?.upperBound, s.pValue, s.coverage, s.seenIn, s.queue?.state.rawValue,
          s.queue?.unsettledText, s.note?.stored.code, s.note?.stored.arguments,
        ])
    }
    for (name, summaries) in analysis.classes {
      for s in summaries {
        try db.execute(
          sql:
            "INSERT OR REPLACE INTO class_summary VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
          arguments: [
            id, name, s.policy, s.policyIndex, s.metric.rawValue, s.metric.unit, s.replications,
            s.mean, s.interval?.lowerBound, s.interval?.upperBound, s.ratio,
            s.ratioInterval?.lowerBound, s.ratioInterval?.upperBound,
            s.note.map { "\(MetricNoteText($0))" }, s.coverage, s.seenIn,
            s.queue?.state.rawValue, s.queue?.unsettledText, s.note?.stored.code,
            s.note?.stored.arguments,
          ])
      }
    }
    let statement = try db.makeStatement(
      sql: "INSERT OR REPLACE INTO latency_cdf VALUES (?,?,?,?,?,?,?,?)")
    for (index, cdf) in analysis.distributions.enumerated() {
      for (probability, latency) in zip(StoredCDF.probabilities, cdf.latencies) {
        try statement.execute(arguments: [
          id, cdf.policy, index, probability, cdf.replications, latency.mean,
          latency.interval?.lowerBound, latency.interval?.upperBound,
        ])
      }
    }
    for effect in analysis.effects {
      try db.execute(
        sql: "INSERT OR REPLACE INTO ablation VALUES (?,?,?,?,?,?,?)",
        arguments: [
          id, effect.policy, effect.parent, effect.metric.rawValue, effect.ratio,
          effect.interval?.lowerBound, effect.interval?.upperBound,
        ])
    }
  }

  static func insertSeries(_ run: CompletedRun, id: Int64, _ db: Database) throws {
    guard let series = run.series else { return }
    let end = run.usage.end.nanoseconds
    for (index, interval) in series.intervals.enumerated() {
      let start = Int64(index) * series.width
      guard start < end else { break }
      try db.execute(
        sql: "INSERT INTO series VALUES (?,?,?,?,?,?,?)",
        arguments: [
          id, start, min(start + series.width, end), interval[RunSeries.Quantity.waiting.rawValue],
          interval[RunSeries.Quantity.inSystem.rawValue],
          interval[RunSeries.Quantity.accelerators.rawValue],
          interval[RunSeries.Quantity.cores.rawValue],
        ])
    }
  }
}
