import Cluster
public import Diagnostics
public import Results

/// A live run of one policy, on its way to the database.
public struct LiveResults: Sendable {
  /// As it is stored.
  public private(set) var experiment: StoredExperiment
  private let source: Experiment
  private var runs: [CompletedRun] = []
  private var collected: CollectedRuns

  /// No run yet of an experiment's first policy.
  ///
  /// - Parameter started: when, as text: no two runs are alike.
  public init(_ experiment: Experiment, started: String) {
    source = experiment
    self.experiment = experiment.storedLive(started: started)
    collected = CollectedRuns(
      policies: [experiment.policies[0].name], classes: experiment.streams.classes)
  }

  /// A run has ended; `isCut`: before its last query.
  public mutating func take(_ recorder: RunRecorder, isCut: Bool) {
    let run = source.completed(recorder, policy: 0, replication: runs.count)
    runs.append(run)
    collected.extend(to: runs.count)
    collected.take(run)
    if isCut {
      experiment.notes.append(
        "interrupted: \(run.usage.completed) of \(run.usage.offered) queries that had arrived were served"
      )
    }
  }

  /// Means over the runs.
  public var summaries: [StoredSummary] { collected.analysis(origins: []).summaries }

  /// Stores all.
  public func store(
    into store: ResultStore, provenance: [(key: String, value: String)]
  ) throws(InputError) {
    try store.store(
      experiment, runs: runs, collected.analysis(origins: []), provenance: provenance)
  }
}
