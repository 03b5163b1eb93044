import Cluster
package import EventEngine
package import Results
import Workload

/// The warm-up by MSER-5 (White, Cobb, Spratt, Proc. Winter Simulation Conference 2000): of the means of
/// five successive latencies Y_1 ... Y_m as many are deleted as make the rest's standard error least,
///
///     d = arg min over d <= m / 2 of sum over i > d of (Y_i - mean over i > d)^2 / (m - d)^2.
///
/// Known to fail where a run is so short or so correlated that the least lies at the very end of the
/// first half, where the start resembles the steady state by chance, and beyond capacity, where there is
/// no steady state to find.
package enum MSER5 {
  private static let batch = 5

  /// Observations to delete from the start, a multiple of five and at most half of them; and whether the
  /// least lay inside that half.
  static func deletions(_ values: [Double]) -> (count: Int, isInside: Bool) {
    let means = stride(from: 0, through: values.count - batch, by: batch).map { start in
      values[start..<start + batch].reduce(0, +) / Double(batch)
    }
    guard means.count > 1 else { return (0, true) }
    var best = (statistic: Double.infinity, deleted: 0)
    // From the end, so that each rest is its predecessor and one mean more.
    var rest = Welford()
    for deleted in means.indices.reversed() {
      rest.add(means[deleted])
      guard deleted <= means.count / 2 else { continue }
      let squares = rest.variance * Double(rest.count - 1)
      let statistic = squares / (Double(rest.count) * Double(rest.count))
      if statistic <= best.statistic { best = (statistic, deleted) }
    }
    return (best.deleted * batch, best.deleted < means.count / 2)
  }

  /// The arrival of the first query that is kept, by the latencies of completed queries in order of
  /// arrival.
  package static func warmup(_ recorder: RunRecorder) -> FoundWarmup {
    let completed = RecordsByArrival(recorder.records).lazy.filter { $0.outcome == .completed }
    let (count, isInside) = deletions(completed.map(\.latency.seconds))
    let kept = count > 0 ? completed.dropFirst(count).first { _ in true } : nil
    let end = kept?.query.arrival ?? .zero
    return FoundWarmup(end: end, isFound: isInside)
  }
}

/// The end of a replication's warm-up.
package struct FoundWarmup: Sendable {
  /// Queries that arrive before it are not counted.
  package var end: SimulationTime
  /// Whether the rule found one; where it did not, half of the run is deleted.
  package var isFound: Bool

  package init(end: SimulationTime, isFound: Bool) {
    self.end = end
    self.isFound = isFound
  }
}
