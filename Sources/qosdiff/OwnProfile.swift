import Diagnostics
import DiffusionModels
import Foundation
import KernelBench
import LatencyProfiles
import ProgramIdentity

/// This machine's own profile, for `profile: auto`: from the cache, or measured the first time.
enum OwnProfile {
  /// The path of a profile that holds `model` at a size.
  ///
  /// The file's name says what else the figures depend on: processor, cores, oneDNN and harness.
  static func path(
    model name: String, height: Int, width: Int, _ verbosity: Verbosity
  ) throws(InputError) -> String {
    guard let model = ModelRegistry.model(named: name) else {
      throw InputError(
        .badInput, at: nil, "the operators of model '\(name)' are not known",
        hint: Suggestion.hint(for: name, in: ModelRegistry.models.map(\.name), noun: "model"))
    }
    if let fault = model.sizeFault(height: height, width: width) {
      throw InputError(.badInput, at: nil, fault)
    }
    let machine = Machine.current()
    let library: String
    do { library = try Bench.libraryVersion() } catch {
      throw InputError(.missingInput, at: nil, error.description)
    }
    let folder = try CacheFolder.make("profiles")
    let size = "\(height)x\(width)"
    let key = [
      machine.processor, "\(machine.cores) cores", "oneDNN \(library)", "harness \(Bench.version)",
      String(ProgramIdentity.harness.prefix(12)),
    ].joined(separator: "-")
    let slug = String(key.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    let out = folder.appending(path: "\(slug)-\(name)-\(size).json").path
    if FileManager.default.fileExists(atPath: out) { return out }
    verbosity.note(
      "profile 'auto': measuring \(name) at \(size) on this machine, about two minutes, once; it is "
        + "kept as \(out)")
    let plan = BenchPlan(
      models: [model], sizes: [.init(height: height, width: width)], batches: [1, 2],
      isQuick: true, threads: machine.cores)
    _ = try ProfileMeasurement(plan: plan, out: out, name: "auto", verbosity: verbosity).run()
    return out
  }
}
