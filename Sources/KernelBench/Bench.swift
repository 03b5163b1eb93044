import DiffusionModels
import LatencyProfiles

/// Measures a plan on this machine.
public final class Bench {
  /// Changes when figures of another version cannot be set beside this one's.
  public static let version = "1"

  /// How far a bench is.
  public struct Progress: Sendable {
    /// What is being measured.
    public var what: String
    /// Finished, from 0 to 1, by estimated time.
    public var share: Double
  }

  /// The version of oneDNN that would run the kernels.
  public static func libraryVersion() throws(KernelBenchError) -> String {
    try OneDNNLibrary().version
  }

  private let plan: BenchPlan
  private let engine: OneDNN
  private let machine: Machine
  private let progress: (Progress) -> Void
  private let isCancelled: () -> Bool
  private var resume: ResumeFile
  private var done = 0.0
  private var total = 1.0

  /// - Parameters:
  ///   - resumePath: keeps the finished kernels of an interrupted bench.
  ///   - progress: called before each piece of work.
  ///   - isCancelled: asked between two runs; true ends the bench with `interrupted`.
  /// - Throws: ``KernelBenchError``; a Foundation error where the resume file cannot be written.
  public init(
    plan: BenchPlan, resumePath: String, progress: @escaping (Progress) -> Void,
    isCancelled: @escaping () -> Bool
  ) throws {
    self.plan = plan
    self.progress = progress
    self.isCancelled = isCancelled
    machine = .current()
    engine = try OneDNN(library: OneDNNLibrary(), threads: plan.threads)
    resume = try ResumeFile(
      path: resumePath,
      conditions: [
        "harness \(Self.version)", "oneDNN \(engine.library.version)", machine.processor,
        "threads \(plan.threads)", "seconds \(plan.secondsPerKernel)",
        "repetitions \(plan.minimumRepetitions)",
      ])
  }

  /// Kernels that an interrupted bench had finished.
  public var resumed: Int { resume.measurements.count }

  /// Measures everything in the plan.
  public func run() throws -> BenchResult {
    progress(Progress(what: "peak rates of this machine", share: 0))
    var roofline = try peak()
    let full = plan.entries.filter { $0.extent == .all && $0.model != nil }
    let kernels = OperatorGraph.kernels(of: full.flatMap(\.graphs)).map(\.kernel)
    let partial = plan.entries.filter { $0.extent == .costliest }
    estimate(kernels: kernels, partial: partial, roofline: roofline)
    for kernel in kernels { try measure(kernel, roofline: roofline) }
    for entry in partial {
      for kernel in costliest(of: entry) { try measure(kernel, roofline: roofline) }
    }
    var whole: [Int: Samples] = [:]
    for (index, entry) in plan.entries.enumerated() where entry.runsWhole {
      whole[index] = try runWhole(entry)
    }
    // Again after the work: a processor that was asleep or busy at the start showed less.
    let later = try peak()
    roofline.gflopPerS = max(roofline.gflopPerS, later.gflopPerS)
    roofline.gbytePerS = max(roofline.gbytePerS, later.gbytePerS)
    resume.remove()
    return BenchResult(
      plan: plan, machine: machine, oneDNN: engine.library.version, roofline: roofline,
      measurements: resume.measurements, whole: whole)
  }

  private func peak() throws -> LatencyProfile.Roofline {
    try .measure(on: engine, cacheBytes: machine.cacheBytes)
  }

  // MARK: Kernels

  private func measure(_ kernel: Kernel, roofline: LatencyProfile.Roofline) throws {
    defer { done += cost(kernel, roofline) }
    if resume.measurements[kernel] != nil { return }
    progress(Progress(what: kernel.description, share: done / total))
    try checkCancelled()
    let trial = try KernelTrial(kernel, on: engine, cacheBytes: machine.cacheBytes)
    var watch = Stopwatch(minimum: plan.minimumRepetitions, budget: plan.secondsPerKernel)
    // The check has run it already.
    watch.warmsUp = false
    let samples = try watch.time { () throws(KernelBenchError) in
      try trial.run()
      try checkCancelled()
    }
    try resume.add(
      KernelMeasurement(kernel: kernel, implementation: trial.implementation, samples: samples))
  }

  private func checkCancelled() throws(KernelBenchError) {
    if isCancelled() { throw .interrupted }
  }

  /// The kernels of a large batch that take most of its time, judged by the same nodes at batch 1.
  private func costliest(of entry: BenchPlan.Entry) -> [Kernel] {
    BenchResult.scaled(entry, by: resume.measurements)
      .sorted { $0.seconds > $1.seconds }
      .prefix(BenchPlan.costliest).map(\.kernel)
  }

  // MARK: Whole stages

  private func runWhole(_ entry: BenchPlan.Entry) throws -> Samples {
    let title = "\(entry.model?.name ?? "any model") \(entry.stage.rawValue), whole"
    progress(Progress(what: title, share: min(done / total, 0.99)))
    try checkCancelled()
    var watch = Stopwatch(minimum: 1, budget: plan.secondsPerKernel * 20)
    // A scatter worth stating needs so many runs; short stages afford them.
    if entry.stage == .encode || entry.model == nil {
      watch.minimum = BenchPlan.residualRepetitions
    }
    watch.maximum = 100
    guard entry.model != nil else {
      let encoder = PNGEncoder(height: entry.size.height, width: entry.size.width)
      return try watch.time { () throws(KernelBenchError) in
        _ = try encoder.encode()
        try checkCancelled()
      }
    }
    let pass = try WholePass(entry.graphs, on: engine)
    let samples = try watch.time { () throws(KernelBenchError) in
      try pass.run()
      try checkCancelled()
    }
    if !pass.isFinite {
      throw KernelBenchError.wrong(kernel: title, error: .infinity, tolerance: 0)
    }
    return samples
  }

  // MARK: Time left

  private func estimate(
    kernels: [Kernel], partial: [BenchPlan.Entry], roofline: LatencyProfile.Roofline
  ) {
    total = kernels.reduce(0) { $0 + cost($1, roofline) }
    for entry in partial {
      let costs = OperatorGraph.kernels(of: entry.graphs).map { cost($0.kernel, roofline) }
      total += costs.sorted(by: >).prefix(BenchPlan.costliest).reduce(0, +)
    }
    total = max(total * 1.2, 1e-9)
  }

  /// Roughly the seconds that a kernel's trial takes: memory to fill, and its runs.
  private func cost(_ kernel: Kernel, _ roofline: LatencyProfile.Roofline) -> Double {
    let bytes = kernel.bytes(elementBytes: 4)
    let once = 1.3 * roofline.seconds(flops: kernel.flops, bytes: bytes)
    return 0.05 + bytes / 2e9 + max(Double(plan.minimumRepetitions + 2) * once, once)
  }
}
