import Cluster
import Scenarios
import Workload

extension Experiment {
  /// Whether one busy period tells nothing of the next: arrivals are a Poisson process, and nothing but queries outlives
  /// one. The turn of a dispatcher is neglected. Assumed.
  func hasIndependentBusyPeriods(under policy: PolicySet) -> Bool {
    guard case .generated(.poisson, _, _, _) = scenario.workload.source,
      policy.controller == nil, policy.steps.requirements.cachedPrompts == 0
    else { return false }
    return scenario.cluster.nodes.allSatisfy { node in
      node.failures == .none && node.stragglers == nil && node.memory == nil
        && node.coldCaches == nil
    }
  }
}
