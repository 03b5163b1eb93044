import ArgumentParser
import Diagnostics
import Foundation
import Gzip
import Scenarios

/// Options that every command on a scenario takes.
struct ScenarioOptions: ParsableArguments {
  @Argument(help: "The scenario file.")
  var scenario: String

  @Option(
    name: .customLong("set"),
    help: "Sets a value of the scenario, such as workload.load=0.9; may be repeated.")
  var overrides: [String] = []

  @Option(help: "Seed of all random numbers; overrides run.seed.")
  var seed: Int?

  @OptionGroup var verbosity: Verbosity

  /// The scenario with all overrides, and with more of them.
  func read(
    setting more: [String] = [], standIns: ProfileStandIns? = nil
  ) throws(InputError) -> Scenario {
    var all = overrides + more
    if let seed { all.append("run.seed=\(seed)") }
    var reader = Self.reader(verbosity)
    reader.standIns = standIns
    return try reader.read(path: scenario, overrides: all)
  }

  static func reader(_ verbosity: Verbosity) -> ScenarioReader {
    let variable = ProcessInfo.processInfo.environment["QOSDIFF_TRACES"] ?? ""
    return ScenarioReader(
      traceFolders: variable.split(separator: ":").map(String.init), unpacking: .zlib,
      ownProfile: { model, height, width throws(InputError) in
        try OwnProfile.path(model: model, height: height, width: width, verbosity)
      },
      ownTable: { model, height, width throws(InputError) in
        try OwnTable.path(model: model, height: height, width: width, verbosity)
      })
  }
}
