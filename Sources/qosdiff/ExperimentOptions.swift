import ArgumentParser
import Diagnostics
import Experiments
import Scenarios
import Foundation
import Reporting
import Results

/// Options of commands that simulate.
struct ExperimentOptions: ParsableArguments {
  @Option(help: "The results database; default: NAME.sqlite in the present folder.")
  var db: String?

  @Option(help: "Runs at a time; default: one a core.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Stores no row for each query; latency CDFs and per-query CSVs stay empty.")
  var noQueries = false

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
  }

  /// Runs an experiment into the database and prints its results.
  func perform(_ experiment: Experiment, out: String?) async throws {
    let name = experiment.scenario.name.replacing(/[^A-Za-z0-9._-]+/, with: "-")
    let path = db ?? "\(name).sqlite"
    if let out { try CSVReport.makeFolder(out) }
    let store = try ResultStore(creatingAt: path)
    let start = ContinuousClock.now
    let outcome = try await ExperimentRunner(
      experiment, jobs: jobs, keepsQueries: !noQueries
    ).run(
      into: store,
      provenance: [
        ("command", CommandLine.arguments.joined(separator: " ")),
        ("host", ProcessInfo.processInfo.hostName),
        ("scenario_path", experiment.scenario.path),
        ("started", Date.now.formatted(.iso8601)),
      ],
      finalProvenance: { [("elapsed_s", "\(Self.seconds(since: start))")] },
      progress: { done, all in Output.progress(done < all ? "run \(done + 1) of \(all)" : "") })
    if json {
      Output.result(ComparisonJSON.text(outcome.experiment, outcome.summaries))
    } else {
      Output.result(ComparisonText(outcome.experiment, outcome.summaries).text)
      let bottlenecks = outcome.bottlenecks.map { "\($0.policy) = \($0.bottleneck)" }
      Output.result(
        ComparisonText.wrapped("Bottleneck: \(bottlenecks.joined(separator: "; "))."))
      if outcome.extrapolatedBatches > 0 {
        Output.result(
          "\(outcome.extrapolatedBatches) batches took times extrapolated beyond their profile.")
      }
    }
    if let out {
      let files = try CSVReport(store).write(to: out, experiments: [outcome.experiment.id])
      Output.error("CSV: \(files.joined(separator: ", "))")
    }
    let rate = Double(outcome.events) / max(Self.seconds(since: start), 1e-9)
    Output.error(
      "Database: \(path). \(outcome.events) events in "
        + String(format: "%.2f s (%.2g a second).", Self.seconds(since: start), rate))
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
