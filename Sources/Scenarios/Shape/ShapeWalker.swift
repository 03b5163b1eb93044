import Diagnostics
import Foundation
import Yams

/// Holds a YAML tree against a shape: values with their places, and every fault found on the way.
struct ShapeWalker {
  let file: String
  let lines: [String]
  /// Paths set on the command line, and the options that set them.
  let overrides: [(path: [String], option: String)]
  private(set) var diagnostics: [Diagnostic] = []
  /// The sections of the file that fit their shape, whatever the others do.
  private(set) var sections: LocatedValue?

  init(file: String, lines: [String], overrides: [(path: [String], option: String)]) {
    self.file = file
    self.lines = lines
    self.overrides = overrides
  }

  func location(_ node: Node, path: [String]) -> Diagnostic.Location {
    for override in overrides where path.starts(with: override.path) {
      return Diagnostic.Location(file: override.option)
    }
    // A mapping that an option made has no mark, though only a part of it was set.
    if node.mark == nil, let override = overrides.first(where: { $0.path.starts(with: path) }) {
      return Diagnostic.Location(file: override.option)
    }
    return SourceLines.location(node.mark, file: file, lines: lines)
  }

  mutating func fault(
    _ location: Diagnostic.Location, _ what: String, _ hint: String?
  ) {
    let source = location.file == file ? SourceLines.line(location.line, of: lines) : nil
    diagnostics.append(
      Diagnostic(.badInput, at: location, what, hint: hint, sourceLine: source))
  }

  mutating func walk(_ node: Node, _ shape: ValueShape, path: [String]) -> LocatedValue? {
    let place = location(node, path: path)
    let name = path.isEmpty ? "the scenario" : path.joined(separator: ".")
    switch shape {
    case .object(let fields): return object(node, fields, path: path, place, name)
    case .dictionary(let noun, let element):
      return dictionary(node, element, noun: noun, path: path, place, name)
    case .list(let element):
      guard case .sequence(let sequence) = node, !sequence.isEmpty else {
        fault(place, "\(name) must be a list", "write one '- ' item a line, at least one")
        return nil
      }
      let values = sequence.enumerated().map { index, item in
        walk(item, element, path: path + ["\(index)"])
      }
      return values.contains { $0 == nil }
        ? nil : LocatedValue(location: place, value: .list(values.compactMap { $0 }))
    case .variants(let noun, let variants):
      return variant(node, variants, noun: noun, path: path, place, name)
    case .weights(let range): return weights(node, range, path: path, place, name)
    case .scalarOr(let scalar, let other):
      if case .scalar = node { return walk(node, scalar, path: path) }
      return walk(node, other, path: path)
    default:
      guard case .scalar(let scalar) = node else {
        fault(place, "\(name) must be a single value", shape.expectation)
        return nil
      }
      if case .word(let word, let other) = shape {
        if scalar.string == word { return LocatedValue(location: place, value: .string(word)) }
        if scalar.string.first?.isLetter ?? false {
          fault(place, "\(name) cannot be '\(scalar.string)'", shape.expectation)
          return nil
        }
        return walk(node, other, path: path)
      }
      return self.scalar(scalar.string, shape, place, name)
    }
  }

  /// Names go into tables, databases and reports, a line each.
  private mutating func isOneLine(
    _ text: String, _ place: Diagnostic.Location, _ name: String
  ) -> Bool {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return true
    }
    fault(place, "\(name) has a line end or another control character", "write it in one line")
    return false
  }

  private mutating func scalar(
    _ text: String, _ shape: ValueShape, _ place: Diagnostic.Location, _ name: String
  ) -> LocatedValue? {
    func value(_ value: LocatedValue.Value) -> LocatedValue {
      LocatedValue(location: place, value: value)
    }
    switch shape {
    case .string:
      let lines = name == "description" ? text.replacing("\n", with: " ") : text
      guard isOneLine(lines, place, name) else { return nil }
      if !text.isEmpty { return value(.string(text)) }
    case .boolean:
      if text == "true" || text == "false" { return value(.boolean(text == "true")) }
    case .integer(let range):
      if let number = Quantity.wholeNumber(text), range.contains(number) {
        return value(.integer(number))
      }
    case .number(let range):
      if let number = Quantity.plainNumber(text), range.contains(number) {
        return value(.number(number))
      }
    case .choice(let words):
      if words.contains(text) { return value(.string(text)) }
      fault(
        place, "\(name) cannot be '\(text)'",
        Suggestion.hint(for: text, in: words, noun: "value"))
      return nil
    case .imageSize:
      let sides = text.split(separator: "x").map { Quantity.wholeNumber(String($0)) ?? 0 }
      if sides.count == 2, sides.allSatisfy({ (64...8192).contains($0) && $0 % 8 == 0 }) {
        return value(.size(height: sides[0], width: sides[1]))
      }
    case .quantity(let dimension, let bound):
      return quantity(text, dimension, bound, place, name)
    default: preconditionFailure("not a scalar shape")
    }
    fault(place, "\(name) cannot be '\(text)'", share(text, in: shape) ?? shape.expectation)
    return nil
  }

  /// A percentage where a number is wanted, written as one.
  private func share(_ text: String, in shape: ValueShape) -> String? {
    guard case .number(let range) = shape, text.hasSuffix("%"),
      let percent = Quantity.plainNumber(text.dropLast().trimmingCharacters(in: .whitespaces)),
      range.contains(percent / 100)
    else { return nil }
    return "write \(percent / 100)"
  }

  private mutating func quantity(
    _ text: String, _ dimension: Dimension, _ bound: ValueShape.Bound,
    _ place: Diagnostic.Location, _ name: String
  ) -> LocatedValue? {
    let units = dimension.units.map(\.name).joined(separator: ", ")
    switch Quantity.parse(text, dimension) {
    case .success(let number):
      // Ten years: far beyond any trace, far within simulated time.
      let inRange = dimension != .duration || number <= 10 * 365.25 * 86400
      if number > 0 || (bound == .notNegative && number == 0), inRange {
        return LocatedValue(location: place, value: .quantity(number))
      }
      fault(
        place, "\(name) cannot be '\(text)'",
        inRange
          ? "it must be \(bound == .positive ? "above zero" : "zero or more")"
          : "the longest duration is 3652 d")
    case .failure(.notANumber):
      fault(place, "\(name) is not a quantity: '\(text)'", "write it like '\(dimension.example)'")
    case .failure(.missingUnit):
      fault(
        place, "\(name) lacks a unit: '\(text)'",
        dimension.units.count == 1
          ? "write '\(text) \(units)'" : "write '\(text)' with one of \(units)")
    case .failure(.unknownUnit(let unit)):
      fault(
        place, "\(name) has an unknown unit: '\(unit)'", hint(for: unit, in: text, dimension))
    }
    return nil
  }

  /// What may be meant by a unit that is none: never one that differs in what a letter stands for.
  private func hint(for unit: String, in text: String, _ dimension: Dimension) -> String {
    let number = text.prefix(text.count - unit.count).trimmingCharacters(in: .whitespaces)
    guard let meant = dimension.otherSpellings[unit] else {
      // Never the nearest: a letter makes another unit.
      return "known units: \(dimension.units.map(\.name).joined(separator: ", "))"
    }
    let hint = "write '\(number) \(meant)'"
    // A byte has eight bits.
    guard meant.hasSuffix("bit/s"), let value = Double(number) else { return hint }
    let bytes = value / 8
    let written = bytes == bytes.rounded() ? "\(Int(bytes))" : "\(bytes)"
    return hint + ", which is '\(written) \(meant.replacing("bit/s", with: "B/s"))'"
  }

  /// What a value that stands alone, where a name is wanted, may be meant as: `10 s` is a time, 3 or `3x` a scale.
  private func meant(by text: String, among variants: [ValueShape.Variant]) -> String? {
    for variant in variants {
      let value: String? =
        switch variant.shape {
        case .quantity(let dimension, _): quantity(meantBy: text, dimension)
        case .number(let range): number(meantBy: text, range)
        default: nil
        }
      if let value { return "write { \(variant.name): \(value) }" }
    }
    return nil
  }

  private func quantity(meantBy text: String, _ dimension: Dimension) -> String? {
    switch Quantity.parse(text, dimension) {
    case .success: return text
    case .failure(.unknownUnit(let unit)):
      guard let meant = dimension.otherSpellings[unit] else { return nil }
      return text.dropLast(unit.count).trimmingCharacters(in: .whitespaces) + " \(meant)"
    case .failure: return nil
    }
  }

  private func number(meantBy text: String, _ range: ClosedRange<Double>) -> String? {
    let digits = text.trimmingCharacters(in: CharacterSet(charactersIn: "xX× "))
    return Quantity.plainNumber(digits).map(range.contains) ?? false ? digits : nil
  }

  private mutating func object(
    _ node: Node, _ fields: [ValueShape.Field], path: [String], _ place: Diagnostic.Location,
    _ name: String
  ) -> LocatedValue? {
    guard case .mapping(let mapping) = node else {
      fault(
        place, "\(name) must be a mapping",
        "known keys: \(fields.map(\.name).joined(separator: ", "))")
      return nil
    }
    var values: [(key: String, location: Diagnostic.Location, value: LocatedValue)] = []
    var isComplete = true
    for (keyNode, valueNode) in mapping {
      let key = keyNode.scalar?.string ?? ""
      let keyPlace = location(keyNode, path: path + [key])
      guard let field = fields.first(where: { $0.name == key }) else {
        fault(
          keyPlace, "unknown key '\(key)' in \(name)",
          Suggestion.hint(for: key, in: fields.map(\.name), noun: "key"))
        isComplete = false
        continue
      }
      if let value = walk(valueNode, field.shape, path: path + [key]) {
        values.append((key, keyPlace, value))
      } else {
        isComplete = false
      }
    }
    let keys = Set(mapping.map { $0.key.scalar?.string ?? "" })
    for field in fields where field.isRequired && !keys.contains(field.name) {
      fault(place, "\(name) lacks '\(field.name)'", "\(field.name): \(field.summary)")
      isComplete = false
    }
    let object = LocatedValue(location: place, value: .object(values))
    if path.isEmpty { sections = object }
    return isComplete ? object : nil
  }

  private mutating func dictionary(
    _ node: Node, _ element: ValueShape, noun: String, path: [String],
    _ place: Diagnostic.Location, _ name: String
  ) -> LocatedValue? {
    guard case .mapping(let mapping) = node, !mapping.isEmpty else {
      let isList = if case .sequence = node { true } else { false }
      fault(
        place, "\(name) must map each \(noun)'s name to what it is",
        isList ? "write 'NAME: { ... }' for each, not a list" : "write at least one")
      return nil
    }
    var values: [(key: String, location: Diagnostic.Location, value: LocatedValue)] = []
    for (keyNode, valueNode) in mapping {
      let key = keyNode.scalar?.string ?? ""
      guard isOneLine(key, place, "a name in \(name)") else { continue }
      if let value = walk(valueNode, element, path: path + [key]) {
        values.append((key, location(keyNode, path: path + [key]), value))
      }
    }
    guard values.count == mapping.count else { return nil }
    return LocatedValue(location: place, value: .object(values))
  }

  private mutating func variant(
    _ node: Node, _ variants: [ValueShape.Variant], noun: String, path: [String],
    _ place: Diagnostic.Location, _ name: String
  ) -> LocatedValue? {
    let names = variants.map(\.name)
    switch node {
    case .scalar(let scalar):
      guard let variant = variants.first(where: { $0.name == scalar.string }) else {
        fault(
          place, "unknown \(noun) '\(scalar.string)' in \(name)",
          meant(by: scalar.string, among: variants)
            ?? Suggestion.hint(for: scalar.string, in: names, noun: noun))
        return nil
      }
      guard variant.standsAlone else {
        fault(
          place, "\(noun) '\(variant.name)' needs its values",
          "write { \(variant.name): ... }; \(variant.summary)")
        return nil
      }
      return LocatedValue(location: place, value: .variant(variant.name, nil))
    case .mapping(let mapping) where mapping.count == 1:
      guard let (keyNode, valueNode) = mapping.first, let key = keyNode.scalar?.string else {
        return nil
      }
      guard let variant = variants.first(where: { $0.name == key }) else {
        fault(
          location(keyNode, path: path + [key]), "unknown \(noun) '\(key)' in \(name)",
          Suggestion.hint(for: key, in: names, noun: noun))
        return nil
      }
      guard let shape = variant.shape else {
        fault(
          location(valueNode, path: path + [key]), "\(noun) '\(key)' takes no values",
          "write '\(path.last ?? noun): \(key)'; \(key) is \(variant.summary)")
        return nil
      }
      guard let value = walk(valueNode, shape, path: path + [key]) else { return nil }
      return LocatedValue(location: place, value: .variant(key, value))
    case .mapping(let mapping) where !mapping.isEmpty:
      var keys: [String] = []
      for (keyNode, _) in mapping {
        let key = keyNode.scalar?.string ?? ""
        keys.append(key)
        guard !names.contains(key) else { continue }
        fault(
          location(keyNode, path: path + [key]), "unknown \(noun) '\(key)' in \(name)",
          Suggestion.hint(for: key, in: names, noun: noun))
        return nil
      }
      // An option that names another one stands beside the file's.
      let option = overrides.first { $0.path.starts(with: path) && $0.path.count > path.count }
      let chosen = option.map { $0.path[path.count] } ?? keys[0]
      fault(
        option.map { Diagnostic.Location(file: $0.option) } ?? place,
        "\(name) must name one \(noun), and has \(keys.joined(separator: " and "))",
        "keep one of them"
          + (option == nil
            ? "" : ": set the whole of it, \(path.joined(separator: "."))={ \(chosen): ... }"))
      return nil
    default:
      fault(
        place, "\(name) must name one \(noun)", "one of: \(names.joined(separator: ", "))")
      return nil
    }
  }

  private mutating func weights(
    _ node: Node, _ range: ClosedRange<Int>, path: [String], _ place: Diagnostic.Location,
    _ name: String
  ) -> LocatedValue? {
    guard case .mapping(let mapping) = node, !mapping.isEmpty else {
      fault(place, "\(name) must map values to weights", "write it like { 30: 0.9, 40: 0.1 }")
      return nil
    }
    var pairs: [(value: Int, weight: Double)] = []
    for (keyNode, valueNode) in mapping {
      let key = keyNode.scalar?.string ?? ""
      guard let value = Quantity.wholeNumber(key), range.contains(value),
        let weight = Quantity.plainNumber(valueNode.scalar?.string ?? ""), weight > 0
      else {
        fault(
          location(keyNode, path: path + [key]), "'\(key)' in \(name) is no value with a weight",
          "values are whole numbers from \(range.lowerBound) to \(range.upperBound), weights above 0"
        )
        return nil
      }
      pairs.append((value, weight))
    }
    return LocatedValue(location: place, value: .weights(pairs))
  }
}

extension ValueShape {
  /// What would be right, for hints.
  var expectation: String {
    switch self {
    case .string: "it must be a text"
    case .boolean: "it must be true or false"
    case .integer(let range): "it must be a whole number \(Self.describe(range))"
    case .number(let range): "it must be a number \(Self.describe(range))"
    case .quantity(let dimension, _): "write it like '\(dimension.example)'"
    case .imageSize: "write it like '512x512': height x width, multiples of 8 from 64 to 8192"
    case .choice(let words): "one of: \(words.joined(separator: ", "))"
    case .word(let word, let other): "\(other.expectation), or '\(word)'"
    default: "see 'qosdiff schema'"
    }
  }

  private static func describe<T: Comparable>(_ range: ClosedRange<T>) -> String {
    "from \(range.lowerBound) to \(range.upperBound)"
  }
}
