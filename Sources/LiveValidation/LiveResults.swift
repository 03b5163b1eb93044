import Cluster
package import Diagnostics
package import Experiments
package import Results

/// Live runs of an experiment's policies, on their way to the database: each is there when it has ended.
package struct LiveResults: Sendable {
  /// As it is stored.
  package private(set) var experiment: StoredExperiment
  private let source: Experiment
  private let store: ResultStore
  private let provenance: [(key: String, value: String)]
  private var runs: [CompletedRun] = []

  /// No run yet.
  ///
  /// - Parameter started: when, as text: no two experiments are alike.
  /// - Throws: a database that cannot be written.
  package init(
    _ experiment: Experiment, started: String, into store: ResultStore,
    provenance: [(key: String, value: String)]
  ) throws(InputError) {
    source = experiment
    self.experiment = experiment.storedLive(started: started)
    self.store = store
    self.provenance = provenance
    _ = try store.begin(self.experiment, provenance: provenance)
  }

  /// A run of a policy has ended; `isCut`: before its last query.
  ///
  /// - Throws: a database that cannot be written.
  package mutating func take(
    _ recorder: RunRecorder, policy: Int, isCut: Bool
  ) throws(InputError) {
    let replication = runs.count { $0.policyIndex == policy }
    // Queries of all replications are kept: these cannot be made again.
    let run = source.completed(recorder, policy: policy, replication: replication)
    runs.append(run)
    try store.store(run, of: experiment.id)
    if isCut {
      experiment.notes.append(
        .liveRunCut(
          policy: run.policy, run: replication + 1, completed: run.usage.completed,
          offered: run.usage.offered))
    }
  }

  /// Means over the runs of each policy that has any.
  package func analysis() -> StoredAnalysis { source.analysis(of: runs) }

  /// Marks the experiment complete, with what the runs show.
  ///
  /// - Throws: a database that cannot be written.
  package func finish() throws(InputError) {
    try store.finish(experiment, analysis(), provenance: provenance)
  }
}
