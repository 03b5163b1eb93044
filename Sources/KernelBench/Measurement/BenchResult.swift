import DiffusionModels
public import Diagnostics
public import LatencyProfiles

/// What a bench measured, and the profile made of it.
public struct BenchResult: Sendable {
  let plan: BenchPlan
  let machine: Machine
  let oneDNN: String
  let roofline: LatencyProfile.Roofline
  let measurements: [Kernel: KernelMeasurement]
  /// Timings of whole stages, by the entry's index in the plan.
  let whole: [Int: Samples]
  /// Stages of CPU pools on numbers of cores; empty where the plan asks for none.
  let coreScaling: [LatencyProfile.CoreScaling]
  /// Timings of the entropy of a latent, and the latent's values; nil where it was not timed.
  public var latentEntropy: (values: Int, samples: Samples)?

  /// Kernels whose quartiles lie over 10 % of the median apart, of those that matter (0.1 ms or
  /// more), against all of those: a machine with other work to do shows here.
  public var noisyShare: Double {
    let long = measurements.values.filter { $0.samples.median >= 1e-4 }
    guard !long.isEmpty else { return 0 }
    return Double(long.count { $0.samples.spread > 0.1 }) / Double(long.count)
  }

  /// The entry whose sum of kernels differs most from its stage executed whole; nil where none
  /// was executed.
  public var widest: LatencyProfile.Entry? {
    entries.max { abs($0.wholeGap ?? 0) < abs($1.wholeGap ?? 0) }
  }

  /// The measured profile.
  ///
  /// - Parameters:
  ///   - name: of the profile.
  ///   - date: when it was measured, as the file will state it.
  /// - Throws: `InputError` where a figure cannot stand in a profile.
  public func profile(name: String, date: String) throws(InputError) -> LatencyProfile {
    let kernels = measurements.values.map { $0.latency(plan.precision) }
      .sorted { $0.kernel < $1.kernel }
    return try LatencyProfile(
      name: name,
      device: "\(machine.processor), \(plan.threads) thread\(plan.threads == 1 ? "" : "s")",
      source: "measured by qosdiff bench",
      mode: "oneDNN, \(plan.precision.rawValue), channels-last",
      libraries: ["oneDNN": oneDNN], date: date, cores: plan.threads,
      harness: "qosdiff bench \(Bench.version)", roofline: roofline,
      latentEntropy: latentEntropy.map { values, samples in
        LatencyProfile.LatentEntropy(
          values: values, medianSeconds: samples.median, p10Seconds: samples.quantile(0.1),
          p90Seconds: samples.quantile(0.9), repetitions: samples.count)
      }, coreScaling: coreScaling, kernels: kernels, entries: entries)
  }

  /// The profile's entries, in the plan's order.
  var entries: [LatencyProfile.Entry] {
    plan.entries.enumerated().map { index, planned in
      var entry = planned.model == nil ? postProcess(planned, index) : network(planned)
      if let samples = whole[index] { add(samples, to: &entry) }
      return entry
    }
  }

  private func network(_ planned: BenchPlan.Entry) -> LatencyProfile.Entry {
    var (median, p10, p90, scaled) = (0.0, 0.0, 0.0, 0.0)
    var repetitions = Int.max
    var scaledKernels = 0
    let costs =
      planned.extent == .all
      ? [:]
      : Dictionary(
        uniqueKeysWithValues: Self.scaled(planned, by: measurements).map { ($0.kernel, $0.seconds) }
      )
    for item in OperatorGraph.kernels(of: planned.graphs) {
      let count = Double(item.count)
      if let samples = measurements[item.kernel]?.samples {
        median += count * samples.median
        p10 += count * samples.quantile(0.1)
        p90 += count * samples.quantile(0.9)
        repetitions = min(repetitions, samples.count)
      } else {
        let seconds = costs[item.kernel] ?? 0
        (median, p10, p90) = (median + seconds, p10 + seconds, p90 + seconds)
        scaled += seconds
        scaledKernels += 1
      }
    }
    var entry = Self.entry(planned, median: median)
    entry.p10Seconds = p10
    entry.p90Seconds = p90
    entry.repetitions = repetitions == .max ? nil : repetitions
    if scaledKernels > 0 {
      let percent = (1000 * scaled / median).rounded() / 10
      entry.derivation =
        "sum of count x median; \(scaledKernels) of its kernels, \(percent) % of the time, "
        + "scaled from batch 1 by FLOPs or bytes"
    } else {
      entry.derivation = "sum of count x median over its kernels"
    }
    return entry
  }

  private func postProcess(_ planned: BenchPlan.Entry, _ index: Int) -> LatencyProfile.Entry {
    let samples = whole[index] ?? Samples()
    var entry = Self.entry(planned, median: samples.median)
    entry.derivation = "PNG by libpng on one core, default compression, image-like pixels"
    return entry
  }

  private static func entry(_ planned: BenchPlan.Entry, median: Double) -> LatencyProfile.Entry {
    LatencyProfile.Entry(
      model: planned.model?.name ?? "*", stage: planned.stage, height: planned.size.height,
      width: planned.size.width, guidance: planned.guidance, batch: planned.batch,
      medianSeconds: median, provenance: .measured)
  }

  /// What executing the stage whole showed: the gap, and how it scatters.
  private func add(_ samples: Samples, to entry: inout LatencyProfile.Entry) {
    if entry.stage != .postProcess {
      entry.wholeSeconds = samples.median
      entry.wholeGap = entry.medianSeconds / samples.median - 1
    } else {
      entry.repetitions = samples.count
      entry.p10Seconds = samples.quantile(0.1)
      entry.p90Seconds = samples.quantile(0.9)
    }
    guard samples.count >= BenchPlan.residualRepetitions else { return }
    let median = samples.median
    entry.residualQuantiles = (0...20).map { samples.quantile(Double($0) / 20) / median }
    entry.lag1Autocorrelation = samples.lag1.map { min(max($0, -0.99), 0.99) }
  }

  /// Seconds of each distinct kernel of an entry, all its runs together: the measured time of the
  /// same nodes at batch 1, times the ratio of their FLOPs (bytes, where there are none).
  static func scaled(
    _ entry: BenchPlan.Entry, by measurements: [Kernel: KernelMeasurement]
  ) -> [(kernel: Kernel, seconds: Double)] {
    var base = entry
    base.batch = 1
    let pairs = zip(entry.graphs.flatMap(\.nodes), base.graphs.flatMap(\.nodes))
    var place: [Kernel: Int] = [:]
    var result: [(kernel: Kernel, seconds: Double)] = []
    for (node, small) in pairs {
      let known = measurements[small.kernel]?.samples.median ?? 0
      let ratio =
        small.kernel.flops > 0
        ? node.kernel.flops / small.kernel.flops
        : node.kernel.bytes(elementBytes: 4) / small.kernel.bytes(elementBytes: 4)
      if let index = place[node.kernel] {
        result[index].seconds += known * ratio
      } else {
        place[node.kernel] = result.count
        result.append((node.kernel, known * ratio))
      }
    }
    return result
  }
}
