import Sweeps
import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Scenarios

/// What a task of a job array runs; `sweep --engine slurm` writes the command.
struct SweepTaskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-task", abstract: "Runs one point of a submitted sweep into its shard.",
    shouldDisplay: false)

  @Argument(help: "The submission's file.")
  var file: String

  @Argument(help: "The task, from 0.")
  var task: Int

  @OptionGroup var verbosity: Verbosity

  func run() async throws {
    let verbosity = verbosity
    let environment = ProcessInfo.processInfo.environment
    let job = environment["SLURM_ARRAY_JOB_ID"].map { [("slurm_job", "\($0)_\(task)")] } ?? []
    try await SweepTask(file: file, index: task, scratch: NSTemporaryDirectory()).run(
      provenance: [
        ("host", ProcessInfo.processInfo.hostName), ("program", ThisProgram.identity),
      ] + job
    ) { path, overrides throws(InputError) in
      try ScenarioOptions.reader(verbosity).read(path: path, overrides: overrides)
    }
  }
}
