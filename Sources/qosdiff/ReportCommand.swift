import ArgumentParser
import Diagnostics
import Reporting
import Results

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes reports from a results database.")

  @Argument(help: "The database.")
  var db: String

  @Option(help: "Folder for the files; without it, the comparison is printed.")
  var out: String?

  @Option(help: "What to write: csv.")
  var format = "csv"

  /// Points in the order of a grid: by workload, SLO scale and load.
  private static func order(_ experiment: StoredExperiment) -> (String, Double, Double) {
    let point = experiment.point
    return (point?.workload ?? "", point?.sloScale ?? 0, point?.load ?? 0)
  }

  func run() throws {
    guard format == "csv" else {
      throw InputError(
        .usage, at: .init(file: "--format \(format)"), "there is no such format", hint: "use csv")
    }
    let store = try ResultStore(readingFrom: db)
    if let out {
      for file in try CSVReport(store).write(to: out) { Output.result(file) }
      return
    }
    let experiments = try store.experiments()
    guard !experiments.isEmpty else {
      throw InputError(
        .badInput, at: .init(file: db), "the database holds no complete experiment",
        hint: "run 'qosdiff compare SCENARIO --db \(db)' to its end")
    }
    let grids = Set(experiments.filter { $0.point != nil }.map(\.name)).sorted()
    for name in grids {
      let points = experiments.filter { $0.name == name && $0.point != nil }.sorted {
        Self.order($0) < Self.order($1)
      }
      let comparisons = points.filter { $0.point?.controlsOf == nil }
      Output.result(
        GridText(try comparisons.map { ($0, try store.summaries(of: $0.id)) }).text + "\n")
      let claims = try comparisons.flatMap { try store.claims(of: $0) }.sorted {
        ($0.point.workload, $0.policy, $0.claim) < ($1.point.workload, $1.policy, $1.claim)
      }
      Output.result(GridText.claims(claims) + "\n")
    }
    for experiment in experiments where experiment.point == nil {
      Output.result(
        ComparisonText(experiment, try store.summaries(of: experiment.id)).text + "\n")
    }
  }
}
