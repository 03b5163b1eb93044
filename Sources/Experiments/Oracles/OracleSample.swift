import Analysis
import Cluster
import EventEngine
import Results
import Scenarios
import Workload

/// What one replication says of the metrics of queueing theory: of the queries that arrived after the
/// warm-up.
struct OracleSample: Sendable {
  let values: [Double]
  /// Queries that each value is made of.
  let counts: [Int]
  let littleHolds: Bool
  let isConserved: Bool

  init(_ recorder: RunRecorder, _ oracles: [Oracle], classes: [String], warmup: SimulationTime) {
    let sums = oracles.map { oracle in
      Sum(
        oracle.metric, recorder, warmup: warmup,
        serviceClass: oracle.serviceClass.flatMap { name in
          classes.firstIndex(of: name).map { UInt16($0) }
        })
    }
    values = sums.map(\.value)
    counts = sums.map(\.count)
    let usage = recorder.usage
    littleHolds = usage.systemIntegral == usage.residenceSum && usage.residenceSum > 0
    isConserved =
      usage.offered == usage.completed + usage.dropped + usage.inFlight
      && recorder.records.count == usage.offered
  }

  private struct Sum {
    var value = Double.nan
    var count = 0

    init(
      _ metric: OracleMetric, _ recorder: RunRecorder, warmup: SimulationTime,
      serviceClass: UInt16?
    ) {
      let usage = recorder.usage
      switch metric {
      case .meanQueue:
        var windowed = Windowed(recorder, warmup)
        for record in recorder.records {
          if let serviceClass, record.query.serviceClass != serviceClass { continue }
          windowed.take(record)
        }
        value = windowed.queueLength(until: usage.end)
        return
      case .idle:
        let busy = usage.workers.reduce(0) { $0 + $1.busyTotal.seconds }
        value = 1 - busy / ((usage.end - warmup).seconds * Double(max(usage.workers.count, 1)))
        return
      default: break
      }
      var mean = Welford()
      var quantiles = Quantiles()
      for record in recorder.records where record.query.arrival >= warmup {
        if let serviceClass, record.query.serviceClass != serviceClass { continue }
        guard let sample = Self.sample(metric, record) else { continue }
        count += 1
        if case .waitPercentile = metric {
          quantiles.add(record.wait.nanoseconds)
        } else {
          mean.add(sample)
        }
      }
      if case .waitPercentile(let percent) = metric {
        value = quantiles.quantile(percent / 100).map { $0 / 1e9 } ?? .nan
      } else if count > 0 {
        value = mean.mean
      }
    }

    /// What a query adds to the mean; nil where it is none of those that the metric is about.
    private static func sample(_ metric: OracleMetric, _ record: QueryRecord) -> Double? {
      let isCompleted = record.outcome == .completed
      let wait = record.start == nil ? nil : record.wait
      switch metric {
      case .meanWait, .waitPercentile: return wait?.seconds
      case .squaredWait: return wait.map { $0.seconds * $0.seconds }
      case .meanWaitOfAll: return record.wait.seconds
      case .meanTime: return isCompleted ? record.latency.seconds : nil
      case .waitAbove(let t): return wait.map { $0 > SimulationDuration(seconds: t) ? 1 : 0 }
      case .waitOfAllAbove(let t): return record.wait > SimulationDuration(seconds: t) ? 1 : 0
      case .timeAbove(let t):
        return isCompleted ? (record.latency > SimulationDuration(seconds: t) ? 1 : 0) : nil
      case .dropped: if case .dropped = record.outcome { return 1 } else { return 0 }
      case .meanQueue, .idle: return nil
      }
    }
  }
}
