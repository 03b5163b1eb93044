import Foundation
import Scenarios
import Testing

/// The JSON Schema, held against the parser by an independent validator.
@Suite struct SchemaTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// A Python that has jsonschema and PyYAML.
  static let python = ["python3", "/usr/bin/python3"].first { name in
    (try? run(name, "import jsonschema, yaml", []))?.status == 0
  }

  static func run(
    _ python: String, _ program: String, _ arguments: [String], input: String = ""
  ) throws -> (status: Int32, out: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", program] + arguments
    let (out, into) = (Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = FileHandle.nullDevice
    process.standardInput = into
    try process.run()
    try into.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try into.fileHandleForWriting.close()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// Which of the YAML texts the validator accepts, one 0 or 1 each.
  private func verdicts(_ texts: [String]) throws -> [Bool] {
    let program = """
      import json, sys, yaml, jsonschema
      data = json.load(sys.stdin)
      v = jsonschema.Draft202012Validator(json.loads(data['schema']))
      jsonschema.Draft202012Validator.check_schema(json.loads(data['schema']))
      def keys(x):
        if isinstance(x, dict): return {str(k): keys(v) for k, v in x.items()}
        return [keys(i) for i in x] if isinstance(x, list) else x
      print(''.join('1' if v.is_valid(keys(yaml.safe_load(t))) else '0' for t in data['texts']))
      """
    let input = try JSONSerialization.data(
      withJSONObject: ["schema": SchemaText.json(), "texts": texts])
    let result = try Self.run(
      try #require(Self.python), program, [], input: String(decoding: input, as: UTF8.self))
    #expect(result.status == 0)
    return result.out.filter { !$0.isNewline }.map { $0 == "1" }
  }

  private func shipped() throws -> [String] {
    try ["Scenarios", "Scenarios/oracles"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(folder)").sorted()
        .filter { $0.hasSuffix(".yaml") }
        .map { try String(contentsOfFile: "\(Self.root)/\(folder)/\($0)", encoding: .utf8) }
    }
  }

  /// Changes to the quickstart that both the schema and the parser must refuse.
  static let broken: [(String, String)] = [
    ("name: quickstart", "nme: quickstart"), ("window:", "windows:"),
    ("load: 0.8", "load: heavy"), ("load_by: superpose", "load_by: magic"),
    ("latency: 10 us", "latency: 10"), ("bandwidth: 25 GB/s", "bandwidth: 25 furlong/s"),
    ("count: 2", "count: 0"), ("count: 2", "count: two"), ("steps: fixed", "steps: fast"),
    ("pipelining: none", "pipelining: sometimes"), ("images: 4", "images: 0"),
    ("min: 20", "minimum: 20"), ("replications: 10", "replications: 0"),
    ("scale: 3", "scale: 3, time: 5 s"), ("queue: per-worker", "queue: [per-worker]"),
    ("guidance: true", "guidance: maybe"),
  ]

  @Test(.enabled(if: python != nil, "needs a Python with jsonschema and PyYAML"))
  func acceptsTheShippedScenarios() throws {
    let texts = try shipped()
    #expect(texts.count >= 26)
    #expect(try verdicts(texts).allSatisfy { $0 })
  }

  @Test(.enabled(if: python != nil, "needs a Python with jsonschema and PyYAML"))
  func refusesWhatTheParserRefuses() throws {
    let good = try String(contentsOfFile: Self.root + "/Scenarios/quickstart.yaml", encoding: .utf8)
    let texts = Self.broken.map { change in
      #expect(good.contains(change.0), "'\(change.0)' is not in the quickstart")
      return good.replacing(change.0, with: change.1)
    }
    let accepted = try verdicts(texts)
    for (index, text) in texts.enumerated() {
      #expect(!accepted[index], "the schema accepts \(Self.broken[index].1)")
      #expect(throws: (any Error).self, "the parser accepts \(Self.broken[index].1)") {
        try ScenarioReader().read(text: text, path: Self.root + "/Scenarios/x.yaml")
      }
    }
  }
}
