import ArgumentParser
import EventEngine
import Foundation
import Policies
import Reporting
import TextReports

struct PoliciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies",
    abstract: "Lists every policy part with its parameters and defaults.")

  @Flag(help: "Prints JSON.")
  var json = false

  @Flag(help: "Prints the README's table.")
  var markdown = false

  func run() throws {
    if json {
      Output.result(PolicyListing.json())
      return
    }
    if markdown {
      Output.result(PolicyListing.markdown())
      return
    }
    Output.result("preset:")
    for preset in PolicyRegistry.presets {
      Output.result("  \(preset.name): \(preset.summary)")
      Output.result("    \(preset.reference)")
      let parts = PolicyKind.allCases.compactMap { kind in
        preset.parts[kind].map { "\(kind.rawValue): \($0)" }
      }
      Output.result("    { \(parts.joined(separator: ", ")) }")
    }
    for kind in PolicyKind.allCases {
      Output.result("\(kind.rawValue):")
      for entry in PolicyRegistry.entries(of: kind) {
        Output.result("  \(entry.name): \(entry.summary)")
        if let reference = entry.reference { Output.result("    \(reference)") }
        for parameter in entry.parameters {
          Output.result(
            "    \(parameter.name) (default \(PolicyListing.defaultText(parameter))): "
              + parameter.summary)
        }
      }
    }
  }
}
