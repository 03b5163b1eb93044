import Diagnostics
import Results

/// A report's tables for papers.
struct LaTeXReport {
  private let data: ReportData

  init(_ data: ReportData) { self.data = data }

  private static let columns: [Metric] = [
    .violationRatio, .latencyMean, .latencyP99Offered, .throughputSustained, .goodputImages,
    .stepsMean, .convergenceMean, .convergenceP5,
  ]

  /// Names, relative to the report, and texts.
  func tables() throws(InputError) -> [(name: String, text: String)] {
    var tables: [(name: String, text: String)] = []
    let families = Array(data.families.prefix(ReportData.maximumFamilies))
    for (index, family) in families.enumerated() {
      guard let main = family.main else { continue }
      let name = "comparison\(data.suffixes[index]).tex"
      tables.append(
        (
          name,
          comparison(family, main, try data.store.summaries(of: main.id))
        ))
    }
    if !data.claims.isEmpty { tables.append(("claims.tex", Self.claims(data.claims))) }
    tables.append(("latencies.tex", sources()))
    return tables
  }

  private func comparison(
    _ family: ReportData.Family, _ main: StoredExperiment, _ summaries: [StoredSummary]
  ) -> String {
    let names = summaries.policies
    let shown = Self.columns.filter { metric in
      names.contains { summaries.of($0, metric)?.mean != nil }
    }
    let header = shown.map { metric in
      LaTeXTable.escaped(metric.title + (metric.unit.isEmpty ? "" : " (\(metric.unit))"))
    }
    var about = ["\(family.title): experiment \(main.id) of qosdiff \(main.version)."]
    if let load = main.offeredLoad { about.append("Load \(NumberText.short(load)).") }
    if let scale = main.sloScale { about.append("SLO scale \(NumberText.short(scale)).") }
    if let time = main.sloSeconds { about.append("SLO \(NumberText.short(time)) s.") }
    about.append(
      main.replications > 1
        ? "Means over \(main.replications) replications, with halves of 95 % intervals."
        : "One replication: no intervals.")
    about += QueuePlaces([(main, summaries)]).lines
    about +=
      IntervalCautions([(main, summaries)]) { shown.contains($0) }.lines
    about.append(
      "Bold: the best mean of a column, however uncertain; none where all are equal.")
    var table = LaTeXTable(
      about: about, columns: "l" + String(repeating: "r", count: shown.count),
      header: ["policy"] + header)
    let best = shown.map { metric in Self.best(metric, names.map { summaries.of($0, metric) }) }
    for (row, name) in names.enumerated() {
      table.add(
        [LaTeXTable.escaped(name)]
          + shown.indices.map { column in
            let cell = Self.cell(summaries.of(name, shown[column]))
            return best[column].contains(row) ? LaTeXTable.bold(cell) : cell
          })
    }
    return table.text
  }

  /// Rows that hold a column's best mean, which several do where they are equal; none where all do.
  static func best(_ metric: Metric, _ summaries: [StoredSummary?]) -> Set<Int> {
    guard let better = metric.entry.better else { return [] }
    let means = summaries.map { $0?.isUnsteady ?? true ? nil : $0?.mean }
    let known = means.compactMap(\.self)
    guard let best = better == .more ? known.max() : known.min() else { return [] }
    let rows = means.indices.filter { means[$0] == best }
    return rows.count == summaries.count ? [] : Set(rows)
  }

  private static func cell(_ summary: StoredSummary?) -> String {
    guard let summary else { return "--" }
    guard let mean = summary.mean else {
      return LaTeXTable.escaped(summary.note.map { MetricNoteText($0).cell } ?? "--")
    }
    if summary.isUnsteady { return "unsteady" }
    guard let interval = summary.interval, interval.lowerBound < interval.upperBound else {
      return LaTeXTable.escaped(NumberText.short(mean))
    }
    return LaTeXTable.escaped(NumberText.estimate(mean, interval))
  }

  private static func claims(_ claims: [StoredClaim]) -> String {
    var table = LaTeXTable(
      about: ["Verdicts on published claims; p-values are Holm-corrected over the loads."],
      columns: "lllrrrl",
      header: ["policy", "workload", "claim", "load", "ratio", "95\\,\\% interval", "verdict"])
    for claim in claims {
      table.add([
        LaTeXTable.escaped(claim.policy), LaTeXTable.escaped(claim.point.workload),
        LaTeXTable.escaped(claim.claim), NumberText.short(claim.point.load),
        claim.ratio.map { LaTeXTable.escaped(NumberText.short($0, digits: 3)) } ?? "--",
        claim.interval.map(NumberText.range) ?? "--", claim.state.rawValue,
      ])
    }
    return table.text
  }

  private func sources() -> String {
    var table = LaTeXTable(
      about: ["Where latencies are from."], columns: "lllll",
      header: ["device", "stage", "provenance", "profile", "source or derivation"])
    for source in data.sources {
      let cells = [source.device, source.stage, source.provenance, source.profile, source.origin]
      table.add(cells.map(LaTeXTable.escaped))
    }
    return table.text
  }
}
