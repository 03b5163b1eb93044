import ArgumentParser
import Foundation
import LatencyProfiles

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Shows latency profiles.",
    subcommands: [Show.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Prints where a profile's figures are from, and the figures.")

    @Argument(help: "Profile files.")
    var files: [String]

    func run() throws {
      for file in files {
        let profile = try LatencyProfile.load(path: file)
        Output.result(
          "\(profile.name): \(profile.provenance.rawValue); \(profile.device); \(profile.source)")
        for entry in profile.entries {
          let size = entry.height > 0 ? "\(entry.height)x\(entry.width)" : "any size"
          Output.result(
            "  \(entry.model) \(entry.stage.rawValue) \(size) batch \(entry.batch): "
              + String(format: "%.4g s", entry.medianSeconds) + " (\(entry.provenance.rawValue))")
        }
      }
    }
  }
}
