public import Diagnostics
import GRDB

/// Shards: databases of one experiment each, written where it ran and merged into one.
extension ResultStore {
  /// Adds a shard's experiments, each replacing one of the same id; all of them or none.
  ///
  /// - Throws: 65 where the shard cannot be read, has another schema or is of another program version;
  ///   74 where this database cannot be written. Either way nothing is changed.
  public func merge(shard path: String, version: String) throws(InputError) {
    let shard = try ResultStore(readingFrom: path)
    for experiment in try shard.experiments() {
      try Self.check(shard: path, experiment, version: version)
    }
    guard try shard.schemaVersion() == Migrations.newest else {
      throw InputError(
        .badInput, at: .init(file: path), "this shard has an older schema",
        hint: "move it away: its point is run again")
    }
    try mergeTables(of: path)
  }

  /// Refuses an experiment of a shard that another program version made.
  public static func check(
    shard path: String, _ experiment: StoredExperiment, version: String
  ) throws(InputError) {
    guard experiment.version != version else { return }
    throw InputError(
      .badInput, at: .init(file: path),
      "this shard is of program version \(experiment.version), and this is \(version)",
      hint: "move it away, or finish the sweep with the program that began it")
  }

  /// Whether a file is a database without damage.
  public static func isWhole(_ path: String) -> Bool {
    guard let queue = try? open(path, readOnly: true) else { return false }
    let check = try? queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check") }
    return check == "ok"
  }

  private func schemaVersion() throws(InputError) -> Int {
    do {
      return try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
    } catch {
      throw InputError(
        .badInput, at: .init(file: path), "the database cannot be read: \(Self.text(error))",
        hint: "move it away")
    }
  }

  private func mergeTables(of path: String) throws(InputError) {
    do {
      // A database cannot be attached within a transaction.
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [path])
        defer { try? db.execute(sql: "DETACH DATABASE shard") }
        try db.inTransaction {
          try db.execute(
            sql: "DELETE FROM main.experiment WHERE id IN (SELECT id FROM shard.experiment)")
          for table in Migrations.tables {
            let insert = table == "profile" ? "INSERT OR IGNORE" : "INSERT"
            try db.execute(sql: "\(insert) INTO main.\(table) SELECT * FROM shard.\(table)")
          }
          return .commit
        }
      }
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: self.path),
        "a shard could not be merged: \(Self.text(error))",
        hint: "free space or permissions, then give the same command: nothing finished is lost")
    }
  }
}
