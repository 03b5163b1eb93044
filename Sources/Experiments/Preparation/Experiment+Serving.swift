import Analysis
package import Cluster
package import EventEngine
package import Results
import Scenarios
import Workload

/// What serving an experiment's queries for real needs of it.
extension Experiment {
  /// Shapes that queries may ask for.
  package var shapes: [Shape] { reference.times.shapes }

  /// The policy that defines loads and objectives, served or not.
  package var referencePolicy: PolicySet { reference.policy }

  /// The most images of a query of the first replication.
  package var maximumImages: Int { streams.sample().maximumImages }

  /// When the last query of the first replication arrives.
  package var lastArrival: SimulationTime { streams.lastArrival(replication: 0) }

  /// One run in which an executor does the work.
  package func run(
    policy index: Int, replication: Int, by executor: any Executor
  ) -> RunRecorder {
    simulate(
      policies[index], times[index], replication: replication, keepsSeries: replication == 0,
      keepsJourneys: true, executor: executor)
  }

  /// What identifies a live run: no two are alike, so that the time at which it was started belongs to it.
  package func storedLive(started: String) -> StoredExperiment {
    var stored = stored()
    stored.id = ContentIdentity.hex([stored.id, "live", started])
    stored.content = ContentIdentity.hex([stored.content, "live", started])
    stored.execution = .live
    stored.notes.append(.servedLive)
    return stored
  }

  /// What runs of its policies show: as many replications as every policy has that has any.
  package func analysis(of runs: [CompletedRun]) -> StoredAnalysis {
    let served = policies.indices.filter { policy in
      runs.contains { $0.policyIndex == policy }
    }
    // Runs beyond those that every policy has would be held against nothing.
    let passes = served.map { policy in runs.count { $0.policyIndex == policy } }.min() ?? 0
    var collected = CollectedRuns(
      policies: served.map { policies[$0].name }, classes: streams.classes)
    collected.extend(to: passes)
    for run in runs where run.replication < passes {
      guard let place = served.firstIndex(of: run.policyIndex) else { continue }
      var placed = run
      placed.policyIndex = place
      collected.take(placed)
    }
    return collected.analysis(origins: [])
  }
}

extension RunRecorder {
  /// The metrics of all queries, without a judge of images.
  package var metrics: MetricValues { RunMetrics.values(of: self, warmup: .zero) }

  /// A quantile of the latencies of completed queries, in seconds, however few they are; nil without any.
  package func latencyQuantile(_ probability: Double) -> Double? {
    RunMetrics.latencyQuantiles(of: self, warmup: .zero, at: [probability]).first.map { $0 / 1e9 }
  }
}
