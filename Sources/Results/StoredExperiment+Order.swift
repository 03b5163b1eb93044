extension StoredExperiment {
  /// Whether it stands before another in lists: by name, then by what was set, numbers by their value, then by its
  /// point, then by id.
  func precedes(_ other: StoredExperiment) -> Bool {
    if name != other.name { return name < other.name }
    for (ours, theirs) in zip(settings, other.settings) where ours != theirs {
      if ours.path == theirs.path, ours.unit == theirs.unit, let x = ours.number,
        let y = theirs.number, x != y
      {
        return x < y
      }
      return "\(ours)" < "\(theirs)"
    }
    if settings.count != other.settings.count { return settings.count < other.settings.count }
    if point != other.point { return Self.precedes(point, other.point) }
    return id < other.id
  }

  private static func precedes(_ a: ExperimentPoint?, _ b: ExperimentPoint?) -> Bool {
    guard let a, let b else { return a == nil }
    return (a.workload, a.load, a.sloScale, a.controlsOf ?? "")
      < (b.workload, b.load, b.sloScale, b.controlsOf ?? "")
  }
}
