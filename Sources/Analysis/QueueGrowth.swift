import Cluster
import EventEngine
import Results
import Workload

/// Whether queues are longer at the end of the arrivals than soon after their start, by model and class: queries of one
/// may starve, or wait for a pool of their own, while all others are served at once.
///
/// By time, and not by arrival: what a priority order leaves waiting is served after the last arrival, whenever it came.
struct QueueGrowth {
  /// The longest of the groups' mean waits, in seconds.
  private(set) var longestWait = 0.0
  /// The largest relative growth of a group with enough queries: what waits in the last fifth of the span of all arrivals
  /// less what waits in the second, in the mean over time, over what is in the system over the whole span. 1.2 where a
  /// queue grows in proportion to time from 0.
  private(set) var largestGrowth = 0.0

  private struct Group {
    var count = 0
    var wait = Welford()
    var second = 0.0
    var last = 0.0
    var inSystem = 0.0
  }

  /// Nil for under ``SteadyState/fewestQueries``, and for arrivals at one instant.
  init?(_ recorder: RunRecorder, from warmup: SimulationTime, _ serviceClass: UInt16?) {
    guard let arrivals = recorder.arrivals else { return nil }
    let first = max(arrivals.lowerBound, warmup)
    guard arrivals.upperBound > first else { return nil }
    let span = (arrivals.upperBound - first).seconds
    var groups: [Int: Group] = [:]
    var current = (key: -1, group: Group())
    var count = 0
    for record in recorder.records where record.query.arrival >= warmup {
      if let serviceClass, record.query.serviceClass != serviceClass { continue }
      count += 1
      let key =
        Int(record.query.model.rawValue) << 17
        | (record.query.serviceClass.map { Int($0) + 1 } ?? 0)
      if key != current.key {
        if current.key >= 0 { groups[current.key] = current.group }
        current = (key, groups[key] ?? Group())
      }
      // In parts of the span.
      let from = (record.query.arrival - first).seconds / span
      let to = from + record.wait.seconds / span
      current.group.count += 1
      current.group.wait.add(record.wait.seconds)
      current.group.second += Self.overlap(from, to, 0.2, 0.4)
      current.group.last += Self.overlap(from, to, 0.8, 1)
      current.group.inSystem += Self.overlap(from, (record.end - first).seconds / span, 0, 1)
    }
    if current.key >= 0 { groups[current.key] = current.group }
    guard count >= SteadyState.fewestQueries else { return nil }
    let large = groups.values.filter { $0.count >= SteadyState.fewestQueries }
    longestWait = large.map(\.wait.mean).max() ?? 0
    largestGrowth =
      large.map { $0.inSystem > 0 ? 5 * ($0.last - $0.second) / $0.inSystem : 0 }.max() ?? 0
  }

  private static func overlap(_ from: Double, _ to: Double, _ start: Double, _ end: Double)
    -> Double
  {
    max(min(to, end) - max(from, start), 0)
  }
}
