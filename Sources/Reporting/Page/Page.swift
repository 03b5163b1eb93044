import Diagnostics
import Results

/// `index.html`: the whole report on one page that needs nothing beside itself.
struct Page {
  /// What tells it from a page of somebody else.
  static let mark = "<meta name=\"generator\" content=\"qosdiff\">"

  let text: String

  init(
    _ data: ReportData, _ figures: [Figure], warnings: [String]
  ) throws(InputError) {
    let names = Set(data.experiments.map(\.name)).sorted().joined(separator: ", ")
    let first = data.experiments[0]
    var comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])] = []
    for experiment in data.experiments where experiment.point?.controlsOf == nil {
      comparisons.append((experiment, try data.store.summaries(of: experiment.id)))
    }
    let table = PageTable(comparisons, scenarios: ScenarioFiles.names(data))
    let charts = figures.compactMap { SVGChart(figure: $0).html }
    let all = try PageWarnings.lines(data, comparisons) + warnings
    var parts = [Self.head(names)]
    parts.append(
      """
      <body><header>\(HTML.element("h1", names))
      <p class="soft">\(comparisons.count) comparison\(comparisons.count == 1 ? "" : "s"), seed \(first.seed), \
      \(first.replications) replication\(first.replications == 1 ? "" : "s") a policy, \
      qosdiff \(HTML.escaped(first.version)). Means with 95 % intervals over replications.</p>
      <nav><a href="#comparison">Comparison</a>\(data.claims.isEmpty ? "" : "<a href=\"#claims\">Claims</a>")\
      <a href="#figures">Figures</a><a href="#latencies">Latencies</a><a href="#scenario">Scenario</a></nav></header>
      <main>
      """)
    if !all.isEmpty {
      let items = all.map { HTML.element("li", $0) }.joined()
      parts.append(
        "<section class=\"warnings\" aria-label=\"Warnings\"><strong>Read this first</strong><ul>\(items)</ul></section>"
      )
    }
    parts.append("<section id=\"comparison\"><h2>Comparison</h2>\(table.html)</section>")
    if !data.claims.isEmpty { parts.append(Self.claims(data.claims)) }
    parts.append(
      "<section id=\"figures\"><h2>Figures</h2><div class=\"figures\">"
        + charts.joined(separator: "\n") + "</div></section>")
    parts.append(Self.latencies(data))
    parts.append(Self.scenarios(data))
    parts.append("</main>\n<script>\(PageScript.text)</script></body></html>\n")
    text = parts.joined(separator: "\n")
  }

  private static func head(_ names: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    \(Self.mark)
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    img-src data:; script-src 'sha256-\(PageScript.hash)'; base-uri 'none'; form-action 'none'">
    <link rel="icon" href="data:,">
    \(HTML.element("title", names))
    <style>\(PageStyle.text)</style></head>
    """
  }

  private static func style(_ state: StoredClaim.State) -> String {
    switch state {
    case .reached: "reached"
    case .notReached: "missed"
    case .unknown: "unknown"
    }
  }

  private static func claims(_ claims: [StoredClaim]) -> String {
    let rows = claims.map { claim in
      "<tr>\(HTML.element("td", claim.policy, "class=\"text\""))"
        + HTML.element("td", claim.point.workload, "class=\"text\"")
        + HTML.element("td", claim.claim, "class=\"text\"")
        + HTML.element("td", claim.state.rawValue, "class=\"\(style(claim.state))\"")
        + HTML.element("td", claim.verdict, "class=\"long\"") + "</tr>"
    }
    return """
      <section id="claims"><h2>Published claims</h2><div class="scroll"><table><thead><tr>
      <th class="text">policy</th><th class="text">workload</th><th class="text">claim</th><th>verdict</th>\
      <th class="text">why</th></tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>
      """
  }

  private static func latencies(_ data: ReportData) -> String {
    let rows = data.sources.map { source in
      let cells = source.cells
      return "<tr>"
        + cells.dropLast().map { HTML.element("td", $0, "class=\"text\"") }.joined()
        + HTML.element("td", cells[cells.count - 1], "class=\"text long\"") + "</tr>"
    }
    return """
      <section id="latencies"><h2>Where latencies are from</h2><div class="scroll"><table><thead><tr>
      <th class="text">used by</th><th class="text">stage</th><th class="text">provenance</th>\
      <th class="text">figures</th><th class="text">profile</th><th class="text">device</th>\
      <th class="text">source or derivation</th></tr></thead><tbody>\(rows.joined(separator: "\n"))\
      </tbody></table></div>\(PageTimeBasis.html(data))</section>
      """
  }

  private static func scenarios(_ data: ReportData) -> String {
    let notes = data.experiments.flatMap(\.notes).distinct().gravestFirst
    let texts = ScenarioFiles.all(data).map { name, text in
      "<details><summary>\(HTML.escaped(name))</summary><pre>\(HTML.escaped(text))</pre></details>"
    }
    return """
      <section id="scenario"><h2>Scenario and notes</h2>
      <ul class="soft">\(notes.prefix(40).map { HTML.element("li", "\(NoteText($0))") }.joined(separator: "\n"))</ul>
      \(texts.joined(separator: "\n"))</section>
      """
  }
}
