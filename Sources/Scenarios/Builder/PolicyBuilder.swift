import Cluster
import Diagnostics
import EventEngine
import Policies

/// Resolves `extends` and `without` and makes the policy sets.
struct PolicyBuilder {
  let baseline: String

  /// A part as written: the registry's entry name and its arguments.
  private typealias Parts = [String: LocatedValue]

  func build(_ value: LocatedValue?, _ builder: inout ScenarioBuilder) -> [PolicySet] {
    let written = value?.fields ?? []
    var sets: [PolicySet] = []
    for field in written {
      guard let parts = resolve(field.key, in: written, seen: [], &builder) else { continue }
      if let set = make(field.key, parts, &builder) { sets.append(set) }
    }
    return sets
  }

  /// All parts of a policy, inherited ones included.
  private func resolve(
    _ name: String,
    in written: [(key: String, location: Diagnostic.Location, value: LocatedValue)],
    seen: [String], _ builder: inout ScenarioBuilder
  ) -> Parts? {
    guard let policy = written.first(where: { $0.key == name })?.value else { return nil }
    var parts: Parts = [:]
    if let parent = policy["extends"] {
      let parentName = parent.string ?? ""
      guard written.contains(where: { $0.key == parentName }) else {
        builder.fault(
          parent.location, "there is no policy '\(parentName)' to extend",
          Suggestion.hint(for: parentName, in: written.map(\.key), noun: "policy"))
        return nil
      }
      guard parentName != name, !seen.contains(parentName) else {
        // Each member finds the circle: told from the first in the file, it is one fault.
        let members = seen.drop { $0 != parentName } + [name]
        let first = written.first { members.contains($0.key) }
        let start = members.firstIndex { $0 == first?.key } ?? members.startIndex
        let circle = members[start...] + members[..<start] + [members[start]]
        builder.fault(
          first?.value["extends"]?.location ?? parent.location,
          "policies extend one another in a circle: " + circle.joined(separator: " -> "),
          "extend a policy that does not build on this one")
        return nil
      }
      guard let inherited = resolve(parentName, in: written, seen: seen + [name], &builder) else {
        return nil
      }
      parts = inherited
    }
    if let written = policy["preset"] {
      let preset = PolicyRegistry.presets.first { $0.name == written.string }
      if let preset, preset.parts.keys.allSatisfy({ policy[$0.rawValue] != nil }) {
        builder.fault(
          written.location,
          "the policy gives every part of '\(preset.name)' itself: the preset has no effect",
          "remove it, or the parts that are to be the preset's: "
            + preset.parts.keys.map(\.rawValue).sorted().joined(separator: ", "))
      }
      for (kind, entry) in preset?.parts ?? [:] {
        parts[kind.rawValue] = LocatedValue(
          location: written.location, value: .variant(entry, nil))
      }
    }
    for field in policy.fields where !["extends", "preset", "without"].contains(field.key) {
      parts[field.key] = field.value
    }
    let without = policy["without"]?.list ?? []
    guard !without.isEmpty else { return parts }
    guard name != baseline, !seen.contains(baseline) else {
      builder.fault(
        policy["without"]?.location ?? policy.location,
        "the baseline cannot be without a part", "'without' puts the baseline's part back")
      return nil
    }
    let plain = resolve(baseline, in: written, seen: seen + [name], &builder) ?? [:]
    for part in without {
      let key = part.string ?? ""
      if policy[key] != nil {
        builder.fault(
          part.location, "'\(key)' is both set and left out", "remove one of the two")
      }
      if policy[key] == nil, PartText.of(parts[key], key) == PartText.of(plain[key], key) {
        builder.fault(
          part.location,
          "'\(key)' is the baseline's already: leaving it out has no effect", "remove it")
      }
      parts[key] = plain[key]
    }
    return parts
  }

  private func make(
    _ name: String, _ parts: Parts, _ builder: inout ScenarioBuilder
  ) -> PolicySet? {
    var set = PolicySet(
      name: name, steps: FixedSteps(), dispatcher: RoundRobin(),
      discipline: FirstComeFirstServed(), admission: AcceptAll(), batching: NoBatching())
    var isComplete = true
    for kind in PolicyKind.allCases {
      guard let written = parts[kind.rawValue], let (entryName, arguments) = written.variant,
        let entry = PolicyRegistry.entry(kind, entryName)
      else { continue }
      checkOrder(arguments, of: entry, &builder)
      switch entry.make(PolicyArguments(entry, given: values(arguments, of: entry))) {
      case .success(let part): set.take(part)
      case .failure(let contradiction):
        builder.fault(
          arguments?[contradiction.parameter]?.location ?? written.location, contradiction.what,
          "see 'qosdiff policies'")
        isComplete = false
      }
    }
    if let placement = parts["placement"] {
      set.placement = Placement(
        encodeOnCPU: placement["encode"]?.string == "cpu",
        decodeOnCPU: placement["decode"]?.string == "cpu")
    }
    if let planner = parts["scaling"], set.controller != nil, set.steps.planner != nil {
      builder.fault(
        planner.location, "policy '\(name)' has steps that plan the accelerators themselves",
        "remove 'scaling', or take other steps")
      isComplete = false
    }
    return isComplete ? set : nil
  }

  /// Lists that would be sorted and thinned out without a word.
  private func checkOrder(
    _ arguments: LocatedValue?, of entry: PolicyEntry, _ builder: inout ScenarioBuilder
  ) {
    for parameter in entry.parameters {
      guard let given = arguments?[parameter.name] else { continue }
      let numbers: [Double]
      switch parameter.kind {
      case .integers: numbers = given.list.compactMap { $0.integer.map(Double.init) }
      case .schedule: numbers = given.list.map { $0["at"]?.duration?.seconds ?? 0 }
      default: continue
      }
      for (one, next) in zip(given.list.dropFirst(), zip(numbers, numbers.dropFirst()))
      where next.0 >= next.1 {
        builder.fault(
          one.location, "'\(parameter.name)' must rise, each entry above the one before",
          "sort it, and keep one of equal entries")
      }
    }
  }

  private func values(
    _ arguments: LocatedValue?, of entry: PolicyEntry
  ) -> [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for parameter in entry.parameters {
      guard let given = arguments?[parameter.name] else { continue }
      switch parameter.kind {
      case .integer: values[parameter.name] = given.integer.map { .integer($0) }
      case .number: values[parameter.name] = given.number.map { .number($0) }
      case .duration: values[parameter.name] = given.duration.map { .duration($0) }
      case .bits: values[parameter.name] = given.number.map { .number($0) }
      case .choice: values[parameter.name] = given.string.map { .choice($0) }
      case .name: values[parameter.name] = given.string.map { .name($0) }
      case .integers:
        values[parameter.name] = .integers(Set(given.list.compactMap(\.integer)).sorted())
      case .schedule:
        let entries = given.list.map {
          ScheduleEntry(
            at: $0["at"]?.duration ?? .zero, accelerators: $0["accelerators"]?.integer ?? 0)
        }
        values[parameter.name] = .schedule(entries.sorted { $0.at < $1.at })
      }
    }
    return values
  }
}

extension PolicySet {
  mutating func take(_ part: PolicyPart) {
    switch part {
    case .steps(let steps): self.steps = steps
    case .finish(let finish): self.finish = finish
    case .dispatcher(let dispatcher): self.dispatcher = dispatcher
    case .discipline(let discipline): self.discipline = discipline
    case .admission(let admission): self.admission = admission
    case .batching(let batching): self.batching = batching
    case .pipelining(let pipelining): self.pipelining = pipelining
    case .recovery(let recovery): self.recovery = recovery
    case .scaling(let controller): self.controller = controller
    }
  }
}

/// A part as it is written: equal texts are the same part. One that is not written is the default.
private enum PartText {
  static func of(_ part: LocatedValue?, _ key: String) -> String {
    if let part { return PolicyOrigin.text(part) }
    return PolicyKind(rawValue: key).map(\.defaultName) ?? ""
  }
}
