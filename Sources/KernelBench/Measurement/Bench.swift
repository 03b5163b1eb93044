import DiffusionModels
import LatencyProfiles

/// Measures a plan on this machine.
public final class Bench {
  /// Changes when figures of another version cannot be set beside this one's.
  public static let version = "2"

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
    engine = try OneDNN(
      library: OneDNNLibrary(), threads: plan.threads, precision: plan.precision)
    resume = try ResumeFile(
      path: resumePath,
      conditions: [
        "harness \(Self.version)", "oneDNN \(engine.library.version)", machine.processor,
        "threads \(plan.threads)", plan.precision.rawValue, "seconds \(plan.secondsPerKernel)",
        "repetitions \(plan.minimumRepetitions)",
      ])
  }

  /// Kernels that an interrupted bench had finished.
  public var resumed: Int { resume.measurements.count }

  /// Measures everything in the plan.
  public func run() throws -> BenchResult {
    progress(Progress(what: "peak rates of this machine", share: 0))
    var roofline = try peak()
    let order =
      plan.entries.indices.filter { plan.entries[$0].extent == .all }
      + plan.entries.indices.filter { plan.entries[$0].extent == .costliest }
    estimate(roofline: roofline)
    var whole: [Int: Samples] = [:]
    for index in order { whole[index] = try measure(plan.entries[index], roofline: roofline) }
    // Again after the work: a processor that was asleep or busy at the start showed less.
    let later = try peak()
    roofline.gflopPerS = max(roofline.gflopPerS, later.gflopPerS)
    roofline.gbytePerS = max(roofline.gbytePerS, later.gbytePerS)
    let scaling = try measureCores()
    resume.remove()
    return BenchResult(
      plan: plan, machine: machine, oneDNN: engine.library.version, roofline: roofline,
      measurements: resume.measurements, whole: whole, coreScaling: scaling)
  }

  private func peak() throws -> LatencyProfile.Roofline {
    try .measure(on: engine, cacheBytes: machine.cacheBytes)
  }

  /// Measures the kernels of an entry, and meanwhile the stage executed whole.
  ///
  /// A shared machine's speed drifts within seconds. The whole stage therefore runs again whenever
  /// the kernels have taken as long as it does: what slows the one then slows the other.
  ///
  /// - Returns: the timings of the whole stage; nil where the plan asks for none.
  private func measure(_ entry: BenchPlan.Entry, roofline: LatencyProfile.Roofline) throws
    -> Samples?
  {
    let kernels =
      entry.extent == .all
      ? OperatorGraph.kernels(of: entry.graphs).map(\.kernel) : costliest(of: entry)
    let known = resume.wholeStages[entry.title]
    if entry.wholeRuns == 0 || known != nil {
      for kernel in kernels { try measure(kernel, roofline: roofline) }
      return known
    }
    let title = "\(entry.title), whole"
    show(title)
    try checkCancelled()
    let stage = try FullStage(entry, on: engine)
    let watch = Stopwatch(
      minimum: entry.wholeRuns, maximum: 100, budget: plan.secondsPerStage, warmsUp: false)
    var samples = Samples()
    var unmatched = 0.0
    try stage.run()
    for kernel in kernels {
      let start = ContinuousClock.now
      try measure(kernel, roofline: roofline)
      unmatched += (ContinuousClock.now - start) / .seconds(1)
      if unmatched >= samples.seconds.last ?? 0, watch.wantsMore(than: samples) {
        show(title)
        samples.seconds.append(try Stopwatch.once(stage.run))
        unmatched = 0
      }
    }
    show(title)
    samples = try watch.time(after: samples) { () throws(KernelBenchError) in
      try checkCancelled()
      try stage.run()
    }
    if !stage.isFinite {
      throw KernelBenchError.wrong(kernel: title, error: .infinity, tolerance: 0)
    }
    try resume.add(samples, of: entry.title)
    return samples
  }

  private func measure(_ kernel: Kernel, roofline: LatencyProfile.Roofline) throws {
    defer { done += cost(kernel, roofline) }
    if resume.measurements[kernel] != nil { return }
    show(kernel.description)
    try checkCancelled()
    let trial = try KernelTrial(kernel, on: engine, cacheBytes: machine.cacheBytes)
    // The check has run it already.
    let watch = Stopwatch(
      minimum: plan.minimumRepetitions, budget: plan.secondsPerKernel, warmsUp: false)
    let samples = try watch.time { () throws(KernelBenchError) in
      try trial.run()
      try checkCancelled()
    }
    try resume.add(
      KernelMeasurement(kernel: kernel, implementation: trial.implementation, samples: samples))
  }

  /// Times the stages of CPU pools on each number of cores, in turn: what slows one slows the next.
  private func measureCores() throws -> [LatencyProfile.CoreScaling] {
    guard !plan.coreCounts.isEmpty else { return [] }
    var result: [LatencyProfile.CoreScaling] = []
    for name in [Stage.encode, .decode, .postProcess] {
      // The guided pass of encoding, which an image takes where there is guidance.
      guard
        let entry = plan.entries.last(where: {
          $0.stage == name && $0.batch == 1
            && $0.model == plan.entries.first { $0.stage == name }?.model
        })
      else { continue }
      let stages = try plan.coreCounts.map { cores in
        try FullStage(
          entry,
          on: OneDNN(library: engine.library, threads: cores, precision: plan.precision))
      }
      var samples = plan.coreCounts.map { _ in Samples() }
      let watch = Stopwatch(minimum: plan.minimumRepetitions, budget: plan.secondsPerStage)
      var isWarm = false
      while watch.wantsMore(than: samples[0]) {
        for (index, cores) in plan.coreCounts.enumerated() {
          show("\(entry.title) on \(cores) core\(cores == 1 ? "" : "s")")
          try checkCancelled()
          engine.library.setThreads(Int32(cores))
          let seconds = try Stopwatch.once(stages[index].run)
          // The first run fills caches.
          if isWarm { samples[index].seconds.append(seconds) }
        }
        isWarm = true
      }
      for (cores, samples) in zip(plan.coreCounts, samples) {
        result.append(
          .init(
            stage: name, cores: cores, medianSeconds: samples.median, repetitions: samples.count))
      }
    }
    engine.library.setThreads(Int32(plan.threads))
    return result
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

  // MARK: Time left

  private func show(_ what: String) {
    progress(Progress(what: what, share: min(done / total, 0.99)))
  }

  private func estimate(roofline: LatencyProfile.Roofline) {
    total = 0
    var counted: Set<Kernel> = []
    for entry in plan.entries {
      let kernels = OperatorGraph.kernels(of: entry.graphs).map(\.kernel)
        .filter { counted.insert($0).inserted }
      let costs = kernels.map { cost($0, roofline) }.sorted(by: >)
      total += costs.prefix(entry.extent == .all ? .max : BenchPlan.costliest).reduce(0, +)
    }
    total = max(total * 1.2, 1e-9)
  }

  /// Roughly the seconds that a kernel's trial takes: memory to fill, and its runs.
  private func cost(_ kernel: Kernel, _ roofline: LatencyProfile.Roofline) -> Double {
    let bytes = kernel.bytes(elementBytes: plan.precision.elementBytes)
    let once = 1.3 * roofline.seconds(flops: kernel.flops, bytes: bytes)
    return 0.05 + bytes / 2e9 + max(Double(plan.minimumRepetitions + 2) * once, once)
  }
}
