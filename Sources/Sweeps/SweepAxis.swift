package import Diagnostics

/// One dimension of a sweep: a value of the scenario and what it takes in turn.
package struct SweepAxis: Hashable, Sendable {
  /// Path of the value, as in `--set`.
  package let path: String
  /// Its values, as YAML.
  package let values: [String]

  /// An axis from `PATH=V1,V2,...`; commas within brackets, braces or quotes do not separate.
  ///
  /// - Throws: 64 for an axis without a path or without a value.
  package init(_ text: String) throws(InputError) {
    let option = Diagnostic.Location(file: "--axis \(text)")
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw InputError(
        .usage, at: option, "this is no PATH=V1,V2,...",
        hint: "write it like --axis workload.load=0.5,0.8")
    }
    path = String(text[..<equals])
    // A value given twice is one point.
    values = Self.split(text[text.index(after: equals)...]).reduce(into: []) { values, value in
      if !values.contains(value) { values.append(value) }
    }
    guard !values.isEmpty, values.allSatisfy({ !$0.isEmpty }) else {
      throw InputError(
        .usage, at: option, "the axis has an empty value", hint: "give every value between commas")
    }
  }

  /// The parts of a text between commas, without the spaces around them; commas within brackets, braces
  /// or quotes do not separate.
  package static func split(_ text: Substring) -> [String] {
    var parts = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "[{(".contains(character) {
        depth += 1
      } else if "]})".contains(character) {
        depth -= 1
      } else if character == ",", depth == 0 {
        parts.append("")
        continue
      }
      parts[parts.count - 1].append(character)
    }
    return parts.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }

  /// All combinations, the last axis fastest, each as `PATH=VALUE` for every axis.
  package static func grid(_ axes: [SweepAxis]) -> [[String]] {
    axes.reduce([[]]) { points, axis in
      points.flatMap { point in axis.values.map { point + ["\(axis.path)=\($0)"] } }
    }
  }

  /// Number of combinations; nil where it is beyond counting.
  package static func count(_ axes: [SweepAxis]) -> Int? {
    var count = 1
    for axis in axes {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
      if overflow { return nil }
      count = product
    }
    return count
  }
}
