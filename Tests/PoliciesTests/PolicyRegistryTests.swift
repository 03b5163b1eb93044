import EventEngine
import Policies
import Testing

/// What the documentation, the schema and 'did you mean' rely on.
@Suite struct PolicyRegistryTests {
  @Test(arguments: PolicyKind.allCases)
  func everyKindHasEntriesOfDifferentNames(_ kind: PolicyKind) {
    let names = PolicyRegistry.entries(of: kind).map(\.name)
    #expect(!names.isEmpty)
    #expect(Set(names).count == names.count)
    for name in names { #expect(PolicyRegistry.entry(kind, name)?.name == name) }
    #expect(PolicyRegistry.entry(kind, "no such policy") == nil)
  }

  @Test func entriesOfAllKindsAreTheRegistry() {
    let count = PolicyKind.allCases.map { PolicyRegistry.entries(of: $0).count }.reduce(0, +)
    #expect(count == PolicyRegistry.entries.count)
  }

  @Test func everyEntryMakesItsKindWithDefaults() throws {
    for entry in PolicyRegistry.entries {
      // A schedule has no default: there, defaults alone are a contradiction.
      guard !entry.parameters.contains(where: { $0.kind == .schedule }) else { continue }
      let part = try entry.make(PolicyArguments(entry)).get()
      let kind: PolicyKind =
        switch part {
        case .steps: .steps
        case .finish: .finish
        case .dispatcher: .dispatcher
        case .discipline: .discipline
        case .admission: .admission
        case .batching: .batching
        case .pipelining: .pipelining
        case .recovery: .recovery
        case .scaling: .scaling
        }
      #expect(kind == entry.kind, "\(entry.name)")
    }
  }

  @Test func defaultsLieInTheirRanges() {
    for entry in PolicyRegistry.entries {
      for parameter in entry.parameters {
        let isInRange =
          switch (parameter.kind, parameter.defaultValue) {
          case (.integer(let range), .integer(let value)): range.contains(value)
          case (.number(let range), .number(let value)): range.contains(value)
          case (.duration, .duration(let value)): value >= .zero
          case (.bits, .number(let value)): value >= 0
          case (_, .ofQueries): true
          case (.choice(let words), .choice(let word)): words.contains(word)
          case (.name, .name(let name)): !name.isEmpty
          case (.schedule, .schedule(let entries)): entries.isEmpty
          case (.integers(let range), .integers(let values)):
            !values.isEmpty && values == values.sorted() && values.allSatisfy(range.contains)
          default: false
          }
        #expect(isInRange, "\(entry.name): \(parameter.name)")
      }
      let names = entry.parameters.map(\.name)
      #expect(Set(names).count == names.count, "\(entry.name)")
    }
  }

  @Test func textsAreOneLineAndNamesAreKeys() {
    let isKey = { (name: String) in
      !name.isEmpty && name.allSatisfy { ("a"..."z").contains($0) || $0 == "-" || $0.isNumber }
    }
    for entry in PolicyRegistry.entries {
      #expect(isKey(entry.name))
      for text in [entry.summary, entry.reference ?? "-"] + entry.parameters.map(\.summary) {
        #expect(!text.isEmpty && text.count { $0.isNewline } == 0, "\(entry.name)")
        #expect(text.last != ".", "\(entry.name): \(text)")
      }
      for parameter in entry.parameters { #expect(isKey(parameter.name), "\(entry.name)") }
    }
  }

  @Test func argumentsOverrideDefaults() throws {
    let entry = try #require(PolicyRegistry.entry(.steps, "slack"))
    let arguments = PolicyArguments(entry, given: ["min": .integer(7)])
    #expect(arguments.integer("min") == 7)
    #expect(arguments.integer("max") == 1000)
    #expect(arguments.number("queue-weight") == 5)
  }

  @Test func contradictionsNameTheirParameter() throws {
    let entry = try #require(PolicyRegistry.entry(.steps, "slack"))
    let given: [String: ParameterValue] = ["min": .integer(9), "max": .integer(8)]
    guard case .failure(let fault) = entry.make(PolicyArguments(entry, given: given)) else {
      Issue.record("min above max was accepted")
      return
    }
    #expect(fault == .init("min", "min 9 is above max 8"))
  }
}
