import Foundation
import Testing

extension Scratch {
  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(path)/\(name)") }

  /// What a statement gives on a database here, by the `sqlite3` program.
  @discardableResult
  func sqlite(_ database: String, _ statement: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sqlite3", "\(path)/\(database)", statement]
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return text
  }
}

/// Databases of others, of newer programs, and ours without an experiment.
@Suite(.needsProgram) struct ForeignDatabaseTests {
  static let scenario = """
    name: small
    workload: { arrivals: { poisson: { rate: 2 query/s } }, queries: 40 }
    cluster:
      nodes:
        - name: n
          accelerators: { synthetic: { denoise: { exponential: { mean: 10 ms } } } }
    policies: { base: { steps: fixed } }
    """

  /// 1364153156 is our own application id.
  @Test(arguments: [
    ("CREATE TABLE t(x); INSERT INTO t VALUES (1)", 73 as Int32),
    ("PRAGMA application_id = 42; PRAGMA user_version = 1", 73),
    ("PRAGMA application_id = 1364153156; PRAGMA user_version = 99; CREATE TABLE t(x)", 65),
  ])
  func isNotChangedInAByte(statements: String, status: Int32) throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    try scratch.sqlite("other.sqlite", statements)
    let before = try #require(scratch.bytes("other.sqlite"))
    #expect(!before.isEmpty)
    for command in ["run", "compare"] {
      let result = try Program.release(
        command, "s.yaml", "--db", "other.sqlite", in: scratch.path)
      #expect(result.status == status)
      #expect(result.error.hasPrefix("other.sqlite: error: "))
      #expect(result.error.split(separator: "\n").count == 1)
    }
    #expect(try Program.release("report", "other.sqlite", in: scratch.path).status == 65)
    #expect(scratch.bytes("other.sqlite") == before)
    #expect(try scratch.names() == ["other.sqlite", "s.yaml"])
  }

  @Test func reportOfADatabaseWithoutExperiments() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    #expect(
      try Program.release("run", "s.yaml", "--db", "r.sqlite", in: scratch.path).status == 0)
    try scratch.sqlite("r.sqlite", "UPDATE experiment SET is_complete = 0")
    for result in [
      try Program.release("report", "r.sqlite", in: scratch.path),
      try Program.release("report", "r.sqlite", "--out", "csv", in: scratch.path),
    ] {
      #expect(result.status == 65)
      #expect(result.error.contains("error: the database holds no complete experiment"))
    }
    #expect(try !scratch.names().contains("csv"))
    let format = try Program.release("report", "r.sqlite", "--format", "docx", in: scratch.path)
    #expect(format.status == 64)
  }

  @Test func anEmptyFileMayBecomeADatabase() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    try scratch.write("", to: "r.sqlite")
    #expect(
      try Program.release("run", "s.yaml", "--db", "r.sqlite", in: scratch.path).status == 0)
    #expect(try scratch.sqlite("r.sqlite", "SELECT count(*) FROM query") == "40\n")
    #expect(try scratch.sqlite("r.sqlite", "PRAGMA user_version") == "14\n")
    #expect(try scratch.sqlite("r.sqlite", "PRAGMA application_id") == "1364153156\n")
  }

  @Test(arguments: [
    (".", "a folder, not a database"), ("no/r.sqlite", "cannot be written"),
    ("", "is no file to keep results in"), (":memory:", "is no file to keep results in"),
    ("file:x.sqlite?mode=memory", "is no file to keep results in"),
  ])
  func whatCannotBeCreatedIs73(path: String, says: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let result = try Program.release("run", "s.yaml", "--db", path, in: scratch.path)
    #expect(result.status == 73)
    #expect(result.error.contains(says))
    #expect(try scratch.names() == ["s.yaml"])
  }

  @Test func anotherProgramsEmptySchemaIsLeftAlone() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    _ = try scratch.sqlite("r.sqlite", "PRAGMA user_version = 6")
    let before = scratch.bytes("r.sqlite")
    let result = try Program.release("run", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    #expect(result.status == 73 && result.error.contains("no QoSDiff database"))
    #expect(scratch.bytes("r.sqlite") == before)
  }

  @Test func aFileInPlaceOfTheFolderIsToldBeforeSimulating() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let result = try Program.release("compare", "s.yaml", "--out", "s.yaml", in: scratch.path)
    #expect(result.status == 73)
    #expect(result.out.isEmpty)
    #expect(try scratch.names() == ["s.yaml"])
  }

  @Test func withoutQueriesNoneIsStored() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let result = try Program.release("run", "s.yaml", "--no-queries", in: scratch.path)
    #expect(result.status == 0)
    #expect(!result.error.contains("\r"), "progress is for terminals")
    #expect(!result.out.contains("Database:"), "results alone on standard output")
    #expect(try scratch.sqlite("small.sqlite", "SELECT count(*) FROM query") == "0\n")
    #expect(try scratch.sqlite("small.sqlite", "SELECT offered FROM run") == "40\n")
  }

  @Test func oneFileInTheWayOfInitAndNoneIsWritten() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "cpu.json")
    #expect(try Program.release("init", in: scratch.path).status == 73)
    #expect(try scratch.names() == ["cpu.json"])
    #expect(scratch.bytes("cpu.json") == Data("mine".utf8))
  }

  @Test func goodScenariosAreToldBesideBadOnes() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "good.yaml")
    try scratch.write(Self.scenario.replacing("queries", with: "querys"), to: "bad.yaml")
    let result = try Program.release(
      "validate", "good.yaml", "bad.yaml", "none.yaml", in: scratch.path)
    #expect(result.status == 65)
    #expect(result.out == "good.yaml: ok (policies: base)\n")
    #expect(result.error.contains("bad.yaml:2:57: error: unknown key 'querys'"))
    #expect(result.error.contains("none.yaml: error: there is no such scenario"))
  }
}
