public import Diagnostics
import EventEngine
import Foundation
import GRDB

extension ResultStore {
  /// The complete experiments, by name and by what was set.
  public func experiments() throws(InputError) -> [StoredExperiment] {
    try experiments(where: "is_complete = 1")
  }

  /// The complete experiment of this id, or nil.
  public func experiment(_ id: String) throws(InputError) -> StoredExperiment? {
    try experiments(where: "is_complete = 1 AND id = ?", [id]).first
  }

  /// Experiments of which the database holds a part: `NAME (so many of so many runs)`.
  public func unfinished() throws(InputError) -> [String] {
    let experiments = try experiments(where: "is_complete = 0")
    return try read { db in
      try experiments.map { experiment in
        let runs =
          try Int.fetchOne(
            db, sql: "SELECT count(*) FROM run WHERE experiment_id = ?",
            arguments: [experiment.id]) ?? 0
        let all = experiment.policies.count * experiment.replications
        return "\(experiment.place) (\(runs) of \(all) runs)"
      }
    }
  }

  /// Whether an experiment's queries are stored one by one.
  public func hasQueries(_ experimentID: String) throws(InputError) -> Bool {
    try read { db in
      try Bool.fetchOne(
        db,
        sql:
          "SELECT EXISTS (SELECT 1 FROM run JOIN query ON run_id = run.id WHERE experiment_id = ?)",
        arguments: [experimentID]) ?? false
    }
  }

  /// How, when and where an experiment was run, by key.
  public func provenance(of experimentID: String) throws(InputError) -> [String: String] {
    try read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT key, value FROM provenance WHERE experiment_id = ?",
        arguments: [experimentID])
      return Dictionary(
        rows.map { ($0["key"] as String, $0["value"] as String) }, uniquingKeysWith: { a, _ in a })
    }
  }

  func experiments(
    where condition: String, _ arguments: StatementArguments = []
  ) throws(InputError) -> [StoredExperiment] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT experiment.*, value AS program FROM experiment
          LEFT JOIN provenance ON experiment_id = id AND key = '\(Self.programKey)' WHERE \(condition)
          """, arguments: arguments
      ).map { row in
        let id: String = row["id"]
        var experiment = StoredExperiment(
          id: id, content: row["content"] ?? id, name: row["name"], scenario: row["scenario"],
          settings: Self.lines(row["overrides"]).map(Setting.init),
          seed: UInt64(bitPattern: row["seed"] as Int64), replications: row["replications"],
          baseline: row["baseline"], policies: Self.lines(row["policies"] ?? ""),
          version: row["version"], loadFactor: row["load_factor"],
          offeredLoad: row["offered_load"], notes: try Self.notes(of: id, db),
          profiles: try Self.profiles(of: id, db), point: Self.point(row),
          origins: try Self.origins(of: id, db))
        let execution: String? = row["execution"]
        experiment.execution = execution.flatMap(Execution.init) ?? .simulated
        experiment.asked = row["replications_asked"] ?? experiment.replications
        experiment.loadAsked = row["load_asked"]
        experiment.sloScale = row["slo_scale"]
        experiment.sloSeconds = row["slo_s"]
        experiment.trace = row["trace"]
        experiment.latents = row["latents"]
        experiment.program = row["program"]
        return experiment
      }
    }.sorted { $0.precedes($1) }
  }

  /// Its place in a grid: workloads of others have no name.
  private static func point(_ row: Row) -> ExperimentPoint? {
    let workload: String? = row["workload"]
    guard let workload, !workload.isEmpty, let load: Double = row["load_asked"],
      let scale: Double = row["slo_scale"]
    else { return nil }
    return ExperimentPoint(
      workload: workload, load: load, sloScale: scale, controlsOf: row["controls_of"])
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }

  private static func notes(of id: String, _ db: Database) throws -> [Note] {
    try Row.fetchAll(
      db,
      sql: "SELECT code, severity, arguments FROM note WHERE experiment_id = ? ORDER BY position",
      arguments: [id]
    ).map { row in
      StoredNote(
        code: row["code"], severity: Note.Severity(rawValue: row["severity"]) ?? .caution,
        arguments: row["arguments"]
      ).note
    }
  }

  private static func profiles(of id: String, _ db: Database) throws -> [StoredProfile] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT profile.*, experiment_profile.use FROM experiment_profile
        JOIN profile USING (hash) WHERE experiment_id = ? ORDER BY use
        """, arguments: [id]
    ).map { row in
      StoredProfile(
        hash: row["hash"], name: row["name"], provenance: row["provenance"],
        device: row["device"], source: row["source"], use: row["use"], text: row["text"])
    }
  }

  private static func origins(of id: String, _ db: Database) throws -> [StoredOrigin] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM policy WHERE experiment_id = ? ORDER BY policy_index",
      arguments: [id]
    ).map { StoredOrigin(policy: $0["policy"], parent: $0["parent"], change: $0["change"]) }
  }

  /// The summaries of an experiment, by policy and in the order of ``Metric``.
  public func summaries(of experimentID: String) throws(InputError) -> [StoredSummary] {
    let rows = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM summary WHERE experiment_id = ? ORDER BY policy_index",
        arguments: [experimentID]
      ).compactMap { row -> StoredSummary? in
        guard let metric = Metric(rawValue: row["metric"]) else { return nil }
        return StoredSummary(
          policy: row["policy"], policyIndex: row["policy_index"], metric: metric,
          replications: row["replications"], mean: row["mean"],
          interval: Self.range(row["lower"], row["upper"]), coverage: row["coverage"],
          seenIn: row["replications_with_any"], ratio: row["ratio"],
          ratioInterval: Self.range(row["ratio_lower"], row["ratio_upper"]),
          difference: row["difference"],
          differenceInterval: Self.range(row["difference_lower"], row["difference_upper"]),
          pValue: row["p_value_holm"],
          note: MetricNote(
            code: row["note_code"], arguments: row["note_arguments"], text: row["note"]),
          queue: QueueVerdict(state: row["queue"], unsettled: row["replications_unsettled"]))
      }
    }
    let order = Dictionary(uniqueKeysWithValues: zip(Metric.allCases, 0...))
    return rows.sorted {
      ($0.policyIndex, order[$0.metric] ?? 0) < ($1.policyIndex, order[$1.metric] ?? 0)
    }
  }

  /// The verdicts on claims of an experiment.
  public func claims(of experiment: StoredExperiment) throws(InputError) -> [StoredClaim] {
    guard let point = experiment.point else { return [] }
    return try read { db in
      return try Row.fetchAll(
        db, sql: "SELECT * FROM claim WHERE experiment_id = ? ORDER BY policy, claim",
        arguments: [experiment.id]
      ).map { row in
        StoredClaim(
          experimentID: experiment.id, point: point, policy: row["policy"], claim: row["claim"],
          threshold: row["threshold"], ratio: row["ratio"],
          interval: Self.range(row["lower"], row["upper"]), pValue: row["p_value"],
          isReached: row["is_reached"], verdict: row["verdict"])
      }
    }
  }

  private static func range(_ low: Double?, _ high: Double?) -> ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }

  /// The runs of an experiment, by policy and replication.
  public func runs(of experimentID: String) throws(InputError) -> [StoredRun] {
    try read { db in try Self.runs(of: experimentID, db) }
  }

  static func runs(of experimentID: String, _ db: Database) throws -> [StoredRun] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM run WHERE experiment_id = ? ORDER BY policy_index, replication",
      arguments: [experimentID]
    ).map { row in
      let id: Int64 = row["id"]
      var metrics: [(className: String, values: MetricValues)] = []
      for entry in try Row.fetchAll(
        db, sql: "SELECT * FROM run_metric WHERE run_id = ? ORDER BY class, metric",
        arguments: [id])
      {
        let name: String = entry["class"]
        if metrics.last?.className != name { metrics.append((name, MetricValues())) }
        if let metric = Metric(rawValue: entry["metric"]) {
          metrics[metrics.count - 1].values[metric] = entry["value"]
        }
      }
      return StoredRun(
        id: id, policy: row["policy"], replication: row["replication"],
        seed: UInt64(bitPattern: row["seed"] as Int64), bottleneck: row["bottleneck"],
        metrics: metrics, end: SimulationTime(nanoseconds: row["end_ns"]),
        inFlight: row["in_flight"],
        extrapolatedBatches: row["extrapolated_batches"],
        latencyQuantiles: (row["latency_quantiles"] as Data?).map(StoredRun.numbers),
        busyByBasis: try Self.busyByBasis(ofRun: id, db))
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws(InputError) -> T {
    do {
      return try queue.read(body)
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .badInput, at: .init(file: path), "the database cannot be read: \(Self.text(error))",
        hint: "name a database that 'qosdiff run' or 'compare' made")
    }
  }
}
