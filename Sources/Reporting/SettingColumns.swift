import Results

/// Columns for what experiments were told to set (`--set`, the axes of a sweep), one for each path.
struct SettingColumns {
  /// The paths, in order of first use.
  let header: [String]

  init(_ experiments: [StoredExperiment]) {
    var paths: [String] = []
    for experiment in experiments {
      for (path, _) in Self.pairs(experiment) where !paths.contains(path) { paths.append(path) }
    }
    header = paths
  }

  /// An experiment's values, by column; nil where it did not set one. The last of several is in effect.
  func values(_ experiment: StoredExperiment) -> [String?] {
    let pairs = Self.pairs(experiment)
    return header.map { path in pairs.last { $0.path == path }?.value }
  }

  private static func pairs(_ experiment: StoredExperiment) -> [(path: String, value: String)] {
    experiment.settings.map { setting in
      let path = setting.prefix { $0 != "=" }
      return (String(path), String(setting.dropFirst(path.count + 1)))
    }
  }
}
