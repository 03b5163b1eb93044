import ArgumentParser
import Foundation
import LatencyProfiles
import Reporting
import TextReports

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Shows, compares and derives latency profiles.",
    subcommands: [Show.self, Compare.self, Derive.self])

  /// What a command that writes a file says to programs.
  struct Written: Encodable {
    let file: String
    let kernels: Int
    let entries: Int
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Prints where a profile's figures are from, and the figures.")

    @Argument(help: "Profile files.")
    var files: [String]

    @Option(help: "Kernels to list.")
    var kernels = 20

    @Flag(help: "Prints JSON: the profile's own, a list of them where there are several.")
    var json = false

    func run() throws {
      if json {
        let texts = try files.map { try LatencyProfile.load(path: $0).text }
        Output.result(texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ",\n"))]")
        return
      }
      for (index, file) in files.enumerated() {
        let tables = ProfileTables(profile: try LatencyProfile.load(path: file))
        if index > 0 { Output.result("") }
        Output.result(tables.title)
        for line in [tables.roofline, tables.hostCopy, tables.latentEntropy].compactMap({ $0 })
          + tables.coreScaling
        {
          Output.result(line)
        }
        Output.result("\n" + tables.stages)
        for note in tables.derivations + [tables.residualNote].compactMap({ $0 }) {
          Output.result("  * " + note)
        }
        if let kinds = tables.kinds { Output.result("\nwhere the time goes:\n" + kinds) }
        if let table = tables.kernels(limit: max(kernels, 0)) { Output.result("\n" + table) }
      }
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare", abstract: "Prints two or more profiles side by side.")

    @Argument(help: "Profile files, the one to compare with first.")
    var files: [String]

    @Option(help: "Kernels to list.")
    var kernels = 20

    @Flag(help: "Prints JSON.")
    var json = false

    func validate() throws {
      if files.count < 2 { throw ValidationError("name at least two profiles") }
    }

    func run() throws {
      var profiles: [LatencyProfile] = []
      for file in files { profiles.append(try LatencyProfile.load(path: file)) }
      let comparison = ProfileComparison(profiles: profiles)
      if json {
        Output.json(
          ["stages": comparison.stages.objects]
            .merging(
              comparison.kernels(limit: max(kernels, 0)).map { ["kernels": $0.table.objects] }
                ?? [:]
            ) { $1 })
        return
      }
      for profile in profiles { Output.result(ProfileTables(profile: profile).title) }
      Output.result("\n" + comparison.stages.text)
      if let kernels = comparison.kernels(limit: max(kernels, 0)) {
        Output.result("\n\(kernels.title)\n\(kernels.table.text)")
      }
    }
  }
}
