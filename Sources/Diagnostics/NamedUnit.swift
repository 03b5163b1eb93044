/// The unit of time with which the name of a column or a key ends: `Timestamp (ms)`, `created_at_millis`, `timeMs`.
public struct NamedUnit: Hashable, Sendable {
  /// The unit, as `milliseconds`.
  public let name: String
  /// What turns a number of it into seconds, as `/1000` or `*60`; empty for seconds.
  public let toSeconds: String
  /// The name without the unit, in lower case, its words joined by `_`.
  public let stem: String

  private static let units: [(spellings: [String], name: String, toSeconds: String)] = [
    (["s", "sec", "secs", "second", "seconds"], "seconds", ""),
    (
      ["ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"], "milliseconds",
      "/1000"
    ),
    (
      ["us", "usec", "usecs", "micro", "micros", "microsecond", "microseconds"], "microseconds",
      "/1000000"
    ),
    (
      ["ns", "nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds"], "nanoseconds",
      "/1000000000"
    ),
    (["min", "mins", "minute", "minutes"], "minutes", "*60"),
    (["h", "hr", "hrs", "hour", "hours"], "hours", "*3600"),
    (["d", "day", "days"], "days", "*86400"),
  ]

  /// Nil where the name tells none.
  public init?(_ column: String) {
    let words = Self.words(of: column)
    guard words.count > 1, let last = words.last,
      let unit = Self.units.first(where: { $0.spellings.contains(last) })
    else { return nil }
    (name, toSeconds) = (unit.name, unit.toSeconds)
    stem = words.dropLast().joined(separator: "_")
  }

  /// Whether it counts seconds.
  public var isSeconds: Bool { toSeconds.isEmpty }

  /// What makes the column of seconds of it that is called `known`.
  public func advice(for known: String) -> String {
    let change =
      toSeconds.isEmpty
      ? ""
      : toSeconds.hasPrefix("/")
        ? "divide by \(toSeconds.dropFirst()) and " : "multiply by \(toSeconds.dropFirst()) and "
    return "'\(known)' counts seconds: \(change)call it so"
  }

  /// What makes one of `known` of a name that differs from it by its unit alone; they end with `_s`. Nil where there is
  /// none.
  public static func advice(on name: String, known: [String]) -> String? {
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
