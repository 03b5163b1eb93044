import Diagnostics
import Experiments
import Scenarios

/// What of a scenario a command has no use for.
struct CommandScope {
  /// A setting by its path, and what the command does instead.
  struct Unused {
    let path: String
    let reason: String
    /// Whether that a scenario says it is worth a note; else only an option that sets it is refused.
    var isNoted = true
  }

  let command: String
  let unused: [Unused]

  private static let experiment = "it takes the scenario's own workload, not an experiment's points"

  static let run = CommandScope(
    command: "run",
    unused: [
      Unused(path: "experiment", reason: experiment),
      Unused(path: "run.replications", reason: "it simulates replication 0 alone", isNoted: false),
      Unused(path: "run.precision", reason: "it simulates replication 0 alone"),
    ])

  static let live = CommandScope(
    command: "live",
    unused: run.unused + [
      Unused(path: "run.bounds", reason: "what is possible is not known of live runs")
    ])

  static let sweep = CommandScope(
    command: "sweep",
    unused: [Unused(path: "experiment", reason: "its axes say which points it runs")])

  private static let search = [
    Unused(path: "experiment", reason: "it finds its own points"),
    Unused(path: "run.replications", reason: "it takes as many as it needs", isNoted: false),
    Unused(path: "run.precision", reason: "it takes as many replications as it needs"),
    Unused(path: "run.bounds", reason: "it looks at attainment alone"),
  ]

  /// Of `capacity`: loads, or a fleet for the arrivals of the scenario, or at a rate given.
  static func capacity(isFleet: Bool, hasRate: Bool) -> CommandScope {
    let load =
      isFleet && !hasRate
      ? []
      : [
        Unused(
          path: "workload.load", reason: hasRate ? "--rate says what arrives" : "it varies the load"
        )
      ]
    return CommandScope(command: "capacity", unused: search + load)
  }

  /// Says on standard error which settings have no effect.
  static func tell(_ idle: [IdleSetting]) {
    var reasons: [String] = []
    for setting in idle where !reasons.contains(setting.reason) { reasons.append(setting.reason) }
    for reason in reasons {
      let paths = idle.filter { $0.reason == reason }.map(\.path)
      Output.error(
        "Note: \(paths.joined(separator: ", ")) \(paths.count > 1 ? "have" : "has") no effect: \(reason)."
      )
    }
  }

  /// Refuses options that set what is unused, and says what of the scenario is.
  ///
  /// - Parameter overrides: those that the user gave.
  func check(_ scenario: Scenario, overrides: [String]) throws(InputError) {
    for one in unused {
      let given = overrides.first { override in
        let path = override.prefix { $0 != "=" }
        return path == one.path || path.hasPrefix(one.path + ".")
      }
      if let given {
        throw InputError(
          .usage, at: .init(file: "--set \(given)"),
          "this has no effect under '\(command)': \(one.reason)", hint: "leave it away")
      }
      if one.isNoted, scenario.isGiven(one.path) {
        Output.error("Note: \(one.path) has no effect under '\(command)': \(one.reason).")
      }
    }
  }
}
