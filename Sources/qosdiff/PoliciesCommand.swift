import ArgumentParser
import EventEngine
import Foundation
import Policies
import Reporting

struct PoliciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies",
    abstract: "Lists every policy part with its parameters and defaults.")

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    if json {
      Output.result(PolicyListing.json())
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

/// The registry as JSON.
enum PolicyListing {
  private struct Entry: Encodable {
    let kind: String
    let name: String
    let summary: String
    let reference: String?
    let parameters: [Parameter]
  }

  private struct Parameter: Encodable {
    let name: String
    let `default`: String
    let summary: String
  }

  static func defaultText(_ parameter: PolicyParameter) -> String {
    switch parameter.defaultValue {
    case .integer(let value): "\(value)"
    case .number(let value): parameter.kind == .bits ? "\(value) bit" : "\(value)"
    case .duration(let value): "\(value.seconds) s"
    case .choice(let word), .name(let word): word
    case .schedule(let entries): entries.isEmpty ? "none" : "\(entries.count) entries"
    }
  }

  static func json() -> String {
    let entries = PolicyRegistry.entries.map { entry in
      Entry(
        kind: entry.kind.rawValue, name: entry.name, summary: entry.summary,
        reference: entry.reference,
        parameters: entry.parameters.map {
          Parameter(name: $0.name, default: defaultText($0), summary: $0.summary)
        })
    }
    return JSONText.of(entries)
  }
}
