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
    for experiment in experiments {
      Output.result(
        ComparisonText(experiment, try store.summaries(of: experiment.id)).text + "\n")
    }
  }
}
