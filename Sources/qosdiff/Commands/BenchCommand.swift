import ArgumentParser
import Diagnostics
import DiffusionModels
import Foundation
import KernelBench
import LatencyProfiles

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures the denoising kernels on this machine.",
    discussion: """
      Runs every distinct kernel of every stage with oneDNN, checks its result, times it with cold
      memory, and writes a latency profile. Stopped by Ctrl-C it keeps the finished kernels and
      goes on from there the next time. --quick measures batch 1 in full with few repetitions, and
      larger batches by their 20 costliest kernels.
      """)

  @Option(
    help: "Model: \(ModelRegistry.models.map(\.name).joined(separator: ", ")). Default: all.")
  var model: [String] = []

  @Option(help: "Image size, HEIGHTxWIDTH in pixels. Default: the size a model was trained for.")
  var size: [String] = []

  @Option(help: "Images in a batch, separated by commas.")
  var batch: String?

  @Option(
    help: "How weights and activations are stored: f32, or bf16 where the processor has it.",
    transform: { text in
      guard let precision = Precision(rawValue: text) else {
        throw ValidationError("'\(text)' is no precision; write f32 or bf16")
      }
      return precision
    })
  var precision: Precision = .f32

  @Option(help: "Threads. Default: all cores.")
  var threads: Int?

  @Flag(
    help: "Time the stages of CPU pools on 1, 2, 4, ... cores too: what cores are worth to a task.")
  var coreScaling = false

  @Option(help: "The profile to write.")
  var out = "profile.json"

  @Flag(help: "About a minute or two instead of hours.")
  var quick = false

  @Option(
    help: "Write the list of kernels here and measure nothing; measure_accelerator.py reads it.")
  var manifest: String?

  @Flag(help: "Prints JSON.")
  var json = false

  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if manifest != nil, threads != nil || coreScaling {
      throw ValidationError("--threads and --core-scaling are for measuring, not for --manifest.")
    }
  }

  func run() throws {
    let plan = try plan()
    try Self.checkIsFile(manifest ?? out)
    if let manifest { return try write(BenchManifest(plan), to: manifest) }
    let name = URL(fileURLWithPath: out).deletingPathExtension().lastPathComponent
    let profile = try ProfileMeasurement(plan: plan, out: out, name: name, verbosity: verbosity)
      .run()
    if json {
      Output.json(
        ProfileCommand.Written(
          file: out, kernels: profile.kernels.count, entries: profile.entries.count))
    } else {
      Output.result("\(out): \(profile.kernels.count) kernels, \(profile.entries.count) entries")
    }
  }

  /// Refuses what is there and no file before anything is measured.
  private static func checkIsFile(_ path: String) throws(InputError) {
    guard !FileManager.default.fileExists(atPath: path) || InputFile.isRegular(path) else {
      throw InputError(
        .cannotCreate, at: .init(file: path), "this is no file to write to", hint: "name a file")
    }
  }

  private func write(_ manifest: BenchManifest, to path: String) throws {
    do {
      try manifest.json().write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw InputError(.cannotCreate, at: .init(file: path), "the manifest cannot be written")
    }
    if json {
      Output.json(
        ProfileCommand.Written(
          file: path, kernels: manifest.count.kernels, entries: manifest.count.entries))
      return
    }
    Output.result(
      "\(path): \(manifest.count.kernels) kernels, \(manifest.count.entries) entries; "
        + "Scenarios/Profiles/measure_accelerator.py times them on a GPU that PyTorch drives")
  }
}

// MARK: - What to measure

extension BenchCommand {
  private func plan() throws -> BenchPlan {
    let models = try Self.models(model)
    let sizes = try size.flatMap { $0.split(separator: ",") }
      .map { try Self.size(String($0), for: models) }
    let text = batch ?? (quick ? "1,2" : "1,2,4")
    let batches = try text.split(separator: ",").map { part in
      guard let number = Int(part), (1...64).contains(number) else {
        throw ValidationError("'\(part)' is no batch; write whole numbers from 1 to 64")
      }
      return number
    }
    let machine = Machine.current()
    let cores = machine.cores
    if manifest == nil, !machine.computes(precision) {
      throw ValidationError("--precision \(precision.rawValue): this processor has none; use f32")
    }
    if let threads, !(1...cores).contains(threads) {
      throw ValidationError("--threads \(threads); this machine has 1 to \(cores)")
    }
    // Larger batches are scaled from batch 1, which therefore comes first.
    let ordered = Set(batches + (quick ? [1] : [])).sorted()
    var plan = BenchPlan(
      models: models, sizes: sizes.isEmpty ? nil : sizes, batches: ordered, isQuick: quick,
      threads: threads ?? cores, precision: precision)
    if coreScaling {
      plan.coreCounts = sequence(first: 1) { $0 * 2 }.prefix { $0 < cores } + [cores]
    }
    return plan
  }

  /// The models of these names, separated by commas; all where none is named.
  static func models(_ names: [String]) throws -> [DiffusionModel] {
    let known = ModelRegistry.models
    if names.isEmpty { return known }
    return try names.flatMap { $0.split(separator: ",").map(String.init) }.map { name in
      guard let found = ModelRegistry.model(named: name) else {
        let hint = Suggestion.hint(for: name, in: known.map(\.name), noun: "model")
        throw ValidationError("no model '\(name)'; \(hint)")
      }
      return found
    }
  }

  /// A size that all of these models can make.
  static func size(_ text: String, for models: [DiffusionModel]) throws -> LatencyProfile.ImageSize
  {
    let sides = text.split(separator: "x").map { Int($0) }
    guard sides.count == 2, let height = sides[0], let width = sides[1] else {
      throw ValidationError("'\(text)' is no size; write HEIGHTxWIDTH, 512x512 for one")
    }
    for model in models {
      if let fault = model.sizeFault(height: height, width: width) {
        throw ValidationError("size \(text): \(fault)")
      }
    }
    return LatencyProfile.ImageSize(height: height, width: width)
  }
}
