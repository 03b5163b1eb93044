import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Reporting
import Results
import Scenarios

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compares policies at every combination of values; goes on where it was interrupted.")

  @OptionGroup var scenario: ScenarioOptions

  @Option(
    help: "A value of the scenario and what it takes: workload.load=0.5,0.8; may be repeated.")
  var axis: [String] = []

  @Option(help: "A CSV file of points instead: paths in its header, values in its rows.")
  var list: String?

  @Option(help: "Policies to compare, by comma; default: all of the scenario.")
  var policies: String?

  @Option(help: "The policy that others are compared with; default: the scenario's.")
  var baseline: String?

  @Option(help: "Independent runs a policy and point; default: the scenario's.")
  var replications: Int?

  @Option(help: "The results database; default: NAME.sqlite in the present folder.")
  var db: String?

  @Option(help: "Points at a time; default: one a core.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Folder for CSV files.")
  var out: String?

  @Flag(help: "Runs more than 1000 points without asking.")
  var yes = false

  /// More points than this need `--yes`.
  private static let manyPoints = 1000

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if let replications, replications < 1 {
      throw ValidationError("--replications must be at least 1.")
    }
    if axis.isEmpty == (list == nil) {
      throw ValidationError("A sweep takes --axis PATH=V1,V2,... or --list FILE.")
    }
  }

  func run() async throws {
    let overrides = try points()
    var scenarios: [(overrides: [String], scenario: Scenario)] = []
    for point in overrides { scenarios.append((point, try read(point))) }
    guard let first = scenarios.first?.scenario else { return }
    let path = db ?? ExperimentOptions.database(first)
    if let out { try CSVReport.makeFolder(out) }
    let store = try ResultStore(creatingAt: path)
    let clock = ContinuousClock()
    let start = clock.now
    let results = try await SweepRunner(
      scenarios, policies: policies?.split(separator: ",").map(String.init), baseline: baseline,
      replications: replications, jobs: jobs
    ).run(into: store, provenance: ExperimentOptions.provenance(first)) { done, all in
      let left = done > 0 ? (clock.now - start) / done * (all - done) : nil
      let time = left.map { ", \($0.components.seconds) s left" } ?? ""
      Output.progress(done < all ? "\(done) of \(all) points\(time)" : "")
    }
    let axes = overrides[0].map { String($0.prefix { $0 != "=" }) }
    var text = SweepText(axes: axes)
    for point in results {
      text.add(
        point.overrides.map { String($0.drop { $0 != "=" }.dropFirst()) }, point.summaries)
    }
    Output.result(text.text)
    if let out {
      let files = try CSVReport(store).write(
        to: out, experiments: Set(results.map(\.experiment.id)))
      Output.error("CSV: \(files.joined(separator: ", "))")
    }
    let known = results.count { $0.wasKnown }
    Output.error(
      "Database: \(path). \(results.count) points"
        + (known > 0 ? ", \(known) of them there already" : "")
        + ", in \((clock.now - start).components.seconds) s.")
  }

  /// The scenario at a point; a fault of an axis is told as one of `--axis`.
  private func read(_ point: [String]) throws(InputError) -> Scenario {
    do { return try scenario.read(setting: point) } catch {
      throw InputError(
        error.diagnostics.map { diagnostic in
          var diagnostic = diagnostic
          if let file = diagnostic.location?.file, point.contains(where: { "--set \($0)" == file })
          {
            diagnostic.location?.file = (list ?? "--axis") + file.dropFirst("--set".count)
          }
          return diagnostic
        })
    }
  }

  private func points() throws(InputError) -> [[String]] {
    if let list { return try SweepList.points(of: list) }
    var axes: [SweepAxis] = []
    for text in axis { axes.append(try SweepAxis(text)) }
    let count = SweepAxis.count(axes)
    if count.map({ $0 > Self.manyPoints }) ?? true, !yes {
      throw InputError(
        .usage, at: nil,
        "the grid has \(count.map { "\($0)" } ?? "too many") points, more than \(Self.manyPoints)",
        hint: "add --yes to run them all")
    }
    guard count != nil else { throw InputError(.usage, at: nil, "the grid is beyond counting") }
    return SweepAxis.grid(axes)
  }
}

/// Points from a CSV file: its header names values of the scenario, each row gives them.
enum SweepList {
  static func points(of path: String) throws(InputError) -> [[String]] {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else {
      throw InputError(.missingInput, at: .init(file: path), "the list of points cannot be read")
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let header = cells(lines[0])
    var points: [[String]] = []
    for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let values = cells(line)
      guard values.count == header.count, values.allSatisfy({ !$0.isEmpty }) else {
        throw InputError(
          .badInput, at: .init(file: path, line: number + 1, column: 1),
          "\(values.count) values, and the header has \(header.count) paths",
          hint: "give each path a value")
      }
      points.append(zip(header, values).map { "\($0)=\($1)" })
    }
    if points.isEmpty {
      throw InputError(
        .badInput, at: .init(file: path), "the list has no point",
        hint: "write paths in the first line, values in the others")
    }
    return points
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
