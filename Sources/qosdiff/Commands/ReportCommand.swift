import ArgumentParser
import Diagnostics
import Reporting
import Results
import TextReports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes CSV files, LaTeX tables, figures and a page from a results database.",
    discussion: """
      Without --out, the comparison is printed. Files are replaced whole; others in the folder stay. Exit \
      code 1 where a figure could not be drawn (gnuplot missing): all else is written.
      """)

  @Argument(help: "The database.")
  var db: String

  @Option(help: "Folder for the files; without it, the comparison is printed.")
  var out: String?

  @Option(help: "What to write, of csv, tex, pdf, svg, html; default: all.")
  var format: String?

  @Option(help: "Policies that figures show, such as A,B; default: the first seven.")
  var policies: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @OptionGroup var verbosity: Verbosity

  /// Points in the order of a grid: by workload, SLO scale and load.
  private static func order(_ experiment: StoredExperiment) -> (String, Double, Double) {
    let point = experiment.point
    return (point?.workload ?? "", point?.sloScale ?? 0, point?.load ?? 0)
  }

  func run() throws {
    let formats = try self.formats()
    let store = try ResultStore(readingFrom: db)
    let report = try Report(store, policies: policies.map(PolicyNames.parse))
    for warning in report.warnings { Output.error("Warning: \(warning).") }
    ThisProgram.warn(of: try store.experiments(), in: db)
    guard let out else {
      try show(store)
      return
    }
    let outcome = try report.write(to: out, formats: formats)
    if json {
      Output.result(outcome.json(folder: out))
    } else {
      for file in outcome.files { Output.result("\(out)/\(file)") }
    }
    if !outcome.kept.isEmpty {
      verbosity.note("Kept, since changed by hand: \(outcome.kept.joined(separator: ", ")).")
    }
    if let left = report.leftOut { verbosity.note("\(left).") }
    if !outcome.stale.isEmpty {
      let more = outcome.stale.count - 5
      verbosity.note(
        "Left from an earlier report: \(outcome.stale.prefix(5).joined(separator: ", "))"
          + (more > 0 ? " and \(more) more (manifest.json names them)." : "."))
    }
    for (reason, files) in Dictionary(grouping: outcome.skipped, by: \.reason).sorted(by: {
      $0.key < $1.key
    }) {
      Output.error("Not drawn (\(reason)): \(files.map(\.file).joined(separator: ", ")).")
    }
    if !outcome.skipped.isEmpty { throw ExitCode(1) }
  }

  private func formats() throws(InputError) -> Set<Report.Format> {
    guard let format else { return Set(Report.Format.allCases) }
    var formats: Set<Report.Format> = []
    for word in format.split(separator: ",", omittingEmptySubsequences: false) {
      guard let known = Report.Format(rawValue: String(word)) else {
        let names = Report.Format.allCases.map(\.rawValue)
        throw InputError(
          .usage, at: .init(file: "--format \(format)"), "there is no format '\(word)'",
          hint: Suggestion.hint(for: String(word), in: names, noun: "format"))
      }
      formats.insert(known)
    }
    if out == nil {
      throw InputError(
        .usage, at: .init(file: "--format \(format)"), "files need a folder",
        hint: "name it with --out DIR")
    }
    return formats
  }

  /// Points of each grid: of one scenario, seed and program.
  private static func grids(_ experiments: [StoredExperiment]) -> [[StoredExperiment]] {
    var grids: [[StoredExperiment]] = []
    for point in experiments where point.point != nil {
      let grid = grids.firstIndex {
        $0[0].settings == point.settings
          && $0[0].gridHash == point.gridHash
      }
      if let grid { grids[grid].append(point) } else { grids.append([point]) }
    }
    return grids.map { $0.sorted { order($0) < order($1) } }
  }

  private func show(_ store: ResultStore) throws {
    let experiments = try store.experiments()
    if json {
      let all = experiments.filter { $0.point?.controlsOf == nil }
      Output.result(
        ComparisonJSON.text(
          try all.map { ($0, try store.summaries(of: $0.id)) },
          try all.flatMap { try store.claims(of: $0) },
          try store.timeBasis(of: all).byExperiment))
      return
    }
    let grids = Self.grids(experiments)
    for points in grids {
      let namesakes = grids.filter { $0[0].name == points[0].name }
      if namesakes.count > 1 {
        let first = points.first { $0.point?.controlsOf == nil } ?? points[0]
        Output.result(
          LineWrap.wrapped(
            "Grid \(first.gridHash.prefix(6)): baseline \(first.baseline); policies "
              + first.policies.joined(separator: ", ")))
      }
      let comparisons = points.filter { $0.point?.controlsOf == nil }
      Output.result(
        GridText(try comparisons.map { ($0, try store.summaries(of: $0.id)) }).text + "\n")
      let claims = try comparisons.flatMap { try store.claims(of: $0) }.sorted {
        $0.precedes($1)
      }
      Output.result(GridText.claims(claims) + "\n")
      if let line = TimeBasisText(try store.timeBasis(of: comparisons).all).text {
        Output.result(line + "\n")
      }
    }
    for experiment in experiments where experiment.point == nil {
      let line = TimeBasisText(
        try store.timeBasis(of: experiment.id), isLive: experiment.execution == .live
      ).text
      Output.result(
        ComparisonText(experiment, try store.summaries(of: experiment.id)).text + "\n"
          + (line.map { $0 + "\n" } ?? ""))
    }
  }
}
