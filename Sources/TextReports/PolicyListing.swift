import EventEngine
package import Policies
import Reporting

/// The registry as JSON, and as the table of the README.
package enum PolicyListing {
  private struct Entry: Encodable {
    let kind: String
    let name: String
    let summary: String
    let reference: String?
    let parameters: [Parameter]
  }

  private struct Parameter: Encodable {
    let name: String
    let unit: String?
    let range: String
    let `default`: Default
    let summary: String
  }

  /// A number (in the parameter's unit), a word, or a list; a plan has no default in JSON.
  private struct Default: Encodable {
    let parameter: PolicyParameter

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch parameter.defaultValue {
      case .integer(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .duration(let value): try container.encode(value.seconds)
      case .choice(let word), .name(let word): try container.encode(word)
      case .integers(let values): try container.encode(values)
      case .schedule, .ofQueries: try container.encodeNil()
      }
    }
  }

  private struct Preset: Encodable {
    let kind = "preset"
    let name: String
    let summary: String
    let reference: String
    let parts: [String: String]

    enum CodingKeys: CodingKey { case kind, name, summary, reference, parts }
  }

  private struct Listing: Encodable {
    let presets: [Preset]
    let entries: [Entry]
  }

  package static func defaultText(_ parameter: PolicyParameter) -> String {
    switch parameter.defaultValue {
    case .integer(let value): "\(value)"
    case .number(let value): parameter.kind == .bits ? "\(value) bit" : "\(value)"
    case .duration(let value): "\(value.seconds) s"
    case .choice(let word), .name(let word): word
    case .integers(let values): "[" + values.map(String.init).joined(separator: ", ") + "]"
    case .ofQueries: "the queries'"
    case .schedule(let entries): entries.isEmpty ? "none" : "\(entries.count) entries"
    }
  }

  private static func unit(_ kind: ParameterKind) -> String? {
    switch kind {
    case .duration: "s"
    case .bits: "bit"
    default: nil
    }
  }

  private static func range(_ kind: ParameterKind) -> String {
    switch kind {
    case .integer(let range): "\(range.lowerBound)...\(range.upperBound)"
    case .number(let range): "\(range.lowerBound)...\(range.upperBound)"
    case .duration, .bits: "at least 0"
    case .choice(let words): words.joined(separator: " | ")
    case .name: "a name"
    case .integers(let range): "a list in \(range.lowerBound)...\(range.upperBound)"
    case .schedule: "a list of times and accelerators"
    }
  }

  package static func json() -> String {
    JSONText.of(
      Listing(
        presets: PolicyRegistry.presets.map { preset in
          Preset(
            name: preset.name, summary: preset.summary, reference: preset.reference,
            parts: Dictionary(
              uniqueKeysWithValues: preset.parts.map { ($0.key.rawValue, $0.value) }))
        },
        entries: PolicyRegistry.entries.map { entry in
          Entry(
            kind: entry.kind.rawValue, name: entry.name, summary: entry.summary,
            reference: entry.reference,
            parameters: entry.parameters.map {
              Parameter(
                name: $0.name, unit: unit($0.kind), range: range($0.kind),
                default: Default(parameter: $0), summary: $0.summary)
            })
        }))
  }

  /// A row for each preset and part.
  package static func markdown() -> String {
    var lines = [
      "| part | name | what it does | parameters | source |", "| --- | --- | --- | --- | --- |",
    ]
    for preset in PolicyRegistry.presets {
      let parts = PolicyKind.allCases.compactMap { kind in
        preset.parts[kind].map { "\(kind.rawValue): \($0)" }
      }
      lines.append(
        "| preset | `\(preset.name)` | \(preset.summary) | \(parts.joined(separator: ", ")) | \(preset.reference) |"
      )
    }
    for kind in PolicyKind.allCases {
      for entry in PolicyRegistry.entries(of: kind) {
        let parameters = entry.parameters.map { "`\($0.name)` \(defaultText($0))" }
        lines.append(
          "| \(kind.rawValue) | `\(entry.name)` | \(entry.summary) | \(parameters.joined(separator: ", ")) "
            + "| \(entry.reference ?? "") |")
      }
    }
    return lines.joined(separator: "\n")
  }
}
