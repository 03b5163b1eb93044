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

  @Test(arguments: Array(1...8) + [11, 12, 13]) func anOlderDatabaseStaysReadable(_ schema: Int)
    throws
  {
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
      // Up to schema 13 no program said what queries went through.
      #expect(queries.rows.allSatisfy { $0["waiting_s"] == .none && $0["model_made"] == .none })
      let workers = try store.table(.worker, experiments: [experiment.id]).rows
      #expect(workers.count == 8 && workers.allSatisfy { $0["active_s"] == .none })
      for view in View.allCases { _ = try store.table(view, experiments: [experiment.id]) }
    }
    try check(ResultStore(readingFrom: path))
    #expect(FileManager.default.contents(atPath: path) == before, "reading changes nothing")

    try check(ResultStore(creatingAt: path))
    #expect(try sqlite(path, "PRAGMA user_version") == "14\n")
    #expect(try sqlite(path, "PRAGMA integrity_check", "PRAGMA foreign_key_check") == "ok\n")
    let new = folder + "/new.sqlite"
    _ = try ResultStore(creatingAt: new)
    #expect(try sqlite(path, Self.columns) == sqlite(new, Self.columns))
  }

  /// Up to schema 12 a point stood among the overrides.
  @Test func pointsAndSettingsOfAnOlderDatabaseBecomeColumns() throws {
    let folder = NSTemporaryDirectory() + "/upgrade-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/old.sqlite"
    try sqlite(path, ".read '\(Self.folder)/Fixtures/schema12-points.sql'")
    #expect(
      try sqlite(path, "SELECT count(*) FROM experiment WHERE overrides LIKE '%point.%'") == "4\n")
    for store in [try ResultStore(readingFrom: path), try ResultStore(creatingAt: path)] {
      let experiments = try store.experiments()
      let points = experiments.compactMap(\.point)
      #expect(
        points
          == [(0.5, 2.0), (0.5, 3), (0.9, 2), (0.9, 3)].map {
            ExperimentPoint(workload: "other", load: $0, sloScale: $1)
          })
      #expect(
        experiments.filter { $0.point != nil }.allSatisfy {
          $0.settings == [Setting("query.steps=12")]
        })
      let swept = experiments.filter { $0.point == nil }
      #expect(swept.map(\.sloSeconds) == [0.5, 0.2] && swept.map(\.loadAsked) == [0.5, 0.5])
      #expect(
        swept.map { $0.settings[0] } == [
          Setting("query.slo.time=0.5 s"), Setting("query.slo.time=200 ms"),
        ])
      let rows = try store.table(.setting, experiments: Set(swept.map(\.id))).rows
      #expect(rows.map { $0["number"].number } == [200, 0.5, 0.5, 0.5])
      #expect(rows.map { $0["unit"].text } == ["ms", "", "s", ""])
    }
    #expect(
      try sqlite(path, "SELECT count(*) FROM experiment WHERE overrides LIKE '%point.%'") == "0\n")
  }

  /// Of the fixtures, as schema 1 has it.
  private static let latency = 0.486806567291667
  private static let utilisation = 0.87040035457589381984
}
