import ArgumentParser
import Diagnostics
import Scenarios

/// Options of commands that compare policies over replications.
struct ReplicationOptions: ParsableArguments {
  @Option(help: "Policies to compare, by comma; default: all of the scenario.")
  var policies: String?

  @Option(help: "The policy that others are compared with; default: the scenario's.")
  var baseline: String?

  @Option(help: "Independent runs a policy; default: the scenario's.")
  var replications: Int?

  @Option(
    help: """
      Adds replications until the 95 % intervals of violations, mean latency, p99 and goodput are this \
      narrow, such as 2%; overrides run.precision.
      """)
  var precision: String?

  @Option(
    name: .customLong("most-replications"),
    help: "Most replications that --precision may add up to; overrides run.most_replications.")
  var maximumReplications: Int?

  func validate() throws {
    _ = try names()
    if let replications, replications < 1 {
      throw ValidationError("--replications must be at least 1.")
    }
    if precision != nil, let replications, replications < 3 {
      throw ValidationError(
        "--precision needs --replications of at least 3: fewer have no interval.")
    }
  }

  /// The policies asked for, each once; nil = all.
  func names() throws -> [String]? { try policies.map(PolicyNames.parse) }

  /// The scenario with what of these options belongs in it, and with more; a fault of one of them is told as
  /// one of the option.
  func read(
    _ scenario: ScenarioOptions, setting more: [String] = []
  ) throws(InputError) -> Scenario {
    do { return try scenario.read(setting: overrides + more) } catch {
      throw error.relocated { file in
        switch file {
        case precision.map({ "--set run.precision=\($0)" }): "--precision"
        case maximumReplications.map({ "--set run.most_replications=\($0)" }): "--most-replications"
        default: nil
        }
      }
    }
  }

  /// What of these options belongs in the scenario, as `--set` would say it.
  var overrides: [String] {
    var overrides = precision.map { ["run.precision=\($0)"] } ?? []
    if let maximumReplications {
      // It is judged by what --replications says, where that is said.
      overrides += replications.map { ["run.replications=\($0)"] } ?? []
      overrides.append("run.most_replications=\(maximumReplications)")
    }
    return overrides
  }
}
