import Diagnostics
import Foundation
import Results
import Testing

/// Reopening a database, and schemas of newer programs.
@Suite struct SchemaVersionTests {
  private static func experiment(_ id: String) -> StoredExperiment {
    StoredExperiment(
      id: id, content: id, name: id, scenario: "", seed: 1, replications: 1,
      baseline: "p",
      version: "0", loadFactor: nil, offeredLoad: nil, notes: [], profiles: [])
  }

  private static func folder() throws -> String {
    let path = NSTemporaryDirectory() + "/store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// The big-endian number at a place of SQLite's file header.
  private static func header(_ path: String, at place: Int) throws -> UInt32 {
    let data = try #require(FileManager.default.contents(atPath: path))
    return data[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  @Test func reopeningKeepsWhatIsThere() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/r.sqlite"
    for id in ["one", "two", "two"] {
      let store = try ResultStore(creatingAt: path)
      try store.begin(Self.experiment(id), provenance: [("host", "here")])
      try store.finish(
        Self.experiment(id), StoredAnalysis(summaries: []), provenance: [("elapsed_s", "1")])
    }
    let store = try ResultStore(readingFrom: path)
    #expect(try store.experiments().map(\.id) == ["one", "two"])
  }

  @Test func viewsOfAnotherProgramAreNotRead() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/r.sqlite"
    do {
      let store = try ResultStore(creatingAt: path)
      try store.begin(Self.experiment("e"), provenance: [])
      try store.finish(Self.experiment("e"), StoredAnalysis(summaries: []), provenance: [])
    }
    let shell = Process()
    shell.executableURL = URL(filePath: "/usr/bin/env")
    shell.arguments = [
      "sqlite3", path, "DROP VIEW v_experiment; CREATE VIEW v_experiment AS SELECT 1 AS other",
    ]
    try shell.run()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    let reader = try ResultStore(readingFrom: path)
    #expect(try reader.table(.experiment, experiments: ["e"]).rows.count == 1)
    // Who opens it for writing brings it up to date.
    _ = try ResultStore(creatingAt: path)
    #expect(try reader.columns(of: .experiment).first == "experiment")
  }

  @Test func theSchemaHasItsNumberAndANewerOneIsRefusedUntouched() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/r.sqlite"
    do { _ = try ResultStore(creatingAt: path) }
    // SQLite's file format: user_version is at byte 60, application_id at 68.
    #expect(try Self.header(path, at: 60) == 14)
    #expect(try Self.header(path, at: 68) == 0x514F_5344)
    var data = try #require(FileManager.default.contents(atPath: path))
    data[63] = 99
    try data.write(to: URL(filePath: path))
    let writing = try #require(throws: InputError.self) { try ResultStore(creatingAt: path) }
    #expect(writing.description.contains("the database has schema 99, this program knows up to 14"))
    let reading = try #require(throws: InputError.self) { try ResultStore(readingFrom: path) }
    #expect(reading.exitCode == 65)
    #expect(FileManager.default.contents(atPath: path) == data)
  }
}
