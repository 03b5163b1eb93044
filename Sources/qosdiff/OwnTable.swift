import Diagnostics
import Experiments
import Foundation
import LatentDynamics
import ProgramIdentity

/// The built-in trajectory table, for `latents: auto`: from the cache, or made the first time.
enum OwnTable {
  /// Prompts of the built-in table.
  static let prompts = 1000

  /// The path of the built-in table for a model and size. Its name says which sampler made it: another one's is made
  /// again.
  static func path(
    model: String = "sd15", height: Int = 512, width: Int = 512, _ verbosity: Verbosity
  ) throws(InputError) -> String {
    let sampler = ProgramIdentity.latents.prefix(12)
    let name =
      "synthetic-v\(TrajectoryTable.schemaVersion)-\(sampler)-\(model)-\(height)x\(width).table"
    let folder = try CacheFolder.make("latents")
    let out = folder.appending(path: name).path
    if FileManager.default.fileExists(atPath: out) { return out }
    verbosity.note(
      "latents: sampling \(prompts) prompts at \(height)x\(width), a few minutes, once; they are "
        + "kept as \(out)")
    var progress = Progress("prompts", verbosity)
    let table = TableGenerator(prompts: prompts, model: model, height: height, width: width)
      .generate(
        version: ProgramVersion.text, threads: ProcessInfo.processInfo.activeProcessorCount
      ) { progress.show($0, of: prompts) }
    progress.clear()
    try table.save(path: out)
    return out
  }
}
