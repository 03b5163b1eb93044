import Diagnostics
import Foundation
import Scenarios

/// A scenario without files: a list of lines that tests change.
enum Sample {
  static let text = """
    name: sample
    workload:
      arrivals: { poisson: { rate: 2 query/s } }
      queries: 100
    cluster:
      nodes:
        - name: left
          accelerators: { synthetic: { denoise: { deterministic: 10 ms } } }
        - name: right
          count: 2
          accelerators: { count: 3, synthetic: { denoise: { exponential: { mean: 20 ms } } } }
    policies:
      base: { steps: fixed, dispatcher: round-robin, pipelining: none }
      quick: { extends: base, dispatcher: least-work-left, pipelining: cpu-gpu }
    run: { baseline: base, seed: 7, replications: 3 }
    """

  /// The package's root folder.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The text with one part replaced.
  static func with(_ part: String, as other: String) -> String {
    text.replacingOccurrences(of: part, with: other)
  }

  /// The text with other policies (lines without their indentation).
  static func policies(_ lines: [String]) -> String {
    let head = text.components(separatedBy: "policies:\n")[0]
    return head + "policies:\n" + lines.map { "  \($0)\n" }.joined() + "run: { baseline: base }\n"
  }
}

/// The scenario in a text, as if it were `s.yaml`.
func scenario(_ text: String = Sample.text, set overrides: [String] = []) throws -> Scenario {
  try ScenarioReader().read(text: text, path: "s.yaml", overrides: overrides)
}

/// What is wrong with a text; empty if nothing is.
func faults(_ text: String, set overrides: [String] = []) -> [Diagnostic] {
  do {
    _ = try ScenarioReader().read(text: text, path: "s.yaml", overrides: overrides)
    return []
  } catch {
    return error.diagnostics
  }
}
