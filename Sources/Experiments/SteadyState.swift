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

  /// Idle time of the busiest worker or pool, over the mean wait, from which on a queue counts as steady.
  ///
  /// In heavy traffic a queue that starts empty has, over a run of length T, a mean wait W that is short of the steady
  /// state's by the share W / ((1 - rho) T), which is the mean wait over the idle time (Abate, Whitt, Adv. Appl. Prob. 19
  /// (1987): reflected Brownian motion): 5 % at 20.
  static let steadyIdlePerWait = 20.0
  /// The same under which a queue may count as growing. Assumed: where it grows, the only idle time is that before the
  /// first wait, and the waits are a part of the run.
  static let growingIdlePerWait = 1.0
  /// Growth of the wait, over the mean latency, from which on it counts as growing: it is 1.2 where the wait grows in
  /// proportion to time from 0. Assumed.
  static let growth = 0.5
  /// The same up to which waits that are seen not to grow count as steady, whatever time is idle: a queue that drops, or
  /// that serves larger batches the more there is to do, is hardly ever idle. Assumed.
  static let noGrowth = 0.1

  /// What becomes of a policy's queue, by its replications; nil where runs are bursts, and where they do not say.
  static func verdict(_ runs: [MetricValues]) -> QueueVerdict? {
    guard let waits = Waits(runs) else { return nil }
    let growing = runs.indices.filter { Waits([runs[$0]])?.isGrowing ?? false }
    let state: QueueState =
      waits.isGrowing || growing.count == runs.count
      ? .growing : growing.isEmpty && waits.isSteady ? .steady : .unknown
    return QueueVerdict(state: state, growing: growing)
  }

  /// Whether a policy's queue grows through its runs.
  static func isGrowing(_ runs: [MetricValues]) -> Bool { verdict(runs)?.state == .growing }

  /// Means over runs, in seconds.
  private struct Waits {
    let wait: Double
    let latency: Double
    /// Of the busiest worker or pool.
    let idle: Double
    /// Nil where a run has too few queries.
    let growth: (mean: Double, interval: ClosedRange<Double>?)?

    init?(_ runs: [MetricValues]) {
      func mean(_ metric: Metric) -> (mean: Double, interval: ClosedRange<Double>?)? {
        let values = runs.compactMap { $0[metric] }
        return values.count == runs.count ? Intervals.mean(values, within: metric.range) : nil
      }
      guard let wait = mean(.waitMean)?.mean, let latency = mean(.latencyMean)?.mean,
        let idle = mean(.busiestIdle)?.mean
      else { return nil }
      (self.wait, self.latency, self.idle) = (wait, latency, idle)
      growth = mean(.waitGrowth)
    }

    var isGrowing: Bool {
      guard let growth else { return false }
      return idle < SteadyState.growingIdlePerWait * wait
        && growth.mean >= SteadyState.growth * latency
    }

    var isSteady: Bool {
      if idle >= SteadyState.steadyIdlePerWait * wait { return true }
      guard let interval = growth?.interval else { return false }
      let most = SteadyState.noGrowth * latency
      return interval.upperBound < most && interval.lowerBound > -most
    }
  }
}
