import Cluster
import EventEngine
import Results
import Workload

/// Whether a queue settles or grows through a run.
enum SteadyState {
  /// Fewest arrivals that a growth is told from.
  static let fewestArrivals = 100
  /// Growth that counts over replications whose interval leaves no doubt that there is one. Assumed.
  static let growth = 0.01
  /// Growth that counts in a single run. Assumed.
  static let growthOfOneRun = 0.05

  /// The queries by which the number in the system rose from 20 % of the span of arrivals to its end, as
  /// a share of those that arrived meanwhile.
  ///
  /// Near 0 in a steady state; 1 - 1/rho where the offered load rho is beyond capacity. Nil for under
  /// 100 arrivals.
  static func backlogGrowth(_ recorder: RunRecorder, _ serviceClass: UInt16?) -> Double? {
    let records = recorder.records.lazy.filter { record in
      serviceClass.map { record.query.serviceClass == $0 } ?? true
    }
    let arrivals = records.map(\.query.arrival)
    guard let first = arrivals.min(), let last = arrivals.max(), last > first else { return nil }
    let from = first + SimulationDuration(seconds: 0.2 * (last - first).seconds)
    var arrived = 0
    var ended = 0
    for record in records {
      if record.query.arrival > from { arrived += 1 }
      // In flight at the horizon is not out of the system.
      if record.outcome != .inFlight, record.end > from, record.end <= last { ended += 1 }
    }
    return arrived < fewestArrivals ? nil : Double(arrived - ended) / Double(arrived)
  }

  /// Whether a policy's queue grows through its runs, so that means of latencies only tell how long
  /// the runs were.
  static func isUnsteady(_ runs: [MetricValues]) -> Bool {
    let values = runs.compactMap { $0[.backlogGrowth] }
    guard values.count == runs.count, let growth = Intervals.mean(values) else { return false }
    guard let interval = growth.interval else { return growth.mean >= Self.growthOfOneRun }
    return growth.mean >= Self.growth && interval.lowerBound > 0
  }
}
