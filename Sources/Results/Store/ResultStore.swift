public import Diagnostics
import Foundation
import GRDB

/// A QoSDiff results database.
public struct ResultStore: Sendable {
  /// Path of the file.
  public let path: String
  let queue: DatabaseQueue
  /// Whether replaced results are kept, in another database of the same folder.
  package var keepsReplaced = false

  /// Opens a database for writing, creating it or bringing its schema up to date.
  ///
  /// - Parameter isShared: whether the file must be good on a network file system, where SQLite's
  ///   write-ahead log is not (sqlite.org/wal.html): a rollback journal then, and one writer.
  /// - Throws: 73 where the file cannot be created or is no QoSDiff database.
  public init(creatingAt path: String, isShared: Bool = false) throws(InputError) {
    guard !path.isEmpty, path != ":memory:", !path.hasPrefix("file:") else {
      throw InputError(
        .cannotCreate, at: nil, "'\(path)' is no file to keep results in", hint: "give --db FILE")
    }
    let isNew = !FileManager.default.fileExists(atPath: path)
    if !isNew { try Self.checkIsDatabase(path, .cannotCreate) }
    do {
      queue = try Self.withPatience { try Self.prepared(path, isShared: isShared) }
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: path), "the database cannot be written: \(Self.text(error))",
        hint: Self.hint(error, "name a file in a folder that can be written, with --db FILE"))
    }
    self.path = path
  }

  /// Opens an existing database for reading.
  ///
  /// - Throws: 66 where there is none; 65 where it is no QoSDiff database or of a newer schema.
  public init(readingFrom path: String) throws(InputError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw InputError(
        .missingInput, at: .init(file: path), "there is no such database",
        hint: "'qosdiff compare SCENARIO --db FILE' makes one")
    }
    try Self.checkIsDatabase(path, .badInput)
    do {
      let file = try Self.openForReading(path)
      let (application, version) = try file.read { db in
        (
          try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        )
      }
      guard application == Migrations.applicationID else {
        throw Self.foreignDatabase(path, .badInput)
      }
      guard version <= Migrations.newest else { throw Self.newerSchema(path, version) }
      if version < Migrations.newest {
        // The file stays as it is: what is read is a copy, brought up to date in memory.
        queue = try DatabaseQueue()
        try file.backup(to: queue)
        try queue.write { db in try Migrations.migrate(db) }
      } else {
        queue = file
      }
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .badInput, at: .init(file: path), "the database cannot be read: \(Self.text(error))",
        hint: "name a database that 'qosdiff run' or 'compare' made")
    }
    self.path = path
  }

  /// A database with a write-ahead log wants to make files beside it even to be read. Where it cannot, and no log
  /// is there, the file alone is whole and may be read as one that nobody changes (sqlite.org/uri.html, immutable).
  private static func openForReading(_ path: String) throws -> DatabaseQueue {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let log =
      (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
    guard access(folder, W_OK) != 0, log == 0 else { return try open(path, readOnly: true) }
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
    let name = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
    return try open("file:\(name)?immutable=1", readOnly: true)
  }

  /// A file that is free or ours, with the journal wanted and the newest schema.
  private static func prepared(_ path: String, isShared: Bool) throws -> DatabaseQueue {
    let queue = try open(path, readOnly: false, wait: attempt / 2)
    // Looked at before anything is changed: even the journal mode is written into the file.
    try queue.read { db in
      let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      let isFree = tables == 0 && application == 0 && version == 0
      let isOurs = application == Migrations.applicationID && version > 0 && tables > 0
      guard isFree || isOurs else { throw foreignDatabase(path, .cannotCreate) }
      guard version <= Migrations.newest else { throw newerSchema(path, version) }
    }
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = \(isShared ? "DELETE" : "WAL")")
    }
    try queue.write { db in try Migrations.migrate(db) }
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA busy_timeout = \(Int(1000 * patience))")
    }
    return queue
  }

  /// Of two programs that change a file's journal at the same time SQLite refuses one at once, whatever its timeout
  /// (sqlite.org/c3ref/busy_handler.html: a wait of both would never end). So that one tries again.
  private static func withPatience<T>(_ body: () throws -> T) throws -> T {
    for _ in 1..<Int(patience / attempt) {
      do {
        return try body()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        usleep(UInt32(1_000_000 * attempt / 2))
      }
    }
    return try body()
  }

  /// Seconds for which another program's lock is waited for.
  private static let patience: TimeInterval = 30
  /// Seconds of one attempt to make a file ready, half of them SQLite's own wait.
  private static let attempt: TimeInterval = 0.1

  static func open(
    _ path: String, readOnly: Bool, wait: TimeInterval = patience
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(wait)
    if readOnly {
      // The file's own views may be another program's: a reader has this one's, in its own memory.
      configuration.prepareDatabase { db in
        for view in View.allCases { try db.execute(sql: view.sql(isTemporary: true)) }
      }
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func checkIsDatabase(
    _ path: String, _ category: Diagnostic.Category
  ) throws(InputError) {
    guard !InputFile.isNamedPipe(path) else {
      throw InputError(
        category, at: .init(file: path), "this is a named pipe, not a database",
        hint: "name a file")
    }
    guard let handle = FileHandle(forReadingAtPath: path),
      let head = try? handle.read(upToCount: 16)
    else {
      // An empty file reads as nil and may become a database; a folder may not.
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        throw InputError(
          category, at: .init(file: path), "this is a folder, not a database", hint: "name a file")
      }
      return
    }
    guard head.isEmpty || head.starts(with: Array("SQLite format 3".utf8)) else {
      throw foreignDatabase(path, category)
    }
  }

  private static func foreignDatabase(
    _ path: String, _ category: Diagnostic.Category
  ) -> InputError {
    InputError(
      category, at: .init(file: path), "this is no QoSDiff database and is left alone",
      hint: "name another file")
  }

  private static func newerSchema(_ path: String, _ version: Int) -> InputError {
    InputError(
      .badInput, at: .init(file: path),
      "the database has schema \(version), this program knows up to \(Migrations.newest)",
      hint: "use the program version that wrote it")
  }

  /// GRDB's description without the statement, which may be long.
  static func text(_ error: any Error) -> String {
    (error as? DatabaseError)?.message ?? "\(error)"
  }

  /// What would be right: for a database that another program holds, something else than `hint`.
  static func hint(_ error: any Error, _ hint: String) -> String {
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_BUSY:
      "another program has been writing it for \(Int(patience)) s: give the same command when that is done, or name another file"
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      "the file is damaged: name another with --db FILE, or bring this one back from a copy"
    default: hint
    }
  }
}
