/// 'Did you mean': the nearest known name to a mistyped one.
public enum Suggestion {
  /// The candidate with the fewest edits from `name`, if that is at most a third of its length
  /// (and at least one edit is allowed), else the only one that starts with it (three letters at least); nil if none is
  /// near.
  ///
  /// - Complexity: O(total length of the candidates x length of `name`).
  public static func nearest(to name: String, in candidates: [String]) -> String? {
    let limit = max(1, max(name.count, 3) / 3)
    let scored = candidates.map {
      (name: $0, distance: distance(name.lowercased(), $0.lowercased()))
    }
    if let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= limit {
      return best.name
    }
    let longer = candidates.filter { $0.lowercased().hasPrefix(name.lowercased()) }
    return name.count >= 3 && longer.count == 1 ? longer[0] : nil
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

  /// Damerau's edit distance, in its restricted form (optimal string alignment): neighbours in each other's place are
  /// one edit, as a wrong, a missing and a needless letter are.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var edits = min(last[j] + (a[i] == b[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          edits = min(edits, beforeLast[j - 1] + 1)
        }
        row.append(edits)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
