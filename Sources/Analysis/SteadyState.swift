import Cluster
import EventEngine
package import Results
import Workload

/// Whether a queue settles or grows through a run.
package enum SteadyState {
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
  /// The same that every replication must reach by itself. Assumed.
  static let leastIdlePerWait = 10.0
  /// The same under which a queue may count as growing. Assumed: where it grows, the only idle time is that before the
  /// first wait, and the waits are a part of the run.
  static let growingIdlePerWait = 1.0
  /// Relative growth of the queue (``QueueGrowth``) from which on it counts as growing. Assumed.
  static let growth = 0.5
  /// The same where there is no interval. Assumed: in one replication chance makes as much.
  static let growthOfFew = 1.5
  /// The same up to which a queue that is seen not to grow counts as steady, whatever time is idle: one that drops, or that
  /// serves larger batches the more there is to do, is hardly ever idle. Assumed.
  static let noGrowth = 0.1
  /// The part of the run up to which such a queue may wait, where it drops nothing. Assumed: at capacity chance alone makes
  /// longer waits.
  static let shortWait = 1.0 / 300
  /// The share of drops from which on they keep a queue from growing. Assumed.
  static let fewestDrops = 0.01

  /// What becomes of a policy's queue, by its replications; nil where runs are bursts, and where they do not say.
  package static func verdict(_ runs: [MetricValues]) -> QueueVerdict? {
    guard let waits = Waits(runs) else { return nil }
    let each = runs.map { Waits([$0]) }
    let growing = runs.indices.filter { each[$0]?.isGrowing ?? false }
    if waits.isGrowing || growing.count == runs.count {
      return QueueVerdict(state: .growing, unsettled: growing)
    }
    if waits.isWithoutGrowth { return QueueVerdict(state: .steady) }
    let unsettled = runs.indices.filter {
      each[$0].map { $0.idle < leastIdlePerWait * $0.wait } ?? false
    }
    let isSteady =
      unsettled.isEmpty && waits.idle >= steadyIdlePerWait * waits.wait && !waits.showsGrowth
    return QueueVerdict(state: isSteady ? .steady : .unknown, unsettled: unsettled)
  }

  /// Whether a policy's queue grows through its runs.
  static func isGrowing(_ runs: [MetricValues]) -> Bool { verdict(runs)?.state == .growing }

  /// Means over runs.
  private struct Waits {
    /// Of the model and class that waits longest, in seconds.
    let wait: Double
    /// Of the busiest worker or pool, in seconds.
    let idle: Double
    /// Seconds of a run; nil where nothing was completed.
    let length: Double?
    let dropped: Double
    /// Relative.
    let growth: (mean: Double, interval: ClosedRange<Double>?)?

    init?(_ runs: [MetricValues]) {
      func mean(_ metric: Metric) -> (mean: Double, interval: ClosedRange<Double>?)? {
        let values = runs.compactMap { $0[metric] }
        return values.count == runs.count ? Intervals.mean(values, within: metric.range) : nil
      }
      // Of few queries nothing is known by model and class.
      guard let wait = (mean(.waitOfWorst) ?? mean(.waitMean))?.mean,
        let idle = mean(.busiestIdle)?.mean
      else { return nil }
      (self.wait, self.idle) = (wait, idle)
      growth = mean(.queueGrowth)
      dropped = mean(.dropRatio)?.mean ?? 0
      length = mean(.completed).flatMap { completed in
        mean(.throughputQueries).flatMap { $0.mean > 0 ? completed.mean / $0.mean : nil }
      }
    }

    var isGrowing: Bool {
      guard let growth else { return false }
      return idle < SteadyState.growingIdlePerWait * wait && growth.mean >= SteadyState.growth
    }

    /// Whether the queue is longer at the end by more than chance.
    var showsGrowth: Bool {
      guard let growth else { return false }
      guard let interval = growth.interval else { return growth.mean >= SteadyState.growthOfFew }
      return growth.mean >= SteadyState.growth && interval.lowerBound > 0
    }

    /// Whether it is surely as long at the end; equal replications are one, and sure of nothing.
    var isWithoutGrowth: Bool {
      guard let interval = growth?.interval, interval.lowerBound < interval.upperBound, let length,
        wait < SteadyState.shortWait * length || dropped >= SteadyState.fewestDrops
      else { return false }
      return interval.upperBound < SteadyState.noGrowth
        && interval.lowerBound > -SteadyState.noGrowth
    }
  }
}
