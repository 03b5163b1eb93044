package import Analysis
import EventEngine
import Results
import Scenarios

extension Experiment {
  /// The warm-up of a replication: the scenario's own, or the latest of those that MSER-5 finds for the
  /// policies, all of which are judged by the same queries.
  package func warmup(of replication: Int) -> FoundWarmup {
    switch scenario.run.warmup {
    case .fixed(let warmup): FoundWarmup(end: .zero + warmup, isFound: true)
    case .mser5:
      policies.indices.reduce(into: FoundWarmup(end: .zero, isFound: true)) { latest, policy in
        let found = MSER5.warmup(simulate(policy: policy, replication: replication))
        latest.end = max(latest.end, found.end)
        latest.isFound = latest.isFound && found.isFound
      }
    }
  }
}
