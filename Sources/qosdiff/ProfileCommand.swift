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

    @Option(help: "Kernels to list.")
    var kernels = 20

    func run() throws {
      for (index, file) in files.enumerated() {
        let tables = ProfileTables(profile: try LatencyProfile.load(path: file))
        if index > 0 { Output.result("") }
        Output.result(tables.title)
        if let roofline = tables.roofline { Output.result(roofline) }
        Output.result("\n" + tables.stages)
        for note in tables.derivations + [tables.residualNote].compactMap({ $0 }) {
          Output.result("  * " + note)
        }
        if let kinds = tables.kinds { Output.result("\nwhere the time goes:\n" + kinds) }
        if let table = tables.kernels(limit: max(kernels, 0)) { Output.result("\n" + table) }
      }
    }
  }
}
