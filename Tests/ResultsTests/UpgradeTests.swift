import Foundation
import Results
import Testing

/// Databases of every schema that there has been are read as they are, and brought up to date by who writes.
@Suite struct UpgradeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().path

  @discardableResult
  private func sqlite(_ path: String, _ commands: String...) throws -> String {
    let shell = Process()
    shell.executableURL = URL(filePath: "/usr/bin/env")
    shell.arguments = ["sqlite3", path] + commands
    let out = Pipe()
    shell.standardOutput = out
    try shell.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    return text
  }

  private static let columns = """
    SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' ORDER BY 1, 2
    """

  @Test(arguments: Array(1...8) + [11]) func anOlderDatabaseStaysReadable(_ schema: Int) throws {
    let folder = NSTemporaryDirectory() + "/upgrade-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/old.sqlite"
    try sqlite(path, ".read '\(Self.folder)/Fixtures/schema\(schema).sql'")
    let before = try #require(FileManager.default.contents(atPath: path))
    #expect(try sqlite(path, "PRAGMA user_version") == "\(schema)\n")

    func check(_ store: ResultStore) throws {
      let experiment = try #require(try store.experiments().first)
      #expect(experiment.name == "fixture" && experiment.replications == 2)
      let summaries = try store.summaries(of: experiment.id)
      let mean = try #require(
        summaries.first { $0.policy == "least" && $0.metric == .latencyMean }?.mean)
      #expect(abs(mean - Self.latency) < 1e-12)
      // Named so since schema 9.
      #expect(
        summaries.first { $0.policy == "least" && $0.metric == .utilisationOfInstalled }?.mean
          == Self.utilisation)
      #expect(try store.runs(of: experiment.id).count == 4)
      let queries = try store.table(.query, experiments: [experiment.id])
      #expect(queries.rows.count == 48)
      // Up to schema 8 no program said what times rest on.
      let isOld = schema <= 8
      #expect(try store.runs(of: experiment.id).allSatisfy { ($0.busyByBasis == nil) == isOld })
      #expect(try store.timeBasis(of: experiment.id).isEmpty == isOld)
      #expect(try store.table(.timeBasis, experiments: [experiment.id]).rows.isEmpty == isOld)
      for view in View.allCases { _ = try store.table(view, experiments: [experiment.id]) }
    }
    try check(ResultStore(readingFrom: path))
    #expect(FileManager.default.contents(atPath: path) == before, "reading changes nothing")

    try check(ResultStore(creatingAt: path))
    #expect(try sqlite(path, "PRAGMA user_version") == "12\n")
    #expect(try sqlite(path, "PRAGMA integrity_check", "PRAGMA foreign_key_check") == "ok\n")
    let new = folder + "/new.sqlite"
    _ = try ResultStore(creatingAt: new)
    #expect(try sqlite(path, Self.columns) == sqlite(new, Self.columns))
  }

  /// Of the fixtures, as schema 1 has it.
  private static let latency = 0.486806567291667
  private static let utilisation = 0.87040035457589381984
}
