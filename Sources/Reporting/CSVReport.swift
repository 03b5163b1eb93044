public import Diagnostics
import Foundation
public import Results

/// Writes an experiment's tidy CSV files from the database alone.
public struct CSVReport {
  let store: ResultStore

  /// A report of `store`.
  public init(_ store: ResultStore) { self.store = store }

  /// Writes `summary.csv`, `replications.csv`, `queries.csv`, `latency_cdf.csv` and, where queries have
  /// classes, `classes.csv`; of a grid `points.csv` and `claims.csv` instead of rows for queries; into `folder`, which is made if need be; other files there are left alone.
  ///
  /// - Returns: the files written.
  /// - Throws: 65 for a database without complete experiments; 73/74 where files cannot be written.
  public func write(
    to folder: String, experiments ids: Set<String>? = nil
  ) throws(InputError) -> [String] {
    let experiments = try store.experiments().filter { ids?.contains($0.id) ?? true }
    guard !experiments.isEmpty else {
      throw InputError(
        .badInput, at: .init(file: store.path), "the database holds no complete experiment",
        hint: "run 'qosdiff compare SCENARIO --db \(store.path)' to its end")
    }
    try Self.makeFolder(folder)
    var files: [(name: String, text: String)] = [
      (
        "summary.csv",
        Self.summary(
          try experiments.map { experiment throws(InputError) in
            (experiment, try store.summaries(of: experiment.id))
          })
      ),
      ("replications.csv", try replications(experiments)),
    ]
    // A grid has no rows for single queries.
    let single = experiments.filter { $0.point == nil }
    if !single.isEmpty {
      files.append(("queries.csv", try queries(single)))
      files.append(("latency_cdf.csv", try latencyCDF(single)))
    }
    if let classes = try classes(experiments) { files.append(("classes.csv", classes)) }
    if single.count < experiments.count {
      files.append(("points.csv", points(experiments)))
      files.append(("claims.csv", try claims(experiments)))
    }
    for file in files { try Self.write(file.text, to: "\(folder)/\(file.name)") }
    return files.map { "\(folder)/\($0.name)" }
  }

  /// Writes `summary.csv` alone, of comparisons that the database does not hold as such.
  ///
  /// - Returns: its path.
  public static func writeSummary(
    of comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])],
    to folder: String
  ) throws(InputError) -> String {
    try makeFolder(folder)
    let path = "\(folder)/summary.csv"
    try write(summary(comparisons), to: path)
    return path
  }

  private static func write(_ text: String, to path: String) throws(InputError) {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path), "the file cannot be written",
        hint: "see to space and permissions")
    }
  }

  /// Makes a folder for reports, so that one which cannot be made is told before any simulation.
  public static func makeFolder(_ folder: String) throws(InputError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: folder), "the folder cannot be made",
        hint: "name one that can be written, with --out DIR")
    }
  }

  /// The place of each experiment in its grid.
  private func points(_ experiments: [StoredExperiment]) -> String {
    var csv = CSVText(header: [
      "experiment_id", "workload", "load", "slo_scale", "controls_of", "baseline", "load_factor",
    ])
    for experiment in experiments {
      guard let point = experiment.point else { continue }
      csv.add([
        experiment.id, point.workload, CSVText.number(point.load),
        CSVText.number(point.sloScale), point.controlsOf, experiment.baseline,
        CSVText.number(experiment.loadFactor),
      ])
    }
    return csv.text
  }

  /// The verdicts on the published claims.
  private func claims(_ experiments: [StoredExperiment]) throws(InputError) -> String {
    var csv = CSVText(header: [
      "experiment_id", "workload", "load", "slo_scale", "policy", "claim", "threshold", "ratio",
      "ratio_ci95_lower", "ratio_ci95_upper", "p_value_holm", "reached", "verdict",
    ])
    for experiment in experiments {
      for c in try store.claims(of: experiment) {
        csv.add([
          c.experimentID, c.point.workload, CSVText.number(c.point.load),
          CSVText.number(c.point.sloScale), c.policy, c.claim, CSVText.number(c.threshold),
          CSVText.number(c.ratio), CSVText.number(c.interval?.lowerBound),
          CSVText.number(c.interval?.upperBound), CSVText.number(c.pValue),
          c.isReached ? "1" : "0", c.verdict,
        ])
      }
    }
    return csv.text
  }

  private static func summary(
    _ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]
  ) -> String {
    let settings = SettingColumns(comparisons.map(\.experiment))
    var csv = CSVText(
      header: [
        "experiment", "experiment_id", "policy", "metric", "unit", "replications", "mean",
        "ci95_lower", "ci95_upper", "ratio_to_baseline", "ratio_ci95_lower", "ratio_ci95_upper",
        "difference_to_baseline", "difference_ci95_lower", "difference_ci95_upper", "p_value_holm",
        "note",
      ] + settings.header)
    for (experiment, summaries) in comparisons {
      for s in summaries {
        csv.add(
          [
            experiment.name, experiment.id, s.policy, s.metric.rawValue, s.metric.unit,
            "\(s.replications)",
            CSVText.number(s.mean), CSVText.number(s.interval?.lowerBound),
            CSVText.number(s.interval?.upperBound), CSVText.number(s.ratio),
            CSVText.number(s.ratioInterval?.lowerBound),
            CSVText.number(s.ratioInterval?.upperBound), CSVText.number(s.difference),
            CSVText.number(s.differenceInterval?.lowerBound),
            CSVText.number(s.differenceInterval?.upperBound), CSVText.number(s.pValue), s.note,
          ] + settings.values(experiment))
      }
    }
    return csv.text
  }

  private func replications(_ experiments: [StoredExperiment]) throws(InputError) -> String {
    let settings = SettingColumns(experiments)
    var csv = CSVText(
      header: ["experiment", "experiment_id", "policy", "replication", "seed", "bottleneck"]
        + Metric.allCases.map(\.rawValue) + settings.header)
    for experiment in experiments {
      for run in try store.runs(of: experiment.id) {
        for (name, values) in run.metrics where name.isEmpty {
          csv.add(
            [
              experiment.name, experiment.id, run.policy, "\(run.replication)", "\(run.seed)",
              run.bottleneck,
            ] + Metric.allCases.map { CSVText.number(values[$0]) } + settings.values(experiment))
        }
      }
    }
    return csv.text
  }

  /// Metrics of each class; nil where no query has one.
  private func classes(_ experiments: [StoredExperiment]) throws(InputError) -> String? {
    var csv = CSVText(
      header: ["experiment", "experiment_id", "policy", "replication", "class"]
        + Metric.allCases.map(\.rawValue))
    var isEmpty = true
    for experiment in experiments {
      for run in try store.runs(of: experiment.id) {
        for (name, values) in run.metrics where !name.isEmpty {
          isEmpty = false
          csv.add(
            [experiment.name, experiment.id, run.policy, "\(run.replication)", name]
              + Metric.allCases.map { CSVText.number(values[$0]) })
        }
      }
    }
    return isEmpty ? nil : csv.text
  }

  private func queries(_ experiments: [StoredExperiment]) throws(InputError) -> String {
    var csv = CSVText(header: [
      "experiment", "experiment_id", "policy", "replication", "query", "arrival_s", "start_s",
      "end_s",
      "latency_s", "deadline_s", "on_time", "outcome", "model", "height_px", "width_px", "images",
      "steps_requested", "evaluations", "finish", "latent_error", "class", "worker", "trace_row",
    ])
    for experiment in experiments {
      for run in try store.runs(of: experiment.id) {
        let head = [experiment.name, experiment.id, run.policy, "\(run.replication)"]
        try store.forEachQuery(of: run.id) { q in
          let times = [
            CSVText.seconds(q.arrival), q.start.map(CSVText.seconds), CSVText.seconds(q.end),
            CSVText.seconds(q.end - q.arrival), CSVText.seconds(q.deadline),
          ]
          csv.add(
            head + ["\(q.id)"] + times + [
              q.isOnTime ? "1" : "0", q.outcome, q.model, "\(q.height)", "\(q.width)",
              "\(q.images)", "\(q.steps)", NumberText.exact(q.evaluations), q.finish,
              CSVText.number(q.latentError), q.className,
              q.worker.map { "\($0)" }, q.sourceRow.map { "\($0)" },
            ])
        }
      }
    }
    return csv.text
  }

  /// Latencies of completed queries, pooled over replications, at 201 points of probability.
  private func latencyCDF(_ experiments: [StoredExperiment]) throws(InputError) -> String {
    let settings = SettingColumns(experiments)
    var csv = CSVText(
      header: ["experiment", "experiment_id", "policy", "probability", "latency_s"]
        + settings.header)
    for experiment in experiments {
      var policies: [(name: String, latencies: [Int64])] = []
      for run in try store.runs(of: experiment.id) {
        if policies.last?.name != run.policy { policies.append((run.policy, [])) }
        try store.forEachQuery(of: run.id) { q in
          if q.outcome == "completed" {
            policies[policies.count - 1].latencies.append(q.end - q.arrival)
          }
        }
      }
      for policy in policies where !policy.latencies.isEmpty {
        let sorted = policy.latencies.sorted()
        for step in 0...200 {
          let index = Int((Double(step) / 200 * Double(sorted.count - 1)).rounded())
          csv.add(
            [
              experiment.name, experiment.id, policy.name, NumberText.exact(Double(step) / 200),
              CSVText.seconds(sorted[index]),
            ] + settings.values(experiment))
        }
      }
    }
    return csv.text
  }
}
