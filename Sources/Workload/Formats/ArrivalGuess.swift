internal import Diagnostics

/// Which column of an unknown file may have the arrivals, by its name.
struct ArrivalGuess {
  /// The column's place.
  let place: Int
  /// Its name.
  let name: String
  /// Its unit, as the name tells.
  let unit: NamedUnit?
  /// Whether another column counts queries, so that a row may be many.
  let mayBeCounts: Bool

  /// First those that tell most; each a whole word of a name.
  private static let telling = [
    ["arrival", "arrived", "arrive", "arrivals"], ["timestamp", "ts", "epoch"],
    ["submit", "submitted", "submission", "queued", "enqueued"],
    ["created", "create", "creation", "received"], ["start", "started", "begin"],
    ["time", "datetime", "date", "t"],
  ]
  /// Words of names that are other times, or none.
  private static let misleading: Set<String> = [
    "by", "end", "ended", "finish", "finished", "zone", "timezone", "response", "duration",
    "elapsed", "exec", "execution", "process", "processing", "run", "runtime", "latency", "wait",
    "type", "name", "id",
  ]
  private static let counting: Set<String> = [
    "count", "counts", "requests", "queries", "invocations", "rps", "qps", "rpm", "value",
  ]

  /// Nil where no name tells.
  init?(_ names: [String]) {
    let words = names.map { Set(NamedUnit.words(of: $0)) }
    let place = Self.telling.lazy.compactMap { telling in
      words.firstIndex {
        !$0.isDisjoint(with: telling) && $0.isDisjoint(with: Self.misleading)
      }
    }.first
    guard let place else { return nil }
    self.place = place
    name = names[place]
    unit = NamedUnit(names[place])
    mayBeCounts = words.enumerated().contains { index, words in
      index != place && !words.isDisjoint(with: Self.counting)
    }
  }

  /// The time of a row `x`, in Python.
  var value: String {
    let field = "x[\(SourceFile.text(name))]"
    return switch unit?.conversion {
    case nil: field
    case .division(let factor): "float(\(field))/\(factor)"
    case .multiplication(let factor): "float(\(field))*\(factor)"
    }
  }
}
