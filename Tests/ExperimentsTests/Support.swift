import Diagnostics
import Experiments
import Foundation
import Scenarios

enum Support {
  /// The package's top folder.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static func scenario(_ path: String, _ overrides: [String] = []) throws -> Scenario {
    try ScenarioReader().read(path: "\(root)/Scenarios/\(path)", overrides: overrides)
  }

  /// An experiment on a trace of these lines; `text` makes the scenario of the trace's path.
  static func experiment(
    tracing lines: [String], policies: [String]? = nil, replications: Int? = nil,
    _ text: (String) -> String
  ) throws -> Experiment {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "qosdiff-trace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = folder.appending(path: "t.csv")
    try lines.joined(separator: "\n").write(to: trace, atomically: true, encoding: .utf8)
    return try Experiment(
      ScenarioReader().read(text: text(trace.path), path: "\(folder.path)/s.yaml"),
      policies: policies, replications: replications)
  }

  /// A scenario from its text, with paths from `Scenarios`.
  static func scenario(text: String, _ overrides: [String] = []) throws -> Scenario {
    try ScenarioReader().read(
      text: text, path: "\(root)/Scenarios/test.yaml", overrides: overrides)
  }
}
