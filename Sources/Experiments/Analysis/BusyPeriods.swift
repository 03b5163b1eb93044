import Cluster
import EventEngine
import Results
import Scenarios
import Workload

/// Times from an arrival at an empty cluster to the moment at which it is empty again.
enum BusyPeriods {
  /// Those that begin at or after `warmup`, but for the last, which the end of the arrivals cuts short.
  static func count(_ records: SpillingArray<QueryRecord>, from warmup: SimulationTime) -> Int {
    var empty: SimulationTime?
    var count = 0
    for record in RecordsByArrival(records) {
      let begins = empty.map { record.query.arrival >= $0 } ?? true
      if begins, record.query.arrival >= warmup { count += 1 }
      empty = max(empty ?? record.end, record.end)
    }
    return max(count - 1, 0)
  }

  /// Whether one tells nothing of the next: arrivals are a Poisson process, and nothing but queries lives on. A
  /// dispatcher's turn is taken for nothing. Assumed.
  static func areIndependent(_ policy: PolicySet, _ scenario: Scenario) -> Bool {
    guard case .generated(.poisson, _, _, _) = scenario.workload.source,
      policy.controller == nil, policy.steps.requirements.cachedPrompts == 0
    else { return false }
    return scenario.cluster.nodes.allSatisfy { node in
      node.failures == .none && node.stragglers == nil && node.memory == nil
        && node.coldCaches == nil
    }
  }
}
