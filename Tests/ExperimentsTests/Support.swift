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

  /// A scenario from its text, with paths from `Scenarios`.
  static func scenario(text: String, _ overrides: [String] = []) throws -> Scenario {
    try ScenarioReader().read(
      text: text, path: "\(root)/Scenarios/test.yaml", overrides: overrides)
  }
}
