import DiffusionModels
import Foundation
import KernelBench
package import LatencyProfiles
import Reporting

/// A profile as text: where it is from, its stages, and where the time of a step goes.
package struct ProfileTables {
  package let profile: LatencyProfile

  package init(profile: LatencyProfile) { self.profile = profile }

  /// One line: what, on what, from where.
  package var title: String {
    let libraries = profile.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let parts =
      [profile.provenance.rawValue, profile.device, profile.mode, profile.source]
      + [profile.harness, profile.date].compactMap { $0 } + libraries
    return "\(profile.name): " + parts.joined(separator: "; ")
  }

  /// What the device was seen to do at most; nil where nothing was measured.
  package var roofline: String? {
    profile.roofline.map {
      "peak: \(Self.number($0.gflopPerS)) GFLOP/s (matrix product), "
        + "\(Self.number($0.gbytePerS)) GB/s (copy)"
    }
  }

  /// Copies between host and device; nil where nobody measured them.
  package var hostCopy: String? {
    profile.hostCopy.map {
      "host copies: \(Self.number($0.toDeviceGbytePerS)) GB/s to the device, "
        + "\(Self.number($0.toHostGbytePerS)) GB/s to the host, "
        + "\(Self.number(1e6 * $0.latencySeconds)) us at least"
    }
  }

  /// What the entropy of a latent costs; nil where nobody measured it.
  package var latentEntropy: String? {
    profile.latentEntropy.map {
      "entropy of a latent of \($0.values) values: \(Self.number(1e6 * $0.medianSeconds)) us "
        + "(p10 \(Self.number(1e6 * $0.p10Seconds)), p90 \(Self.number(1e6 * $0.p90Seconds)))"
    }
  }

  /// What cores are worth to the stages of CPU pools, a line a stage; empty where nobody measured it.
  package var coreScaling: [String] {
    Stage.allCases.compactMap { stage in
      let speedups = profile.measuredSpeedups(of: stage)
      guard !speedups.isEmpty else { return nil }
      return "\(stage.rawValue) on cores: "
        + speedups.map { "\($0.cores) = \(Self.number($0.speedup))" }.joined(separator: ", ")
        + " times one"
    }
  }

  /// One row an entry.
  package var stages: String {
    var table = TextTable(
      header: Self.workHeader + [
        "median_s", "p10_s", "p90_s", "runs",
        "residuals", "whole_s", "sum/whole", "provenance",
      ], keys: Self.workHeader.count)
    for entry in profile.entries {
      table.add(
        Self.work(of: entry) + [
          Self.number(entry.medianSeconds), Self.number(entry.p10Seconds),
          Self.number(entry.p90Seconds), entry.repetitions.map(String.init) ?? "-",
          entry.residualQuantiles == nil ? "none" : "measured", Self.number(entry.wholeSeconds),
          entry.wholeGap.map { String(format: "%.3f", 1 + $0) } ?? "-", entry.provenance.rawValue,
        ])
    }
    return table.text
  }

  /// Why entries have no residuals, where the profile is measured and some have none.
  package var residualNote: String? {
    let without = profile.entries.count {
      $0.provenance == .measured && $0.residualQuantiles == nil
    }
    if without == 0 { return nil }
    let reason =
      profile.harness == nil
      ? "the profile says nothing of how single latencies scatter"
      : "the stage was executed whole fewer than \(BenchPlan.residualRepetitions) times"
    return "\(without) measured \(without == 1 ? "entry has" : "entries have") no residuals: "
      + "\(reason), so the simulator adds no noise to \(without == 1 ? "it" : "them")"
  }

  /// What the entries that are not plain sums say of themselves, each once.
  package var derivations: [String] {
    var seen: Set<String> = []
    return profile.entries.compactMap(\.derivation).filter { seen.insert($0).inserted }
  }

  /// Share of each kind of kernel in each entry whose kernels are in the profile.
  package var kinds: String? {
    let rows = profile.entries.compactMap { entry -> (LatencyProfile.Entry, [String: Double])? in
      let parts = timedParts(of: entry)
      if parts.isEmpty { return nil }
      var seconds: [String: Double] = [:]
      for part in parts { seconds[Self.group(part.kernel), default: 0] += part.seconds }
      return (entry, seconds)
    }
    if rows.isEmpty { return nil }
    let groups = ["convolution", "linear", "attention", "normalisation", "elementwise", "moving"]
    var table = TextTable(
      header: Self.workHeader + groups.map { $0 + " %" }, keys: Self.workHeader.count)
    for (entry, seconds) in rows {
      let total = seconds.values.reduce(0, +)
      table.add(
        Self.work(of: entry)
          + groups.map { String(format: "%.1f", 100 * (seconds[$0] ?? 0) / total) })
    }
    return table.text
  }

  /// The kernels of one step (the first guided one at the smallest batch, else the first), the
  /// costliest first; nil where the profile has no kernels.
  package func kernels(limit: Int) -> String? {
    let steps = profile.entries.filter { $0.stage == .denoise && !timedParts(of: $0).isEmpty }
    guard let step = steps.first(where: { $0.guidance == true }) ?? steps.first else { return nil }
    let parts = timedParts(of: step).sorted { $0.seconds > $1.seconds }
    let total = parts.reduce(0) { $0 + $1.seconds }
    var table = TextTable(header: [
      "kernel", "count", "median_ms", "p10_ms", "p90_ms", "share %", "GFLOP/s", "GB/s",
      "of roofline %", "runs", "implementation",
    ])
    for part in parts.prefix(limit) {
      let latency = part.latency
      let roof = profile.roofline.map {
        100 * $0.seconds(flops: latency.flops, bytes: latency.bytes) / latency.medianSeconds
      }
      table.add([
        latency.kernel, String(part.count), Self.number(1e3 * latency.medianSeconds),
        Self.number(1e3 * latency.p10Seconds), Self.number(1e3 * latency.p90Seconds),
        String(format: "%.1f", 100 * part.seconds / total),
        latency.flops > 0 ? Self.number(latency.flops / latency.medianSeconds / 1e9) : "-",
        Self.number(latency.bytes / latency.medianSeconds / 1e9),
        roof.map { String(format: "%.0f", $0) } ?? "-", String(latency.repetitions),
        latency.implementation,
      ])
    }
    let name = "\(step.model) \(Self.size(step)) batch \(step.batch)"
    let more = parts.count > limit ? ", the \(limit) costliest of \(parts.count) kernels" : ""
    return "one step of \(name), \(step.guidance == true ? "guided" : "unguided")\(more):\n"
      + table.text
  }

  private struct Part {
    var kernel: Kernel
    var count: Int
    var latency: LatencyProfile.KernelLatency
    var seconds: Double { Double(count) * latency.medianSeconds }
  }

  /// The timed kernels of an entry; empty where the program does not know the model.
  private func timedParts(of entry: LatencyProfile.Entry) -> [Part] {
    guard let model = ModelRegistry.model(named: entry.model), !profile.kernels.isEmpty else {
      return []
    }
    let known = Dictionary(
      profile.kernels.map { ($0.kernel, $0) }, uniquingKeysWith: { first, _ in first })
    let graphs = model.graphs(
      entry.stage, size: entry.size, guidance: entry.guidance ?? false, batch: entry.batch)
    return OperatorGraph.kernels(of: graphs).compactMap { item in
      known[item.kernel.description].map {
        Part(kernel: item.kernel, count: item.count, latency: $0)
      }
    }
  }

  private static func group(_ kernel: Kernel) -> String {
    switch kernel {
    case .convolution: "convolution"
    case .linear: "linear"
    case .attention: "attention"
    case .groupNorm, .layerNorm: "normalisation"
    case .activation, .add, .multiply, .addPerImage: "elementwise"
    case .concatenate, .upsample, .embedding: "moving"
    }
  }

  /// Titles of the columns that ``work(of:)`` fills.
  package static let workHeader = ["stage", "model", "size", "guidance", "batch"]

  /// What an entry is the latency of: the same for the same work, in any profile.
  package static func work(of entry: LatencyProfile.Entry) -> [String] {
    [
      entry.stage.rawValue, entry.model, size(entry),
      entry.stage.dependsOnGuidance ? (entry.guidance == true ? "yes" : "no") : "-",
      String(entry.batch),
    ]
  }

  private static func size(_ entry: LatencyProfile.Entry) -> String {
    entry.height > 0 ? "\(entry.height)x\(entry.width)" : "any"
  }

  package static func number(_ value: Double?) -> String {
    value.map { String(format: "%.4g", $0) } ?? "-"
  }
}
