package import Diagnostics
import Foundation
import GRDB
import LatencyProfiles

/// Results that are there and would come out otherwise now.
extension ResultStore {
  /// An experiment that is there, and why it is not what is wanted.
  struct Outdated {
    let id: String
    /// That made it.
    let program: String?
    let reason: Replacement.Reason
    let runs: Int
  }

  /// The key in the provenance under which the program's identity stands.
  static let programKey = "program"

  /// The program that a provenance names.
  package static func program(in provenance: [(key: String, value: String)]) -> String? {
    provenance.first { $0.key == programKey }?.value
  }

  /// The complete experiments that `program` made.
  package func experiments(madeBy program: String?) throws(InputError) -> [StoredExperiment] {
    try experiments().filter { $0.program == program }
  }

  /// What of an experiment's name is there but would come out otherwise: made by another program than `program`, or under
  /// a trace's older hash, which this program cannot find out again.
  static func outdated(
    by experiment: StoredExperiment, program: String?, _ db: Database
  ) throws -> [Outdated] {
    func outdated(_ id: String, _ reason: (String?) -> Replacement.Reason) throws -> Outdated {
      let made = try String.fetchOne(
        db, sql: "SELECT value FROM provenance WHERE experiment_id = ? AND key = ?",
        arguments: [id, programKey])
      return Outdated(id: id, program: made, reason: reason(made), runs: try runCount(id, db))
    }
    var found: [Outdated] = []
    let isThere =
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM experiment WHERE id = ?)",
        arguments: [experiment.id]) ?? false
    if isThere {
      let one = try outdated(experiment.id) { .otherProgram($0) }
      if one.program != program { found.append(one) }
    }
    for id in try underOlderTraceHash(experiment, db) {
      found.append(try outdated(id) { _ in .otherTraceHash })
    }
    return found
  }

  /// Ids of experiments that may be this one, under the hash that traces had before schema 7: nothing that was stored
  /// tells which trace they were of.
  private static func underOlderTraceHash(
    _ experiment: StoredExperiment, _ db: Database
  ) throws -> [String] {
    guard experiment.trace != nil else { return [] }
    let ids = try String.fetchAll(
      db,
      sql: """
        SELECT id FROM experiment WHERE trace IS NULL AND name = ? AND scenario = ? AND overrides = ? AND seed = ?
        AND workload = ? AND (workload = '' OR load_asked = ? AND slo_scale = ?) AND controls_of IS ?
        AND baseline = ? AND policies = ? AND replications_asked = ? AND version = ? AND execution = ? AND id <> ?
        ORDER BY id
        """,
      arguments: [
        experiment.name, experiment.scenario, experiment.settings.joined(separator: "\n"),
        Int64(bitPattern: experiment.seed), experiment.point?.workload ?? "",
        experiment.point?.load, experiment.point?.sloScale, experiment.point?.controlsOf,
        experiment.baseline,
        experiment.policies.joined(separator: "\n"), experiment.asked, experiment.version,
        experiment.execution.rawValue, experiment.id,
      ])
    let profiles = Set(experiment.profiles.map { [$0.use, $0.hash] })
    return try ids.filter { id in
      let own = try Row.fetchAll(
        db, sql: "SELECT use, hash FROM experiment_profile WHERE experiment_id = ?",
        arguments: [id])
      return Set(own.map { [$0["use"] as String, $0["hash"] as String] }) == profiles
    }
  }

  private static func runCount(_ id: String, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM run WHERE experiment_id = ?", arguments: [id]) ?? 0
  }

  /// Copies what is about to be replaced, each into the database of the program that made it: where that is wanted, and
  /// where nothing says that it is what the new results are of. The caller holds this database's lock for writing, so that
  /// no other process replaces it meanwhile.
  ///
  /// - Returns: where each is kept, by id.
  func keep(_ outdated: [Outdated]) throws(InputError) -> [String: String] {
    var places: [String: String] = [:]
    for one in outdated where keepsReplaced || one.reason == .otherTraceHash {
      var hash = ContentHash()
      hash.add(one.program ?? "unknown")
      let base = path.hasSuffix(".sqlite") ? String(path.dropLast(".sqlite".count)) : path
      let place = "\(base).old-\(hash.hex.prefix(8)).sqlite"
      let store = try ResultStore(creatingAt: place)
      // The same program's results are the same: only more of them are worth a copy.
      if try !store.hasComplete(one.id, orOver: one.runs) { try store.copy([one.id], from: path) }
      places[one.id] = place
    }
    return places
  }

  /// Whether an experiment is here, complete or with more than so many runs.
  private func hasComplete(_ id: String, orOver runs: Int) throws(InputError) -> Bool {
    try read { db in
      let isComplete =
        try Bool.fetchOne(
          db, sql: "SELECT is_complete FROM experiment WHERE id = ?", arguments: [id]) ?? false
      return try isComplete || Self.runCount(id, db) > runs
    }
  }

  static func replacements(
    _ outdated: [Outdated], keptIn places: [String: String]
  ) -> [Replacement] {
    outdated.map { Replacement(reason: $0.reason, runs: $0.runs, keptIn: places[$0.id]) }
  }

  /// Copies experiments of another database, each replacing one of the same id; all of them or none.
  ///
  /// - Parameters:
  ///   - locksBoth: whether the other database is locked for writing, too; else somebody else may hold that lock.
  ///   - before: may do more within the same transaction.
  /// - Throws: 74 where this one cannot be written; nothing is changed then.
  func copy(
    _ ids: [String], from other: String, locksBoth: Bool = false,
    before: (Database) throws -> Void = { _ in }
  ) throws(InputError) {
    do {
      // A database cannot be attached within a transaction.
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "ATTACH DATABASE ? AS other", arguments: [other])
        defer { try? db.execute(sql: "DETACH DATABASE other") }
        try db.inTransaction(locksBoth ? .immediate : .deferred) {
          try before(db)
          for id in ids {
            try db.execute(sql: "DELETE FROM main.experiment WHERE id = ?", arguments: [id])
            for table in Migrations.tables { try Self.copy(table, of: id, db) }
          }
          return .commit
        }
      }
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path),
        "results of \(other) could not be copied: \(Self.text(error))",
        hint: "free space or permissions, then give the same command: nothing finished is lost")
    }
  }

  private static func copy(_ table: String, of id: String, _ db: Database) throws {
    let columns = try db.columns(in: table, in: "main").map(\.name)
    let runs = "SELECT id FROM other.run WHERE experiment_id = ?"
    let (which, insert) =
      switch table {
      case "experiment": ("id = ?", "INSERT")
      case "profile":
        (
          "hash IN (SELECT hash FROM other.experiment_profile WHERE experiment_id = ?)",
          "INSERT OR IGNORE"
        )
      case _ where columns.contains("experiment_id"): ("experiment_id = ?", "INSERT")
      default: ("run_id IN (\(runs))", "INSERT")
      }
    try db.execute(
      sql: "\(insert) INTO main.\(table) SELECT * FROM other.\(table) WHERE \(which)",
      arguments: [id])
  }
}
