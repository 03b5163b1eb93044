import Results

/// The page's comparison: a row for each policy of each comparison, sortable, with a filter for what varies.
struct PageTable {
  let html: String

  /// A column for a metric, or for its ratio to the baseline.
  private static let columns: [(metric: Metric, isRatio: Bool)] = [
    (.violationRatio, false), (.violationRatio, true), (.latencyMean, false),
    (.latencyMean, true), (.latencyP99Offered, false), (.throughputSustained, false),
    (.goodputImages, false), (.utilisationOfInstalled, false), (.stepsMean, false),
    (.convergenceMean, false), (.convergenceP5, false), (.perceptualScore, false),
  ]

  /// Metrics that have a column.
  static let metrics = Set(columns.map(\.metric))

  /// `scenarios`: the name of each experiment's scenario file, by the experiment's id.
  init(
    _ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])],
    scenarios: [String: String]
  ) {
    let keys: [(title: String, isNumber: Bool, value: (StoredExperiment) -> String)] = [
      ("experiment", false, { $0.name }), ("workload", false, { $0.point?.workload ?? "" }),
      ("load", true, { $0.offeredLoad.map { NumberText.short($0) } ?? "" }),
      ("SLO scale", true, { $0.sloScale.map { NumberText.short($0) } ?? "" }),
      ("SLO (s)", true, { $0.sloSeconds.map { NumberText.short($0) } ?? "" }),
      ("set", false, { $0.settings.joined(separator: "; ") }),
      ("scenario", false, { scenarios[$0.id] ?? "" }), ("seed", true, { "\($0.seed)" }),
      ("program", false, { $0.version }),
    ]
    let varying = keys.filter { key in
      Set(comparisons.map { key.value($0.experiment) }).count > 1
    }
    let shown = Self.columns.filter { column in
      comparisons.contains { _, summaries in
        summaries.contains {
          $0.metric == column.metric && (column.isRatio ? $0.ratio : $0.mean) != nil
        }
      }
    }
    let heads =
      varying.map { Self.head($0.title, isText: !$0.isNumber) }
      + [Self.head("policy", isText: true)]
      + shown.map { column in
        let unit = column.metric.unit.isEmpty ? "" : " (\(column.metric.unit))"
        return Self.head(
          column.isRatio
            ? "\(column.metric == .violationRatio ? "violations" : "latency"), ratio"
            : column.metric.title + unit, isText: false)
      }
    var rows: [String] = []
    for (experiment, summaries) in comparisons {
      for name in summaries.policies {
        let ours = summaries.filter { $0.policy == name }
        let place = varying.map { key in
          let value = key.value(experiment)
          return HTML.element(
            "td", value,
            key.isNumber ? HTML.attribute("data-v", value) : "class=\"text\"")
        }
        let cells = shown.map { column in
          Self.cell(ours.first { $0.metric == column.metric }, isRatio: column.isRatio)
        }
        rows.append(
          "<tr\(name == experiment.baseline ? " class=\"baseline\"" : "")>"
            + (place + [HTML.element("td", name, "class=\"text\"")] + cells).joined() + "</tr>")
      }
    }
    let filters = varying.enumerated().map { index, key in
      var values: [String] = []
      for (experiment, _) in comparisons where !values.contains(key.value(experiment)) {
        values.append(key.value(experiment))
      }
      let chosen = Self.chosen(key.title, values)
      let options = values.map {
        "<option\($0 == chosen ? " selected" : "") \(HTML.attribute("value", $0))>\(HTML.escaped($0))</option>"
      }
      return
        "<label>\(key.title)<select data-column=\"\(index)\"><option value=\"\">all</option>\(options.joined())</select></label>"
    }
    let filterRow =
      filters.isEmpty
      ? ""
      : "<div class=\"filters\">\(filters.joined())<span id=\"shown\" role=\"status\"></span></div>"
    html = """
      <p class="soft">Shaded: the baseline. Ratios are to it. ns: no difference shown at the 5 % level, \
      Holm-corrected. Click a column's name to sort.</p>\(filterRow)
      <div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table id="comparison-table" \
      class="sortable"><thead><tr>\(heads.joined())</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      """
  }

  /// What a filter begins with, so that a grid does not begin with all its rows; nil = all.
  private static func chosen(_ title: String, _ values: [String]) -> String? {
    guard let target = ["load": 0.8, "SLO scale": 3][title], values.count > 2 else { return nil }
    return values.min { a, b in
      abs((Double(a) ?? .infinity) - target) < abs((Double(b) ?? .infinity) - target)
    }
  }

  private static func head(_ title: String, isText: Bool) -> String {
    "<th scope=\"col\"\(isText ? " class=\"text\"" : "")>\(HTML.element("button", title, "type=\"button\""))</th>"
  }

  private static func cell(_ summary: StoredSummary?, isRatio: Bool) -> String {
    guard let summary, let mean = summary.mean else {
      return HTML.element(
        "td", summary?.note.map { MetricNoteText($0).cell } ?? "\u{2013}",
        "data-v=\"\"" + title(summary))
    }
    if summary.isUnsteady {
      return HTML.element(
        "td", "unsteady", "data-v=\"\"" + title(summary))
    }
    if isRatio {
      guard let ratio = summary.ratio else {
        let note = title(summary)
        return HTML.element(
          "td", summary.policyIndex == 0 ? "1" : "\u{2013}",
          "data-v=\"\(summary.policyIndex == 0 ? "1" : "")\" " + note)
      }
      let range = summary.ratioInterval.map { " " + NumberText.range($0) }
      return HTML.element(
        "td", NumberText.short(ratio, digits: 3) + (range ?? "") + summary.mark,
        "data-v=\"\(ratio)\"")
    }
    let text = summary.interval.map { NumberText.estimate(mean, $0) } ?? NumberText.short(mean)
    return HTML.element(
      "td", text,
      "data-v=\"\(mean)\"" + title(summary))
  }

  /// The note, for who points at the cell.
  private static func title(_ summary: StoredSummary?) -> String {
    summary?.note.map { " " + HTML.attribute("title", "\(MetricNoteText($0))") } ?? ""
  }
}
