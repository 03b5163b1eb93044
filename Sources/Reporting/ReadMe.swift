import Results

/// `README.md` of a report: what lies in the folder and where it is from.
struct ReadMe {
  /// What tells it from a README of somebody else.
  static let mark = "<!-- qosdiff report -->"

  let text: String

  init(
    _ data: ReportData, _ figures: [Figure], _ commands: [String: String],
    _ outcome: Report.Outcome, _ warnings: [String]
  ) {
    var lines = [
      Self.mark,
      "# \(Set(data.experiments.map(\.name)).sorted().map(Self.plain).joined(separator: ", "))",
      "",
      "Written by `qosdiff report` from a results database alone; `manifest.json` says the same to programs.",
      "",
    ]
    if outcome.files.contains("index.html") {
      lines += ["`index.html` shows all of it on one page.", ""]
    }
    if !warnings.isEmpty { lines += warnings.map { "- Warning: \(Self.plain($0))." } + [""] }
    lines += ["## How it was made", "", "```sh"]
    let all = data.experiments.compactMap { commands[$0.id] }.distinct()
    lines += all.prefix(20)
    if all.count > 20 { lines.append("# and \(all.count - 20) more: see manifest.json") }
    lines += [
      "```", "", "| experiment | program | seed | replications | baseline |",
      "| --- | --- | --- | --- | --- |",
    ]
    for family in data.families.prefix(ReportData.maximumFamilies) {
      let first = family.members[0]
      let replications = Set(family.members.map(\.replications)).sorted().map(String.init)
      lines.append(
        "| \(Self.plain(family.title)) | qosdiff \(first.version) | \(first.seed) | "
          + "\(replications.joined(separator: ", ")) | \(Self.plain(first.baseline)) |")
    }
    if let left = data.leftOut { lines += ["", left + "."] }
    lines += [
      "", "Latencies:", "",
      "| used by | stage | provenance | figures | profile | device | source or derivation |",
      "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for source in data.sources {
      lines.append("| " + source.cells.map(Self.plain).joined(separator: " | ") + " |")
    }
    let csv = CSVReport.contents.filter { outcome.files.contains($0.name) }
    if !csv.isEmpty {
      lines += [
        "", "## CSV", "",
        "One header row, units in the names, an empty field where there is no value; `ci95_lower` and "
          + "`ci95_upper` are ends of 95 % intervals over replications.", "",
        "| file | a row is |", "| --- | --- |",
      ]
      lines += csv.map { "| `\($0.name)` | \($0.summary) |" }
    }
    let tables = outcome.files.filter { $0.hasSuffix(".tex") }
    if !tables.isEmpty {
      lines += ["", "## LaTeX", "", "With `\\usepackage{booktabs}`:", ""]
      lines += tables.map { "- `\\input{\($0)}`" }
    }
    let drawn = figures.filter { outcome.files.contains("figures/\($0.name).gp") }
    if !drawn.isEmpty {
      let kinds = ["pdf", "svg"].filter { kind in outcome.files.contains { $0.hasSuffix(kind) } }
        .map { "`figures/NAME.\($0)`" }.joined(separator: " and ")
      lines += [
        "", "## Figures", "",
        "Each is \(kinds.isEmpty ? "drawn" : kinds) at column width (8.5 cm), beside its script `NAME.gp` and data `NAME.dat`. To restyle "
          + "one, change the script, take out its line 'qosdiff replaces this file', and run "
          + "`gnuplot NAME.gp` there: further reports keep your script and draw new data with it.",
        "",
        "| name | what it shows |", "| --- | --- |",
      ]
      lines += drawn.map { "| `\($0.name)` | \(Self.plain("\($0.title). \($0.caption)")) |" }
    }
    if !outcome.skipped.isEmpty {
      lines += [
        "",
        "Not drawn: "
          + outcome.skipped.map { "`\($0.file)` (\($0.reason))" }.joined(separator: ", ") + ".",
      ]
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// Text of a scenario as text of Markdown: nothing of it is markup.
  private static func plain(_ text: String) -> String {
    text.map { character in
      if character.isNewline { return " " }
      return "\\`*_{}[]<>#|!&".contains(character) ? "\\\(character)" : String(character)
    }.joined()
  }
}
