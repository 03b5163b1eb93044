import Cluster
import EventEngine
import Scenarios
import Workload

/// The load that queries offer: their rate over what the baseline could serve of their own mix.
struct OfferedLoad: Sendable {
  /// Of no query yet.
  private let none: OfferedWork

  init(cluster: ClusterConfiguration, models: [String], _ reference: ReferencePolicy) {
    none = OfferedWork(
      cluster: cluster, times: reference.times, models: models, options: reference.policy.options)
  }

  /// Queries that the baseline could serve a second, of this mix.
  func capacity(of kinds: some Sequence<(kind: QueryKind, number: Double)>) -> Double {
    var work = none
    for (kind, number) in kinds { work.add(kind, number) }
    return work.capacity
  }

  /// The load of queries over a period (nil = from the first arrival to the last); nil where that has no length, and
  /// where nothing takes time.
  func realised(
    _ queries: some Sequence<(kind: QueryKind, arrival: SimulationTime)>,
    over period: SimulationDuration? = nil
  ) -> Double? {
    var work = none
    var count = 0
    var span: (first: SimulationTime, last: SimulationTime)?
    for (kind, arrival) in queries {
      work.add(kind)
      count += 1
      span = span.map { (min($0.first, arrival), max($0.last, arrival)) } ?? (arrival, arrival)
    }
    let capacity = work.capacity
    guard let period = period ?? span.map({ $0.last - $0.first }), period > .zero, capacity > 0
    else { return nil }
    return Double(count) / period.seconds / capacity
  }
}
