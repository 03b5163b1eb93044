import Diagnostics
import Experiments
import Foundation
import LatentDynamics

/// The built-in trajectory table, for `latents: auto`: from the cache, or made the first time.
enum OwnTable {
  /// Prompts of the built-in table.
  static let prompts = 1000

  /// The path of the built-in table for a model and size.
  static func path(
    model: String = "sd15", height: Int = 512, width: Int = 512
  ) throws(InputError) -> String {
    let name = "synthetic-v\(TrajectoryTable.schemaVersion)-\(model)-\(height)x\(width).table"
    let folder = try CacheFolder.make("latents")
    let out = folder.appending(path: name).path
    if FileManager.default.fileExists(atPath: out) { return out }
    Output.error(
      "latents: sampling \(prompts) prompts at \(height)x\(width), a few minutes, once; they are "
        + "kept as \(out)")
    let table = TableGenerator(prompts: prompts, model: model, height: height, width: width)
      .generate(
        version: ProgramVersion.text, threads: ProcessInfo.processInfo.activeProcessorCount
      ) { Output.progress("\($0) of \(prompts) prompts") }
    Output.progress("")
    try table.save(path: out)
    return out
  }
}
