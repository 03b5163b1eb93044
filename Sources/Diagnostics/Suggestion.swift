/// 'Did you mean': the nearest known name to a mistyped one.
public enum Suggestion {
  /// The candidate with the fewest edits from `name`, if that is at most a third of its length
  /// (and at least one edit is allowed); nil if none is near.
  ///
  /// - Complexity: O(total length of the candidates x length of `name`).
  public static func nearest(to name: String, in candidates: [String]) -> String? {
    let limit = max(1, max(name.count, 3) / 3)
    let scored = candidates.map {
      (name: $0, distance: distance(name.lowercased(), $0.lowercased()))
    }
    guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
      return nil
    }
    return best.name
  }

  /// A hint that names the nearest candidate, or lists all of them if none is near.
  public static func hint(for name: String, in candidates: [String], noun: String) -> String {
    if let near = nearest(to: name, in: candidates) { return "did you mean '\(near)'?" }
    if candidates.isEmpty { return "there is no \(noun) here" }
    let plural =
      noun.hasSuffix("cy")
      ? noun.dropLast() + "ies" : noun + (noun.hasSuffix("s") ? "es" : "s")
    return "known \(plural): \(candidates.joined(separator: ", "))"
  }

  /// Levenshtein's edit distance.
  static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
