import Results

/// Columns for what experiments were told to set (`--set`, the axes of a sweep), one for each path.
struct SettingColumns {
  /// The paths, in order of first use.
  let header: [String]

  init(_ experiments: [StoredExperiment]) {
    header = experiments.flatMap { $0.settings.map(\.path) }.distinct()
  }

  /// An experiment's values, by column; nil where it did not set one. The last of several is in effect.
  func values(_ experiment: StoredExperiment) -> [String?] {
    header.map { path in experiment.settings.last { $0.path == path }?.value }
  }
}
