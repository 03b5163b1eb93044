import Cluster
public import Diagnostics
import EventEngine
import GRDB
import LatencyProfiles
import Workload

extension ResultStore {
  /// Stores the experiment's row and profiles, unless it is there already, whole or begun. What another program has made
  /// or begun (as ``StoredExperiment/program`` says) is replaced, runs and all; so is what has its trace's older hash.
  ///
  /// - Returns: what is there, and what was replaced.
  @discardableResult
  public func begin(
    _ experiment: StoredExperiment, provenance: [(key: String, value: String)]
  ) throws(InputError) -> StoredPart {
    let program = Self.program(in: provenance)
    return try write { db in
      let outdated = try Self.outdated(by: experiment, program: program, db)
      let replaced = Self.replacements(outdated, keptIn: try keep(outdated))
      for one in outdated {
        try db.execute(sql: "DELETE FROM experiment WHERE id = ?", arguments: [one.id])
      }
      let isComplete = try Bool.fetchOne(
        db, sql: "SELECT is_complete FROM experiment WHERE id = ?", arguments: [experiment.id])
      if let isComplete {
        return StoredPart(
          isComplete: isComplete, runs: try Self.runs(of: experiment.id, db), replaced: replaced)
      }
      try Self.insert(experiment, provenance, db)
      return StoredPart(isComplete: false, runs: [], replaced: replaced)
    }
  }

  /// Stores a run, all of it or nothing.
  public func store(_ run: CompletedRun, of experimentID: String) throws(InputError) {
    try write { db in try Self.insert(run, of: experimentID, db) }
  }

  /// Stores what the runs show, and marks the experiment complete with the replications and notes that it has
  /// by now.
  public func finish(
    _ experiment: StoredExperiment, _ analysis: StoredAnalysis,
    provenance: [(key: String, value: String)]
  ) throws(InputError) {
    try write { db in
      try Self.insert(provenance, of: experiment.id, db)
      try Self.complete(experiment, analysis, db)
    }
  }

  /// Stores a finished experiment in one transaction: another process that stores the same one at the
  /// same time does no harm.
  public func store(
    _ experiment: StoredExperiment, runs: [CompletedRun], _ analysis: StoredAnalysis,
    provenance: [(key: String, value: String)]
  ) throws(InputError) {
    try write { db in
      try Self.insert(experiment, provenance, db)
      for run in runs { try Self.insert(run, of: experiment.id, db) }
      try Self.complete(experiment, analysis, db)
    }
  }

  private static func insert(
    _ experiment: StoredExperiment, _ provenance: [(key: String, value: String)], _ db: Database
  ) throws {
    try db.execute(sql: "DELETE FROM experiment WHERE id = ?", arguments: [experiment.id])
    try db.execute(
      sql: "INSERT INTO experiment VALUES (?,?,?,?,?,?,?,?,?,?,?,0,?,?,?,?,?,?,?,?,?,?,?,?)",
      arguments: [
        experiment.id, experiment.name, experiment.scenario,
        experiment.settings.joined(separator: "\n"), Int64(bitPattern: experiment.seed),
        experiment.replications, experiment.baseline, experiment.version,
        experiment.loadFactor, experiment.offeredLoad,
        Self.sentences(experiment.notes), experiment.content,
        experiment.policies.joined(separator: "\n"), experiment.point?.workload ?? "",
        experiment.sloScale, experiment.point?.controlsOf,
        experiment.settings.joined(separator: "; "), experiment.asked,
        experiment.execution.rawValue, experiment.trace, experiment.latents,
        experiment.loadAsked, experiment.sloSeconds,
      ])
    try Migrations.insert(experiment.settings, of: experiment.id, db)
    for (index, origin) in experiment.origins.enumerated() {
      try db.execute(
        sql: "INSERT INTO policy VALUES (?,?,?,?,?)",
        arguments: [experiment.id, origin.policy, index, origin.parent, origin.change])
    }
    for profile in experiment.profiles {
      try db.execute(
        sql: "INSERT OR IGNORE INTO profile VALUES (?,?,?,?,?,?)",
        arguments: [
          profile.hash, profile.name, profile.provenance, profile.device, profile.source,
          profile.text,
        ])
      try db.execute(
        sql: "INSERT INTO experiment_profile VALUES (?,?,?)",
        arguments: [experiment.id, profile.use, profile.hash])
    }
    try insert(experiment.notes, of: experiment.id, db)
    try insert(provenance, of: experiment.id, db)
  }

  /// Notes as the views show them, a line each.
  private static func sentences(_ notes: [Note]) -> String {
    notes.map { "\(NoteText($0))" }.joined(separator: "\n")
  }

  private static func insert(_ notes: [Note], of experimentID: String, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM note WHERE experiment_id = ?", arguments: [experimentID])
    for (position, note) in notes.enumerated() {
      let stored = StoredNote(note)
      let policy: String? = if case .policy(let name) = note.subject { name } else { nil }
      try db.execute(
        sql: "INSERT INTO note VALUES (?,?,?,?,?,?,?)",
        arguments: [
          experimentID, position, stored.code, stored.severity.rawValue, policy, stored.arguments,
          "\(NoteText(note))",
        ])
    }
  }

  private static func insert(
    _ provenance: [(key: String, value: String)], of experimentID: String, _ db: Database
  ) throws {
    for (key, value) in provenance {
      try db.execute(
        sql: "INSERT OR REPLACE INTO provenance VALUES (?,?,?)",
        arguments: [experimentID, key, value])
    }
  }

  private static func insert(
    _ run: CompletedRun, of experimentID: String, _ db: Database
  ) throws {
    let id = runID(experimentID, policy: run.policy, replication: run.replication)
    // Another process that is at the same experiment may have been first: its run is the same.
    try db.execute(
      sql: "INSERT OR IGNORE INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      arguments: [
        id, experimentID, run.policy, run.policyIndex, run.replication,
        Int64(bitPattern: run.seed), run.usage.end.nanoseconds, run.bottleneck,
        run.usage.offered, run.usage.completed, run.usage.dropped, run.usage.inFlight,
        run.usage.extrapolatedBatches, run.latencyQuantiles.map(StoredRun.blob),
      ])
    guard db.changesCount > 0 else { return }
    let insertion = try QueryInsertion(of: run, id: id, db)
    var journeys = InOrderOfArrival(run.journeys).makeIterator()
    for record in RecordsByArrival(run.records) { try insertion.insert(record, journeys.next()) }
    try insertUsage(run.usage, id: id, db)
    try insertSeries(run, id: id, db)
    try insertMetrics(run.metrics, className: "", id: id, db)
    for (name, metrics) in run.classMetrics {
      try insertMetrics(metrics, className: name, id: id, db)
    }
  }

  private static func complete(
    _ experiment: StoredExperiment, _ analysis: StoredAnalysis, _ db: Database
  ) throws {
    try insert(analysis, of: experiment.id, db)
    try db.execute(
      sql: "UPDATE experiment SET replications = ?, notes = ?, is_complete = 1 WHERE id = ?",
      arguments: [
        experiment.replications, Self.sentences(experiment.notes), experiment.id,
      ])
    try insert(experiment.notes, of: experiment.id, db)
  }

  /// Stores verdicts.
  public func store(_ claims: [StoredClaim]) throws(InputError) {
    try write { db in
      for c in claims {
        try db.execute(
          sql: "INSERT OR REPLACE INTO claim VALUES (?,?,?,?,?,?,?,?,?,?)",
          arguments: [
            c.experimentID, c.policy, c.claim, c.threshold, c.ratio, c.interval?.lowerBound,
            c.interval?.upperBound, c.pValue, c.isReached, c.verdict,
          ])
      }
    }
  }

  private func write<T>(_ body: (Database) throws -> T) throws(InputError) -> T {
    do {
      return try queue.write(body)
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path),
        "the database could not be written: \(Self.text(error))",
        hint: Self.hint(error, "finished runs are kept; see to space and permissions and run again")
      )
    }
  }

  /// The id of a run: 62 bits of an FNV-1a hash of what it is.
  static func runID(_ experimentID: String, policy: String, replication: Int) -> Int64 {
    var hash = ContentHash()
    hash.add("\(experimentID)/\(replication)/\(policy)")
    return Int64(hash.value >> 2)
  }

  private static func insertUsage(_ usage: RunUsage, id: Int64, _ db: Database) throws {
    for worker in usage.workers {
      try db.execute(
        sql: "INSERT INTO worker VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        arguments: [
          id, worker.worker.rawValue, worker.node,
          worker.busy[Stage.encode.index].nanoseconds,
          worker.busy[Stage.denoise.index].nanoseconds,
          worker.busy[Stage.decode.index].nanoseconds, worker.waitingForCPU.nanoseconds,
          worker.blocked.nanoseconds, worker.evaluations, worker.imageEvaluations,
        ] + StatementArguments(worker.busyByBasis.map(\.nanoseconds))
          + StatementArguments(
            [worker.loading, worker.active, worker.down, worker.lent].map(\.nanoseconds)))
    }
    for (position, event) in usage.workerEvents.enumerated() {
      try db.execute(
        sql: "INSERT INTO worker_event VALUES (?,?,?,?,?)",
        arguments: [
          id, position, event.time.nanoseconds, event.worker.rawValue, event.kind.rawValue,
        ])
    }
    for (index, pool) in usage.cpuPools.enumerated() {
      try db.execute(
        sql: "INSERT INTO cpu_pool VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        arguments: [
          id, index, pool.node, pool.cores, pool.busy[Stage.encode.index].nanoseconds,
          pool.busy[Stage.decode.index].nanoseconds,
          pool.busy[Stage.postProcess.index].nanoseconds,
        ] + StatementArguments(pool.busyByBasis.map(\.nanoseconds)))
    }
  }

  private static func insertMetrics(
    _ metrics: MetricValues, className: String, id: Int64, _ db: Database
  ) throws {
    for metric in Metric.allCases {
      let value = metrics[metric]
      try db.execute(
        sql: "INSERT INTO run_metric VALUES (?,?,?,?)",
        arguments: [id, className, metric.rawValue, value])
    }
  }
}
