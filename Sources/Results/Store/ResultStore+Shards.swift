public import Diagnostics
import GRDB

/// Shards: databases of one experiment each, written where it ran and merged into one.
extension ResultStore {
  /// Adds a shard's experiments, each replacing one of the same id; all of them or none.
  ///
  /// - Returns: what of other programs was replaced.
  /// - Throws: 65 where the shard cannot be read, has another schema or is of another program than `program`;
  ///   74 where this database cannot be written. Either way nothing is changed.
  package func merge(shard path: String, program: String?) throws(InputError) -> [Replacement] {
    let shard = try ResultStore(readingFrom: path)
    let experiments = try shard.experiments()
    for experiment in experiments {
      try Self.check(shard: path, experiment, program: program)
    }
    guard try shard.schemaVersion() == Migrations.newest else {
      throw InputError(
        .badInput, at: .init(file: path), "this shard has an older schema",
        hint: "move it away: its point is run again")
    }
    var replaced: [Replacement] = []
    try copy(experiments.map(\.id), from: path, locksBoth: true) { db in
      let outdated = try experiments.flatMap {
        try Self.outdated(by: $0, program: program, db)
      }
      replaced = Self.replacements(outdated, keptIn: try keep(outdated))
      for one in outdated {
        try db.execute(sql: "DELETE FROM main.experiment WHERE id = ?", arguments: [one.id])
      }
    }
    return replaced
  }

  /// Refuses an experiment of a shard that another program made.
  public static func check(
    shard path: String, _ experiment: StoredExperiment, program: String?
  ) throws(InputError) {
    guard experiment.program != program else { return }
    throw InputError(
      .badInput, at: .init(file: path),
      "this shard is of program \(experiment.program ?? "unknown"), and this is \(program ?? "unknown")",
      hint: "move it away, or finish the sweep with the program that began it")
  }

  /// Whether a file is a database without damage.
  public static func isComplete(_ path: String) -> Bool {
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
}
