import Diagnostics
import Results

/// A report's tables for papers.
struct LaTeXReport {
  private let data: ReportData

  init(_ data: ReportData) { self.data = data }

  private static let columns: [Metric] = [
    .violationRatio, .latencyMean, .latencyP99, .throughputSustained, .goodputImages, .stepsMean,
    .convergenceMean, .convergenceP5,
  ]

  /// Names, relative to the report, and texts.
  func tables() throws(InputError) -> [(name: String, text: String)] {
    var tables: [(name: String, text: String)] = []
    let families = Array(data.families.prefix(ReportData.mostFamilies))
    for (index, family) in families.enumerated() {
      guard let main = family.main else { continue }
      let suffix =
        data.families.count > 1 ? "-\(Slug.of(family.title))" : ""
      let name = "comparison\(suffix)"
      let isTaken = tables.contains { $0.name == "\(name).tex" }
      tables.append(
        (
          name + (isTaken ? "-\(index + 1)" : "") + ".tex",
          comparison(family, main, try data.store.summaries(of: main.id))
        ))
    }
    var claims: [StoredClaim] = []
    for experiment in data.experiments { claims += try data.store.claims(of: experiment) }
    if !claims.isEmpty { tables.append(("claims.tex", Self.claims(claims))) }
    tables.append(("latencies.tex", sources()))
    return tables
  }

  private func comparison(
    _ family: ReportData.Family, _ main: StoredExperiment, _ summaries: [StoredSummary]
  ) -> String {
    var names: [String] = []
    for summary in summaries where !names.contains(summary.policy) { names.append(summary.policy) }
    func find(_ name: String, _ metric: Metric) -> StoredSummary? {
      summaries.first { $0.policy == name && $0.metric == metric }
    }
    let shown = Self.columns.filter { metric in
      names.contains { find($0, metric)?.mean != nil }
    }
    let header = shown.map { metric in
      LaTeXTable.escaped(metric.title + (metric.unit.isEmpty ? "" : " (\(metric.unit))"))
    }
    var about = ["\(family.title): experiment \(main.id) of qosdiff \(main.version)."]
    if let load = main.offeredLoad { about.append("Load \(NumberText.short(load)).") }
    if let scale = main.scale { about.append("SLO scale \(NumberText.short(scale)).") }
    about.append(
      main.replications > 1
        ? "Means over \(main.replications) replications, with halves of 95 % intervals."
        : "One replication: no intervals.")
    about.append(
      "Bold: the best mean of a column, and those whose intervals overlap its; none where all do.")
    var table = LaTeXTable(
      about: about, columns: "l" + String(repeating: "r", count: shown.count),
      header: ["policy"] + header)
    let best = shown.map { metric in Self.best(metric, names.map { find($0, metric) }) }
    for (row, name) in names.enumerated() {
      table.add(
        [LaTeXTable.escaped(name)]
          + shown.indices.map { column in
            let cell = Self.cell(find(name, shown[column]))
            return best[column].contains(row) ? LaTeXTable.bold(cell) : cell
          })
    }
    return table.text
  }

  /// Rows that hold a column's best mean, or one whose interval overlaps that one's; none where that is all.
  static func best(_ metric: Metric, _ summaries: [StoredSummary?]) -> Set<Int> {
    guard let isMore = metric.isMoreBetter else { return [] }
    let means = summaries.enumerated().compactMap {
      row, summary -> (row: Int, s: StoredSummary, mean: Double)? in
      guard let summary, let mean = summary.mean, !summary.isUnsteady else { return nil }
      return (row, summary, mean)
    }
    guard let top = means.max(by: { isMore ? $0.mean < $1.mean : $0.mean > $1.mean }) else {
      return []
    }
    let rows = means.filter { other in
      if other.mean == top.mean { return true }
      guard let ours = top.s.interval, let theirs = other.s.interval else { return false }
      return ours.overlaps(theirs)
    }.map(\.row)
    return rows.count == summaries.count ? [] : Set(rows)
  }

  private static func cell(_ summary: StoredSummary?) -> String {
    guard let summary, let mean = summary.mean else { return "--" }
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
      header: ["policy", "workload", "claim", "load", "ratio", "95\\,\\% interval", "reached"])
    let sorted = claims.sorted {
      ($0.point.workload, $0.policy, $0.claim) < ($1.point.workload, $1.policy, $1.claim)
    }
    for claim in sorted {
      let interval = claim.interval.map {
        "[\(NumberText.short($0.lowerBound, digits: 3)), \(NumberText.short($0.upperBound, digits: 3))]"
      }
      let isBound = claim.interval == nil && claim.ratio != nil
      table.add([
        LaTeXTable.escaped(claim.policy), LaTeXTable.escaped(claim.point.workload),
        LaTeXTable.escaped(claim.claim), NumberText.short(claim.point.load),
        (isBound ? "$\\ge$ " : "")
          + (claim.ratio.map { LaTeXTable.escaped(NumberText.short($0, digits: 3)) } ?? "--"),
        interval ?? "--", claim.isReached ? "yes" : "no",
      ])
    }
    return table.text
  }

  private func sources() -> String {
    var table = LaTeXTable(
      about: ["Where latencies are from."], columns: "lllll",
      header: ["device", "stage", "provenance", "profile", "source or derivation"])
    for source in LatencySource.all(data.experiments) {
      table.add(
        [
          source.profile.device, source.stage, source.provenance, source.profile.name,
          source.derivation.isEmpty ? source.profile.source : source.derivation,
        ].map(LaTeXTable.escaped))
    }
    return table.text
  }
}
