package import Diagnostics
package import Results

/// An experiment's tidy CSV files, from the database alone: each is a view of it.
package struct CSVReport {
  let store: ResultStore

  /// A report of `store`.
  package init(_ store: ResultStore) { self.store = store }

  /// The files, the views that they are, and whether they are written without rows too.
  private static let files: [(name: String, view: View, isAlways: Bool)] = [
    ("ratios.csv", .ratio, true), ("replications.csv", .run, true),
    ("violations_by_load.csv", .violationByLoad, true),
    ("attainment_by_slo_scale.csv", .attainmentBySLOScale, true),
    ("throughput_by_load.csv", .throughputByLoad, true),
    ("latency_by_load.csv", .latencyByLoad, true), ("latency_cdf.csv", .latencyCDF, true),
    ("notes.csv", .note, true), ("quality_by_latency.csv", .qualityByLatency, true),
    ("frontier.csv", .frontier, true),
    ("over_time.csv", .overTime, true),
    ("ablation.csv", .ablation, false), ("classes.csv", .serviceClass, false),
    ("claims.csv", .claim, false), ("queries.csv", .query, false),
    ("experiments.csv", .experiment, true), ("latency_sources.csv", .latencySource, true),
    ("time_basis.csv", .timeBasis, true),
  ]

  /// What each file's rows are, for its readers.
  static let contents: [(name: String, summary: String)] =
    [("summary.csv", View.summary.summary)] + files.map { ($0.name, $0.view.summary) }

  /// Names of all files that there may be.
  package static var names: [String] { contents.map(\.name) }

  /// Writes the files of these experiments (all complete ones by default) into `folder`, which is made if
  /// need be; other files there are left alone.
  ///
  /// - Returns: the files written.
  /// - Throws: 65 for a database without complete experiments; 73/74 where files cannot be written.
  package func write(
    to folder: String, experiments ids: Set<String>? = nil
  ) throws(InputError) -> [String] {
    let experiments = try Report.experiments(of: store, ids)
    try ReportFolder.make(folder)
    try ReportFolder(folder).check(Self.contents.map(\.name))
    return try write(experiments, to: ReportFolder(folder)).map { "\(folder)/\($0)" }
  }

  /// Writes `summary.csv` alone, of comparisons that the database does not hold as such.
  ///
  /// - Returns: its path.
  package static func writeSummary(
    of comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])],
    to folder: String
  ) throws(InputError) -> String {
    try ReportFolder.make(folder)
    try ReportFolder(folder).check(["summary.csv"])
    try ReportFolder(folder).write(summary(comparisons), to: "summary.csv")
    return "\(folder)/summary.csv"
  }

  func write(
    _ experiments: [StoredExperiment], to folder: ReportFolder
  ) throws(InputError) -> [String] {
    var summaries: [(experiment: StoredExperiment, summaries: [StoredSummary])] = []
    for experiment in experiments {
      summaries.append((experiment, try store.summaries(of: experiment.id)))
    }
    try folder.write(Self.summary(summaries), to: "summary.csv")
    var written = ["summary.csv"]
    for file in Self.files {
      if try write(file.view, experiments, to: file.name, in: folder, isAlways: file.isAlways) {
        written.append(file.name)
      }
    }
    return written
  }

  /// Writes a view as CSV, with a column for each path that experiments set; false where it has no rows and
  /// need not be written then.
  private func write(
    _ view: View, _ experiments: [StoredExperiment], to name: String, in folder: ReportFolder,
    isAlways: Bool
  ) throws(InputError) -> Bool {
    let settings = SettingColumns(experiments)
    let values = Dictionary(
      experiments.map { ($0.id, settings.values($0)) }, uniquingKeysWith: { first, _ in first })
    var csv = CSVText(header: try store.columns(of: view) + settings.header)
    var file = isAlways ? try folder.begin(name) : nil
    let ids = Set(experiments.map(\.id))
    try store.forEachRow(of: view, experiments: ids) { row in
      csv.add(row.cells.map(Self.field) + (values[row["experiment_id"].text] ?? []))
      if file == nil { file = try folder.begin(name) }
      if csv.text.utf8.count > 1 << 16 { try file?.write(csv.take()) }
    }
    guard let file else { return false }
    try file.write(csv.take())
    try file.finish()
    return true
  }

  private static func field(_ cell: DataTable.Cell) -> String? {
    switch cell {
    case .none: nil
    case .integer(let x): "\(x)"
    case .number(let x): NumberText.exact(x)
    case .text(let x): x
    }
  }

  private static func summary(
    _ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]
  ) -> String {
    let settings = SettingColumns(comparisons.map(\.experiment))
    var csv = CSVText(
      header: [
        "experiment", "experiment_id", "workload", "load", "slo_scale", "slo_s", "settings",
        "controls_of",
        "policy", "policy_index", "metric", "unit", "replications", "mean", "ci95_lower",
        "ci95_upper", "ci95_coverage", "replications_with_any", "ratio_to_baseline",
        "ratio_ci95_lower", "ratio_ci95_upper", "difference_to_baseline", "difference_ci95_lower",
        "difference_ci95_upper", "p_value_holm", "queue_state", "replications_unsettled", "note",
        "note_code",
      ] + settings.header)
    for (experiment, summaries) in comparisons {
      let point = experiment.point
      let place: [String?] = [
        experiment.name, experiment.id, point?.workload, CSVText.number(experiment.offeredLoad),
        CSVText.number(experiment.sloScale), CSVText.number(experiment.sloSeconds),
        experiment.settings.joined(separator: "; "), point?.controlsOf,
      ]
      for s in summaries {
        let values: [String?] = [
          s.policy, "\(s.policyIndex)", s.metric.rawValue, s.metric.unit, "\(s.replications)",
          CSVText.number(s.mean), CSVText.number(s.interval?.lowerBound),
          CSVText.number(s.interval?.upperBound), CSVText.number(s.coverage),
          s.seenIn.map { "\($0)" },
          CSVText.number(s.ratio),
          CSVText.number(s.ratioInterval?.lowerBound),
          CSVText.number(s.ratioInterval?.upperBound), CSVText.number(s.difference),
          CSVText.number(s.differenceInterval?.lowerBound),
          CSVText.number(s.differenceInterval?.upperBound), CSVText.number(s.pValue),
          s.queue?.state.rawValue, s.queue?.unsettledText,
          s.note.map { "\(MetricNoteText($0))" }, s.note?.code,
        ]
        csv.add(place + values + settings.values(experiment))
      }
    }
    return csv.text
  }
}

extension CSVText {
  static func number(_ x: Double?) -> String? { x.map(NumberText.exact) }
}
