extension StoredExperiment {
  /// Whether it stands before another in lists: by name, then by what was set, numbers by their value, then
  /// by id.
  func precedes(_ other: StoredExperiment) -> Bool {
    if name != other.name { return name < other.name }
    for (ours, theirs) in zip(overrides, other.overrides) where ours != theirs {
      let (a, b) = (Self.parts(ours), Self.parts(theirs))
      if let x = a.number, let y = b.number, a.rest == b.rest, x != y { return x < y }
      return ours < theirs
    }
    return (overrides.count, id) < (other.overrides.count, other.id)
  }

  /// `path=12 s` as 12 and `path= s`.
  private static func parts(_ override: String) -> (number: Double?, rest: String) {
    let path = override.prefix { $0 != "=" }
    let value = override.dropFirst(path.count + 1)
    let number = value.prefix { $0.isNumber || ".-+eE".contains($0) }
    return (Double(number), path + "=" + value.dropFirst(number.count))
  }
}
