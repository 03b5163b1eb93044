import Diagnostics
import Results

/// What a reader of the page must know before any number.
enum PageWarnings {
  static func lines(
    _ data: ReportData,
    _ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]
  ) throws(InputError) -> [String] {
    var lines = QueuePlaces(comparisons).lines
    lines +=
      IntervalCautions(comparisons) { PageTable.metrics.contains($0) }
      .lines
    let experiments = comparisons.map(\.experiment)
    for note in experiments.flatMap(\.notes).distinct().gravestFirst
    where note.severity != .information {
      let places = experiments.filter { $0.notes.contains(note) }.map(QueuePlaces.place)
      // What all have in common needs no place.
      let shown =
        places.count == experiments.count ? [] : places.filter { !$0.isEmpty }.distinct()
      lines.append(
        "\(NoteText(note))" + (shown.isEmpty ? "" : " (at \(shown.joined(separator: ", ")))"))
    }
    let derived = Dictionary(
      grouping: data.sources.filter { $0.provenance == "derived" }
    ) { "\($0.use) (\($0.profile))" }
    for (use, sources) in derived.sorted(by: { $0.key < $1.key }) {
      let stages = sources.map(\.stage).distinct()
      lines.append(
        "Derived, neither measured nor published: latencies of \(stages.joined(separator: ", ")), \(use)."
      )
    }
    let table = try data.store.table(.experiment, experiments: Set(data.experiments.map(\.id)))
    let batches = table.rows.compactMap { $0["extrapolated_batches"].number }.reduce(0, +)
    if batches > 0 {
      lines.append("\(Int(batches)) batches took times extrapolated beyond their profile.")
    }
    return lines + [data.leftOut].compactMap(\.self)
  }
}
