package import Cluster
package import EventEngine
package import Results

/// What an experiment's runs gave so far.
package struct CollectedRuns {
  package let policies: [String]
  /// In the order of results.
  let classNames: [String]
  /// By policy and replication.
  package var metrics: [[MetricValues]]
  package var bottlenecks: [String]
  package var extrapolatedBatches = 0
  package var events = 0
  /// Those that were stored already.
  package var known = 0
  package var companion: (any Observer)?
  /// By class, policy and replication.
  var classes: [(name: String, metrics: [[MetricValues]])] = []
  /// By policy and replication.
  var quantiles: [[[Double]]]
  /// Replications in which MSER-5 found no end of the warm-up.
  package var unsettled = 0
  var inFlight = 0
  /// The end of the longest run, by policy.
  package var ends: [SimulationTime]

  package init(policies: [String], classes classNames: [String]) {
    self.policies = policies
    self.classNames = classNames
    metrics = Array(repeating: [], count: policies.count)
    quantiles = Array(repeating: [], count: policies.count)
    bottlenecks = Array(repeating: "none", count: policies.count)
    ends = Array(repeating: .zero, count: policies.count)
  }

  package var replications: Int { metrics.first?.count ?? 0 }

  package mutating func extend(to count: Int) {
    for policy in metrics.indices {
      let more = count - metrics[policy].count
      metrics[policy] += Array(repeating: MetricValues(), count: more)
      quantiles[policy] += Array(repeating: [], count: more)
      for c in classes.indices {
        classes[c].metrics[policy] += Array(repeating: MetricValues(), count: more)
      }
    }
  }

  package mutating func take(_ run: CompletedRun) {
    metrics[run.policyIndex][run.replication] = run.metrics
    quantiles[run.policyIndex][run.replication] = run.latencyQuantiles ?? []
    take(run.classMetrics, policy: run.policyIndex, replication: run.replication)
    if run.replication == 0 { bottlenecks[run.policyIndex] = run.bottleneck }
    if let observer = run.companion { companion = observer }
    extrapolatedBatches += run.usage.extrapolatedBatches
    events += run.usage.events
    ends[run.policyIndex] = max(ends[run.policyIndex], run.usage.end)
    inFlight += run.usage.inFlight
  }

  /// A run that was stored already.
  package mutating func take(_ run: StoredRun, policy: Int) {
    known += 1
    for (name, values) in run.metrics where name.isEmpty {
      metrics[policy][run.replication] = values
    }
    quantiles[policy][run.replication] = run.latencyQuantiles ?? []
    take(
      run.metrics.compactMap {
        $0.className.isEmpty ? nil : (name: $0.className, metrics: $0.values)
      },
      policy: policy, replication: run.replication)
    if run.replication == 0 { bottlenecks[policy] = run.bottleneck }
    extrapolatedBatches += run.extrapolatedBatches
    inFlight += run.inFlight
    ends[policy] = max(ends[policy], run.end)
  }

  /// Metrics by class, in any order.
  private mutating func take(
    _ found: [(name: String, metrics: MetricValues)], policy: Int, replication: Int
  ) {
    if classes.isEmpty {
      classes = classNames.map { (name: $0, metrics: metrics.map(Self.blank)) }
    }
    for (name, values) in found {
      guard let c = classes.firstIndex(where: { $0.name == name }) else { continue }
      classes[c].metrics[policy][replication] = values
    }
  }

  private static func blank(_ runs: [MetricValues]) -> [MetricValues] {
    Array(repeating: MetricValues(), count: runs.count)
  }

  package func analysis(origins: [StoredOrigin]) -> StoredAnalysis {
    let queues = metrics.map(SteadyState.verdict)
    return StoredAnalysis(
      summaries: Summaries.make(policies: policies, metrics: metrics, queues: queues),
      classes: classes.map {
        (
          name: $0.name,
          summaries: Summaries.make(policies: policies, metrics: $0.metrics, queues: queues)
        )
      },
      distributions: zip(policies, quantiles).compactMap(Summaries.distribution),
      effects: Summaries.effects(policies: policies, metrics: metrics, origins: origins))
  }

  /// Of queries that were in flight when nothing more was to come.
  package var strandedNote: Note? { inFlight == 0 ? nil : .neverEnded(queries: inFlight) }

  /// The load that replications offered, where they differ in it.
  package var loadNote: Note? {
    let loads = (metrics.first ?? []).compactMap { $0[.loadRealised] }
    guard let least = loads.min(), let most = loads.max(), most - least > 1e-6 * most else {
      return nil
    }
    return .loadRealised(
      mean: loads.reduce(0, +) / Double(loads.count), least: least, largest: most,
      replications: loads.count)
  }

  package var warmupNote: Note? {
    unsettled == 0 ? nil : .noWarmupFound(count: unsettled, of: replications)
  }
}
