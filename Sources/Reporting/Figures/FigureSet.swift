import Diagnostics
import Results

/// The figures that an experiment's results have the data for.
struct FigureSet {
  /// The policies shown, by style, and those left out.
  private let policies: [String]
  private let omitted: [String]
  private(set) var figures: [Figure] = []
  private var family: ReportData.Family
  private var suffix = ""

  /// All figures of a report: families in order, at most ``ReportData/maximumFamilies`` of them.
  static func make(_ data: ReportData) throws(InputError) -> [Figure] {
    var figures: [Figure] = []
    var views: [View: [String: [DataTable.Row]]] = [:]
    for view: View in [
      .violationByLoad, .latencyByLoad, .throughputByLoad, .attainmentBySLOScale, .latencyCDF,
      .qualityByLatency, .ablation, .overTime, .run,
    ] {
      views[view] = try data.rows(view)
    }
    for (family, suffix) in zip(data.families, data.suffixes).prefix(ReportData.maximumFamilies) {
      var set = FigureSet(data: data, family: family)
      set.suffix = suffix
      set.addAll(views)
      figures += set.figures
    }
    return figures
  }

  private init(data: ReportData, family: ReportData.Family) {
    (policies, omitted) = data.policies(of: family)
    self.family = family
  }

  private mutating func addAll(_ views: [View: [String: [DataTable.Row]]]) {
    let loads = family.byLoad
    if loads.count > 1 {
      func rows(_ view: View) -> [DataTable.Row] { loads.flatMap { views[view]?[$0.id] ?? [] } }
      let load = Figure.Axis(label: "load (fraction of the baseline's capacity)")
      addLines(
        "violations_by_load", "SLO violations against load", rows(.violationByLoad),
        "slo_violation_ratio", x: "load", load,
        .init(label: "SLO violation ratio", isLog: true, high: 1),
        note: "Open triangles at the lower edge: no violation in any replication"
          + Self.growing(rows(.violationByLoad)))
      addLines(
        "latency_by_load", "Mean latency against load",
        rows(.latencyByLoad).filter { $0["is_unsteady"].number == 0 },
        "latency_mean_s", x: "load", load, .init(label: "mean latency (s)", isLog: true),
        note: "Loads under which a policy's queue grows through the run are left out")
      addLines(
        "throughput_by_load", "Sustained throughput against load", rows(.throughputByLoad),
        "throughput_sustained_query_per_s", x: "load", load,
        .init(label: "throughput (query/s)", low: 0),
        note: "Completions in the last 80 % of the arrivals' span")
      addLines(
        "goodput_by_load", "Goodput against load", rows(.throughputByLoad), "goodput_image_per_s",
        x: "load", load, .init(label: "goodput (image/s)", low: 0),
        note: "Images delivered within the SLO")
    }
    let slos: [(KeyPath<StoredExperiment, Double?>, x: String, name: String, label: String)] = [
      (\.sloScale, "slo_scale", "SLO scale", "SLO (multiple of standalone latency)"),
      (\.sloSeconds, "slo_s", "SLO time", "SLO (s)"),
    ]
    for slo in slos {
      let members = family.members(by: slo.0)
      guard members.count > 1 else { continue }
      addLines(
        "attainment_by_" + slo.name.lowercased().replacing(" ", with: "_"),
        "SLO attainment against \(slo.name)",
        members.flatMap { views[.attainmentBySLOScale]?[$0.id] ?? [] }, "slo_attainment", x: slo.x,
        .init(label: slo.label), .init(label: "SLO attainment", high: 1), note: nil,
        at: members.first?.offeredLoad)
    }
    guard let main = family.main else { return }
    addRealisedLoad(views[.run]?[main.id] ?? [])
    addDistribution(views[.latencyCDF]?[main.id] ?? [])
    addQuality(views[.qualityByLatency]?[main.id] ?? [])
    addAblation(views[.ablation]?[main.id] ?? [])
    let time = Figure.Axis(label: "time (s)", low: 0)
    addOverTime(
      "queue_over_time", "Queue over time", views[.overTime]?[main.id] ?? [], "queue_length", time,
      .init(label: "queries waiting", low: 0))
    addOverTime(
      "utilisation_over_time", "Utilisation over time", views[.overTime]?[main.id] ?? [],
      Metric.utilisationOfInstalled.rawValue, time,
      .init(label: "utilisation of installed accelerators", low: 0, high: 1))
  }

  /// What all captions begin with: which experiment, where, how often.
  private func place(load: Double?, slo: StoredExperiment?) -> String {
    var parts = [family.title]
    if let load { parts.append("load \(NumberText.short(load))") }
    if let scale = slo?.sloScale { parts.append("SLO scale \(NumberText.short(scale))") }
    if let time = slo?.sloSeconds { parts.append("SLO \(NumberText.short(time)) s") }
    return parts.joined(separator: ", ") + "."
  }

  private mutating func add(
    _ name: String, _ title: String, _ caption: [String?], _ kind: Figure.Kind, _ x: Figure.Axis,
    _ y: Figure.Axis, _ series: [Figure.Series]
  ) {
    guard series.contains(where: { !$0.points.isEmpty }) else { return }
    let shown = Set(series.map(\.name))
    let left = omitted.filter { !shown.contains($0) }
    var sentences = caption.compactMap { $0 }
    if case .rows = kind {
    } else if !left.isEmpty {
      sentences.append("Not drawn: \(left.joined(separator: ", ")) (in the CSV).")
    }
    figures.append(
      Figure(
        name: name + suffix,
        title: family.workload.isEmpty ? title : "\(title): \(family.workload)",
        caption: sentences.joined(separator: " "), kind: kind,
        x: x, y: y, series: series.filter { !$0.points.isEmpty }))
  }

  /// Points of each policy shown, by its style.
  private func series(
    _ rows: [DataTable.Row], _ point: (DataTable.Row) -> Figure.Point?
  ) -> [Figure.Series] {
    policies.enumerated().map { style, name in
      Figure.Series(
        name: name, style: style,
        points: rows.filter { $0["policy"].text == name }.compactMap(point))
    }
  }

  private var intervals: String? {
    (family.main?.replications ?? 0) > 1 ? "Bands and bars: 95 % intervals over replications." : nil
  }

  private mutating func addLines(
    _ name: String, _ title: String, _ rows: [DataTable.Row], _ column: String, x: String,
    _ xAxis: Figure.Axis, _ yAxis: Figure.Axis, note: String?, at load: Double? = nil
  ) {
    var series = series(rows) { row -> Figure.Point? in
      guard let at = row[x].number, let value = row[column].number else { return nil }
      let range = Self.range(row[column + "_ci95_lower"], row[column + "_ci95_upper"])
      if yAxis.isLog, value <= 0 { return Figure.Point(x: at, y: 0, isZero: true) }
      return Figure.Point(x: at, y: value, yRange: range)
    }
    var yAxis = yAxis
    if series.contains(where: { $0.points.contains(where: \.isZero) }) {
      yAxis.label += " (open: none seen)"
      let values = series.flatMap(\.points).flatMap { [$0.y, $0.yRange?.lowerBound ?? $0.y] }
      let edge = (values.filter { $0 > 0 }.min() ?? 0.02) / 2
      for i in series.indices {
        for j in series[i].points.indices where series[i].points[j].isZero {
          series[i].points[j].y = edge
        }
      }
    }
    let place = place(load: load, slo: x == "load" ? family.main : nil)
    add(name, title, [place, note.map { $0 + "." }, intervals], .lines, xAxis, yAxis, series)
  }

  /// Policies whose queues grow, and at which loads: their violations depend on the run's length.
  private static func growing(_ rows: [DataTable.Row]) -> String {
    let rows = rows.filter { $0["is_unsteady"].number == 1 }
    let policies = rows.map { $0["policy"].text }.distinct().map { name in
      let loads = rows.filter { $0["policy"].text == name }.compactMap { $0["load"].number }
      return "\(name) (load \(loads.map { NumberText.short($0) }.joined(separator: ", ")))"
    }
    return policies.isEmpty
      ? ""
      : ". Where a queue grows, violations depend on the run's length: "
        + policies.joined(separator: ", ")
  }

  private static func range(
    _ low: DataTable.Cell, _ high: DataTable.Cell
  ) -> ClosedRange<Double>? {
    guard let low = low.number, let high = high.number, low <= high else { return nil }
    return low...high
  }

  /// How far the load that a replication happened to have makes its violations: nothing where all have the same.
  private mutating func addRealisedLoad(_ rows: [DataTable.Row]) {
    let load = Metric.loadRealised.rawValue
    let loads = rows.compactMap { $0[load].number }
    guard let least = loads.min(), let most = loads.max(), most - least > 1e-6 * most else {
      return
    }
    let series = series(rows) { row in
      guard let x = row[load].number, let y = row[Metric.violationRatio.rawValue].number else {
        return nil
      }
      return Figure.Point(x: x, y: y)
    }
    add(
      "violations_by_realised_load", "SLO violations against the load of each replication",
      [
        place(load: family.main?.offeredLoad, slo: family.main),
        "A mark for each replication: queries from the first arrival to the last, over what the baseline could serve of them.",
      ], .marks, .init(label: "load realised (fraction of the baseline's capacity)"),
      .init(label: "SLO violation ratio", low: 0), series)
  }

  private mutating func addDistribution(_ rows: [DataTable.Row]) {
    let series = series(rows) { row in
      guard let latency = row["latency_s"].number, let p = row["probability"].number, latency > 0
      else { return nil }
      return Figure.Point(
        x: latency, y: p, xRange: Self.range(row["ci95_lower_s"], row["ci95_upper_s"]))
    }
    let unsteady = policies.filter { name in
      rows.contains { $0["policy"].text == name && $0["is_unsteady"].number == 1 }
    }
    add(
      "latency_cdf", "Distribution of latency",
      [
        place(load: family.main?.offeredLoad, slo: family.main),
        "Completed queries; quantiles are means over replications.",
        unsteady.isEmpty
          ? nil
          : "The queue of \(unsteady.joined(separator: ", ")) grows through the run: its latencies "
            + "depend on the run's length.", intervals,
      ], .distribution, .init(label: "latency (s)", isLog: true),
      .init(label: "fraction of queries", low: 0, high: 1), series)
  }

  private mutating func addQuality(_ rows: [DataTable.Row]) {
    let series = series(rows.filter { $0["is_unsteady"].number == 0 }) { row in
      guard let latency = row["latency_mean_s"].number, latency > 0,
        let quality = row["convergence_mean"].number
      else { return nil }
      return Figure.Point(
        x: latency, y: quality,
        yRange: Self.range(row["convergence_mean_ci95_lower"], row["convergence_mean_ci95_upper"]),
        xRange: Self.range(row["latency_mean_s_ci95_lower"], row["latency_mean_s_ci95_upper"]))
    }
    add(
      "quality_by_latency", "Quality against latency",
      [
        place(load: family.main?.offeredLoad, slo: family.main),
        "Convergence is -log10 of the latent error, higher is better.", intervals,
      ], .marks, .init(label: "mean latency (s)", isLog: true),
      .init(label: "convergence, mean"), series)
  }

  /// What each policy is to the one that it extends.
  private mutating func addAblation(_ rows: [DataTable.Row]) {
    func name(_ row: DataTable.Row) -> String { "\(row["policy"].text) / \(row["parent"].text)" }
    let names = rows.map(name).distinct()
    let metrics: [(column: Metric, name: String)] = [
      (.latencyMean, "mean latency"), (.violationRatio, "SLO violations"),
    ]
    let series = metrics.enumerated().map { style, metric in
      Figure.Series(
        name: metric.name, style: style,
        points: rows.filter { $0["metric"].text == metric.column.rawValue }.compactMap { row in
          guard let ratio = row["ratio_to_parent"].number, ratio > 0,
            let place = names.firstIndex(of: name(row))
          else { return nil }
          return Figure.Point(
            x: ratio, y: Double(names.count - place) + (style == 0 ? 0.15 : -0.15),
            xRange: Self.range(row["ratio_ci95_lower"], row["ratio_ci95_upper"]))
        })
    }
    add(
      "ablation", "What each change is worth",
      [
        place(load: family.main?.offeredLoad, slo: family.main),
        "Ratio to the policy that each extends, paired over replications; below 1 is better. "
          + "Ratios of none, to none or of growing queues are left out.", intervals,
      ], .rows(names), .init(label: "ratio to the policy it extends", isLog: true, includes: 1),
      .init(label: "", low: 0.5, high: Double(names.count) + 0.5), series)
  }

  private mutating func addOverTime(
    _ name: String, _ title: String, _ rows: [DataTable.Row], _ column: String, _ x: Figure.Axis,
    _ y: Figure.Axis
  ) {
    let series = series(rows) { row in
      guard let start = row["start_s"].number, let end = row["end_s"].number,
        let value = row[column].number
      else { return nil }
      return Figure.Point(x: (start + end) / 2, y: value)
    }
    add(
      name, title,
      [
        place(load: family.main?.offeredLoad, slo: family.main),
        "First replication, any warm-up included; means over intervals of equal length.",
      ], .distribution, x, y, series)
  }
}

/// Names of files made of names that a user chose.
enum Slug {
  /// Letters, digits and dashes, at most 60.
  static func of(_ text: String) -> String {
    var slug = ""
    for character in text.lowercased() {
      if character.isASCII, character.isLetter || character.isNumber || character == "." {
        slug.append(character)
      } else if !slug.hasSuffix("-") {
        slug.append("-")
      }
    }
    let trimmed = slug.trimming("-.")
    return trimmed.isEmpty ? "x" : String(trimmed.prefix(60))
  }
}

extension String {
  /// Without these characters at either end.
  fileprivate func trimming(_ set: String) -> String {
    String(drop { set.contains($0) }.reversed().drop { set.contains($0) }.reversed())
  }
}
