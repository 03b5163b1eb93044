/// The unit of time with which the name of a column or a key ends: `Timestamp (ms)`, `created_at_millis`, `timeMs`.
package struct NamedUnit: Hashable, Sendable {
  /// The unit, as `milliseconds`.
  package let name: String
  /// What turns a number of it into seconds; nil for seconds.
  package let conversion: Conversion?
  /// The name without the unit, in lower case, its words joined by `_`.
  package let stem: String

  /// A change of unit, exact as it is written.
  package enum Conversion: Hashable, Sendable {
    case division(by: Int)
    case multiplication(by: Int)
  }

  private static let units: [(spellings: [String], name: String, conversion: Conversion?)] = [
    (["s", "sec", "secs", "second", "seconds"], "seconds", nil),
    (
      ["ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"], "milliseconds",
      .division(by: 1000)
    ),
    (
      ["us", "usec", "usecs", "micro", "micros", "microsecond", "microseconds"], "microseconds",
      .division(by: 1_000_000)
    ),
    (
      ["ns", "nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds"], "nanoseconds",
      .division(by: 1_000_000_000)
    ),
    (["min", "mins", "minute", "minutes"], "minutes", .multiplication(by: 60)),
    (["h", "hr", "hrs", "hour", "hours"], "hours", .multiplication(by: 3600)),
    (["d", "day", "days"], "days", .multiplication(by: 86_400)),
  ]

  /// Nil where the name tells none.
  package init?(_ column: String) {
    let words = Self.words(of: column)
    guard words.count > 1, let last = words.last,
      let unit = Self.units.first(where: { $0.spellings.contains(last) })
    else { return nil }
    (name, conversion) = (unit.name, unit.conversion)
    stem = words.dropLast().joined(separator: "_")
  }

  /// Whether it counts seconds.
  package var isSeconds: Bool { conversion == nil }

  /// What makes the column of seconds of it that is called `known`.
  package func advice(for known: String) -> String {
    let change =
      switch conversion {
      case nil: ""
      case .division(let factor): "divide by \(factor) and "
      case .multiplication(let factor): "multiply by \(factor) and "
      }
    return "'\(known)' counts seconds: \(change)call it so"
  }

  /// What makes one of `known` of a name that differs from it by its unit alone; they end with `_s`. Nil where there is
  /// none.
  package static func advice(on name: String, known: [String]) -> String? {
    guard let unit = NamedUnit(name) else { return nil }
    let seconds = known.filter { $0.hasSuffix("_s") }
    let stems = seconds.map { String($0.dropLast(2)) }
    guard let stem = Suggestion.nearest(to: unit.stem, in: stems) else { return nil }
    return unit.isSeconds ? "did you mean '\(stem)_s'?" : unit.advice(for: stem + "_s")
  }

  /// The words of a name in lower case, cut at what is no letter or digit, and before capitals behind small letters;
  /// `timems` is two.
  package static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasSmall = false
    for character in name.replacing("µ", with: "u").replacing("μ", with: "u") {
      if !character.isLetter && !character.isNumber || character.isUppercase && wasSmall {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if character.isLetter || character.isNumber { word.append(character) }
      wasSmall = character.isLowercase
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    let glued = ["arrival", "timestamp", "time", "start", "created", "submitted"]
    if let last = words.last,
      let start = glued.first(where: { last == $0 + "ms" || last == $0 + "us" })
    {
      words = words.dropLast() + [start, String(last.suffix(2))]
    }
    return words
  }
}
