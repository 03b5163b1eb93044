import Foundation
import Testing

/// Reads `Sources` and holds every file to the rules; and each rule to a text that breaks it.
@Suite struct TidyTests {
  static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  struct SourceFile {
    var path: String
    var module: String
    var text: String
  }

  static func files() throws -> [SourceFile] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
      .filter { $0.hasSuffix(".swift") }.sorted()
    return try paths.map { path in
      SourceFile(
        path: path, module: path.split(separator: "/").first.map(String.init) ?? "",
        text: try String(contentsOf: sources.appending(path: path), encoding: .utf8))
    }
  }

  private func hold(_ rule: (SourceFile) -> [Breach]) throws {
    let files = try Self.files()
    #expect(files.count > 100, "the sources were found")
    for file in files {
      for breach in rule(file) {
        Issue.record("Sources/\(file.path):\(breach.line): \(breach.what)")
      }
    }
  }

  @Test func importsFollowTheHouse() throws {
    try hold { TidyRules.imports($0.text, in: $0.module) }
  }
  @Test func noWallClockAndNoUnseededRandomness() throws {
    try hold { TidyRules.clocks($0.text, in: $0.module) }
  }
  @Test func nothingTrapsOrPrints() throws {
    try hold { TidyRules.traps($0.text, in: $0.module) }
  }
  @Test func filesAreShort() throws { try hold { TidyRules.length($0.text) } }
  @Test func publicDeclarationsAreDocumented() throws {
    try hold { TidyRules.documentation($0.text) }
  }
  @Test func everyModuleHasAFloor() throws {
    let known = Set(TidyRules.layers.joined())
    for module in Set(try Self.files().map(\.module)) { #expect(known.contains(module)) }
  }

  @Test(arguments: [
    ("Cluster", "import Policies"), ("Cluster", "public import Results"),
    ("Policies", "@testable import Scenarios"), ("Reporting", "import Cluster"),
    ("Results", "import Policies"), ("EventEngine", "@preconcurrency public import Workload"),
    ("Workload", "import struct Cluster.Link"), ("DiffusionModels", "import EventEngine"),
    ("LiveServer", "import Scenarios"), ("Experiments", "import Reporting"),
    ("Experiments", "import LiveServer"),
  ])
  func importRuleBites(_ module: String, _ line: String) {
    #expect(TidyRules.imports("import Foundation\n\(line)\n", in: module).map(\.line) == [2])
  }

  @Test func importRuleLetsPass() {
    let text = "import EventEngine\n// import Policies\nlet a = \"import Policies\"\n"
    #expect(TidyRules.imports(text, in: "Cluster") == [])
  }

  @Test(arguments: [
    "let now = Date()", "let c = ContinuousClock()", "var g = SystemRandomNumberGenerator()",
    "let x = Int.random(in: 0..<5)", "arc4random()", "gettimeofday(&t, nil)", "a.shuffled()",
  ])
  func clockRuleBites(_ line: String) {
    #expect(TidyRules.clocks("let a = 1\n  \(line)\n", in: "Cluster").map(\.line) == [2])
    #expect(TidyRules.clocks(line, in: "qosdiff") == [])
  }

  @Test func clockRuleLetsPass() {
    let text = "Int.random(in: 0..<n, using: &g)\n/// Never `Date()`.\nlet a = \"Date()\" // Date()"
    #expect(TidyRules.clocks(text, in: "Cluster") == [])
  }

  @Test(arguments: ["try! f()", "fatalError(\"x\")", "print(a)", "if a { print(b) }"])
  func trapRuleBites(_ line: String) {
    #expect(TidyRules.traps("\n\(line)", in: "Cluster").map(\.line) == [2])
  }

  @Test func trapRuleLetsPass() {
    let text = "preconditionFailure(\"no\")\nblueprint(a)\nlog.print(a)\n// try! this\n"
    #expect(TidyRules.traps(text, in: "Cluster") == [])
    #expect(TidyRules.traps("print(a)", in: "qosdiff") == [])
    #expect(TidyRules.traps("try! f()", in: "qosdiff").count == 1)
  }

  @Test func lengthRuleBites() {
    #expect(TidyRules.length(String(repeating: "a\n", count: 420)) == [])
    #expect(TidyRules.length(String(repeating: "a\n", count: 421)).count == 1)
  }

  @Test(arguments: [
    "public struct A {}", "  public init() {}", "@inlinable public func f() {}",
    "@discardableResult\npublic func f() {}", "/// Far.\n\npublic var a = 1",
    "/// Of b.\nlet b = 1\npublic var a = 1",
  ])
  func documentationRuleBites(_ text: String) {
    #expect(TidyRules.documentation(text).count == 1)
  }

  @Test(arguments: [
    "/// A.\npublic struct A {}", "/// A.\n@inlinable\npublic func f() {}", "public import A",
    "struct A {}", "public extension A {}", "private(set) var a = 1",
  ])
  func documentationRuleLetsPass(_ text: String) {
    #expect(TidyRules.documentation(text) == [])
  }
}
