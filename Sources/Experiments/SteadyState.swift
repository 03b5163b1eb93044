import Cluster
import EventEngine
import Results
import Workload

/// Whether a queue settles or grows through a run.
enum SteadyState {
  /// Fewest queries that a growth is told from.
  static let fewestQueries = 100

  /// How much longer the last fifth of the queries waited than the second, in the mean, in seconds.
  ///
  /// Of the queries that arrived from `warmup` on, in order of arrival, to the start of service or to the
  /// drop. Near 0 in a steady state; 0.6 (rho - 1) times the span where the offered load rho is beyond
  /// capacity. Nil for under 100 queries.
  static func waitGrowth(
    _ recorder: RunRecorder, _ warmup: SimulationTime, _ serviceClass: UInt16?
  ) -> Double? {
    func counts(_ record: QueryRecord) -> Bool {
      record.query.arrival >= warmup
        && (serviceClass.map { record.query.serviceClass == $0 } ?? true)
    }
    var count = 0
    for record in recorder.records where counts(record) { count += 1 }
    guard count >= fewestQueries else { return nil }
    let fifth = count / 5
    var (second, last) = (0.0, 0.0)
    var place = 0
    for record in RecordsByArrival(recorder.records) where counts(record) {
      if place >= fifth, place < 2 * fifth { second += record.wait.seconds }
      if place >= count - fifth { last += record.wait.seconds }
      place += 1
    }
    return last / Double(fifth) - second / Double(fifth)
  }

  /// What tells a queue that grows because it is served too slowly. Assumed.
  private struct Signs {
    /// Least utilisation of the busiest worker or pool: one that stands idle could have served more.
    let utilisation: Double
    /// Least growth of the wait, as a share of the mean latency.
    let growth: Double
  }

  private static let signsOfMany = Signs(utilisation: 0.9, growth: 0.1)
  private static let signsOfOne = Signs(utilisation: 0.95, growth: 0.5)

  /// Whether a policy's queue grows through its runs, so that means of latencies only tell how long the
  /// runs were: some device is saturated, and waits grow by more than chance (Student t, 95 %) and by a
  /// part of the latency that matters. A single run has no interval and needs clearer signs; where every
  /// run has them, there is no doubt either.
  static func isUnsteady(_ runs: [MetricValues]) -> Bool {
    guard let means = Means(runs) else { return false }
    let shown =
      means.utilisation >= signsOfMany.utilisation
      && means.growth.mean >= signsOfMany.growth * means.latency
      && means.growth.interval?.lowerBound ?? -1 > 0
    return shown
      || runs.allSatisfy { run in
        guard let own = Means([run]) else { return false }
        return own.utilisation >= signsOfOne.utilisation
          && own.growth.mean >= signsOfOne.growth * own.latency
      }
  }

  /// Whether a queue is seen to settle: every device has time to spare, or waits surely grow by less than
  /// matters.
  static func isSurelySteady(_ runs: [MetricValues]) -> Bool {
    let utilisation =
      Intervals.mean(
        runs.compactMap { $0[.busiestUtilisation] }, within: .share)?.mean ?? 0
    if utilisation < signsOfMany.utilisation { return true }
    guard let means = Means(runs), let interval = means.growth.interval else { return false }
    return interval.upperBound < signsOfMany.growth * means.latency
  }

  private struct Means {
    let growth: (mean: Double, interval: ClosedRange<Double>?)
    let latency: Double
    let utilisation: Double

    /// Nil where a run has no value of one of them.
    init?(_ runs: [MetricValues]) {
      func mean(_ metric: Metric) -> (mean: Double, interval: ClosedRange<Double>?)? {
        let values = runs.compactMap { $0[metric] }
        return values.count == runs.count ? Intervals.mean(values, within: metric.range) : nil
      }
      guard let growth = mean(.waitGrowth), let latency = mean(.latencyMean)?.mean,
        let utilisation = mean(.busiestUtilisation)?.mean
      else { return nil }
      (self.growth, self.latency, self.utilisation) = (growth, latency, utilisation)
    }
  }
}
