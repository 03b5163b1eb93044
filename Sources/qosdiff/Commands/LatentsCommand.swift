import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import LatentDynamics
import TextReports

/// `qosdiff latents`: make and describe trajectory tables.
struct LatentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latents",
    abstract: "Generate and inspect trajectory tables: entropies of latents, errors of finishing.",
    subcommands: [Generate.self, Inspect.self, Controls.self])
}

extension LatentsCommand {
  /// What a table that was written is, for programs.
  struct Written: Encodable {
    let file: String
    let prompts: Int
    let steps: Int
    let model: String
    let size: String
  }

  /// `qosdiff latents generate`.
  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sample synthetic latents of an exactly known score, and measure them.")

    @Option(help: "Prompts to sample.")
    var prompts = 1000
    @Option(help: "Steps of the schedule.")
    var steps = 50
    @Option(help: "Size of the images, HEIGHTxWIDTH.")
    var size = "512x512"
    @Option(help: "Model whose queries the table is for.")
    var model = "sd15"
    @Option(help: "Bins of the entropy's histogram.")
    var bins = 256
    @Option(help: "Half the range of the histogram: values from -RANGE to RANGE.")
    var range = 5.0
    @Option(help: "Seed of the first prompt.")
    var seed: UInt64 = 1
    @Option(help: "Prompts sampled at a time; left out = the processors.")
    var jobs: Int?
    @Option(name: .shortAndLong, help: "File to write.")
    var out = "latents.table"
    @Flag(help: "Prints JSON.")
    var json = false
    @OptionGroup var verbosity: Verbosity

    func run() throws {
      let sides = size.split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2, sides.allSatisfy({ $0 >= 64 && $0 <= 4096 && $0 % 8 == 0 }) else {
        throw usage("--size '\(size)' is no size", "HEIGHTxWIDTH in multiples of 8, 64 to 4096")
      }
      guard (1...1_000_000).contains(prompts) else {
        throw usage("--prompts \(prompts) is out of range", "1 to 1000000")
      }
      guard (1...500).contains(steps) else {
        throw usage("--steps \(steps) is out of range", "1 to 500")
      }
      guard (2...65536).contains(bins) else {
        throw usage("--bins \(bins) is out of range", "2 to 65536")
      }
      guard range > 0, range.isFinite else { throw usage("--range \(range) is not positive") }
      let generator = TableGenerator(
        prompts: prompts, grid: TrajectoryGrid(steps: steps), model: model, height: sides[0],
        width: sides[1], firstSeed: seed,
        histogram: ValueHistogram(bins: bins, range: -range...range))
      var progress = Progress("prompts", verbosity)
      let table = generator.generate(
        version: ProgramVersion.text,
        threads: jobs ?? ProcessInfo.processInfo.activeProcessorCount
      ) { progress.show($0, of: prompts) }
      progress.clear()
      try table.save(path: out)
      if json {
        Output.json(
          Written(
            file: out, prompts: table.prompts, steps: table.grid.steps, model: model, size: size))
        return
      }
      Output.result(
        "\(out): \(table.prompts) prompts, \(table.grid.steps) steps, \(model) at \(size), "
          + "synthetic latents")
    }
  }

  /// `qosdiff latents controls`.
  struct Controls: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold each entropy signal against step counts that ignore it, at the same mean.")

    @Argument(help: "The table; left out = the one that scenarios use by default.")
    var file: String?
    @Option(help: "Mean evaluations at which signals are compared.")
    var evaluations = ControlsText.evaluations
    @Flag(help: "Prints JSON.")
    var json = false
    @OptionGroup var verbosity: Verbosity

    func run() throws {
      let table = try TrajectoryTable.load(path: try file ?? OwnTable.path(verbosity))
      guard evaluations >= 5, evaluations <= Double(table.grid.steps) else {
        throw usage("--evaluations \(evaluations) is out of range", "5 to \(table.grid.steps)")
      }
      if json {
        Output.json(ControlsText.rows(table, evaluations: evaluations))
      } else {
        Output.result(ControlsText.offline(table, evaluations: evaluations))
      }
    }
  }

  /// `qosdiff latents inspect`.
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a table's curves, and what its signals say of the error still to come.")

    @Argument(help: "The table; left out = the one that scenarios use by default.")
    var file: String?
    @Option(help: "Steps between the two looks of a change.")
    var changeOver = 2
    @Flag(help: "Prints JSON.")
    var json = false
    @OptionGroup var verbosity: Verbosity

    func run() throws {
      let path = try file ?? OwnTable.path(verbosity)
      let table = try TrajectoryTable.load(path: path)
      guard (1..<max(table.grid.steps, 2)).contains(changeOver) else {
        throw usage("--change-over \(changeOver) is out of range", "1 to \(table.grid.steps - 1)")
      }
      let text = TableText(table, file: path, changeOver: changeOver)
      if json { Output.json(text.tables) } else { Output.result(text.text) }
    }
  }
}
