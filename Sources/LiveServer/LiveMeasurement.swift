import Cluster
import EventEngine
public import KernelBench
public import LatencyProfiles
import LatentDynamics
import Workload

/// Times of all that a live server does, taken as its caller sees them: hand-over to the thread and back included.
public struct LiveMeasurement: Sendable {
  /// Of accelerators.
  public var accelerator: [LatencyProfile.Entry] = []
  /// Of a core of the CPU pool.
  public var core: [LatencyProfile.Entry] = []
  /// What cores do to accelerators.
  public var ofAccelerator: [LatencyProfile.Interference] = []
  /// What accelerators do to cores.
  public var ofCore: [LatencyProfile.Interference] = []
  /// Seconds between the work itself and what the caller sees of it, in the median over all pieces of an accelerator.
  public var handOffSeconds = 0.0
  /// Distance between the quartiles of a step over its median, at the first batch size.
  public var spread = 0.0
  /// What work on accelerators takes longer after a pause.
  public var afterIdle: LatencyProfile.AfterIdle?
  /// The entropy of a latent.
  public var entropy: LatencyProfile.LatentEntropy?
  /// Seconds that one round of timings takes.
  public var roundSeconds = 0.0
}

/// Timings of the pieces of a plan, in the order in which they were taken.
public struct LiveTimings: Sendable {
  /// By piece and whether a core does it.
  private(set) var whole: [Key: Samples] = [:]
  /// While the other kind of device was busy: ratios to the median of the same loop alone, of the same calibration.
  private(set) var beside: [Key: Samples] = [:]
  /// First steps of a batch after a pause: ratios of all of them together to the median of one without a pause, less
  /// their number.
  private(set) var afterIdle = Samples()
  /// Of accelerators: what the caller waits for beyond the work itself.
  private(set) var handOff = Samples()

  struct Key: Hashable, Sendable {
    let piece: LivePlan.Piece
    let isCPU: Bool
  }

  /// None yet.
  public init() {}

  /// These, and then others.
  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.whole.merge(b.whole) { Samples($0.seconds + $1.seconds) }
    sum.beside.merge(b.beside) { Samples($0.seconds + $1.seconds) }
    sum.afterIdle.seconds += b.afterIdle.seconds
    sum.handOff.seconds += b.handOff.seconds
    return sum
  }

  /// As of a machine that takes so many times as long.
  func scaled(by factor: Double) -> Self {
    var result = self
    result.whole = whole.mapValues { Samples($0.seconds.map { factor * $0 }) }
    return result
  }

  mutating func addAfterIdle(_ key: Key, seconds: [Double]) {
    guard let warm = whole[key]?.median, warm > 0 else { return }
    afterIdle.seconds.append(seconds.reduce(0) { $0 + $1 / warm - 1 })
  }

  /// What was done beside the other kind of device, and the same alone.
  mutating func addBeside(_ spans: [LiveSpan], alone: [LiveSpan]) {
    let alone = Dictionary(grouping: alone, by: \.key).mapValues { spans in
      Samples(spans.map(\.duration.seconds)).median
    }
    for span in spans {
      guard let median = alone[span.key], median > 0 else { continue }
      beside[span.key, default: Samples()].seconds.append(span.duration.seconds / median)
    }
  }

  /// By how much longer a stage takes beside the other kind of device, in the median over all batch sizes; nil without
  /// timings.
  func factor(of stage: Stage, isCPU: Bool) -> (value: Double, repetitions: Int)? {
    let ratios = beside.filter { $0.key.piece.stage == stage && $0.key.isCPU == isCPU }
      .reduce(into: Samples()) { $0.seconds += $1.value.seconds }
    return ratios.count > 0 ? (ratios.median, ratios.count) : nil
  }

  mutating func add(_ span: LiveSpan) {
    whole[span.key, default: Samples()].seconds.append(span.duration.seconds)
    if !span.key.isCPU { handOff.seconds.append((span.duration - span.inThread).seconds) }
  }
}

extension LiveTimings.Key {
  init(_ work: LiveWork) {
    self.init(
      piece: .init(stage: work.stage, shape: work.shape, images: work.images),
      isCPU: work.worker == nil)
  }
}

extension LiveMeasurement {
  /// The same with other timings.
  public func replacing(_ timings: LiveTimings, for plan: LivePlan) -> Self {
    var result = self
    func entries(_ pieces: [LivePlan.Piece], isCPU: Bool) -> [LatencyProfile.Entry] {
      pieces.compactMap { piece in
        timings.whole[.init(piece: piece, isCPU: isCPU)].map { piece.entry($0, plan.guidance) }
      }
    }
    result.accelerator = entries(plan.onAccelerator, isCPU: false)
    result.core = entries(plan.onCPU, isCPU: true)
    // While a core works, it is at one stage or another of a query; steps tell of all of them together.
    let cpuStages = Stage.allCases.filter { stage in plan.onCPU.contains { $0.stage == stage } }
    let own = timings.factor(of: .denoise, isCPU: false)
    result.ofAccelerator = cpuStages.compactMap { stage in
      own.map {
        .init(stage: .denoise, beside: stage, factor: $0.value, repetitions: $0.repetitions)
      }
    }
    result.ofCore = cpuStages.compactMap { stage in
      timings.factor(of: stage, isCPU: true).map {
        .init(stage: stage, beside: .denoise, factor: $0.value, repetitions: $0.repetitions)
      }
    }
    if timings.afterIdle.count > 0, let step = result.stepSeconds {
      result.afterIdle = .init(
        idleSeconds: LiveServer.pauseSeconds,
        extraSeconds: max(timings.afterIdle.median, 0) * step,
        repetitions: timings.afterIdle.count)
    }
    result.handOffSeconds = timings.handOff.median
    let steps = timings.whole.first { $0.key.piece.stage == .denoise && $0.key.piece.images == 1 }
    result.spread = steps?.value.spread ?? 0
    return result
  }

  /// Median seconds of a step of one image.
  public var stepSeconds: Double? {
    accelerator.first { $0.stage == .denoise && $0.batch == 1 }?.medianSeconds
  }
}

extension LiveServer {
  /// Times everything in the plan.
  ///
  /// - Parameters:
  ///   - seconds: that it takes at least.
  ///   - progress: told what is timed next.
  /// - Throws: what a kernel throws; ``KernelBenchError/interrupted``.
  public func measure(
    seconds: Double, progress: (String) -> Void
  ) throws(KernelBenchError) -> LiveMeasurement {
    progress("all stages in turn")
    // The first turn fills caches.
    _ = try calibrate()
    var timings = LiveTimings()
    let start = ContinuousClock.now
    var rounds = 0.0
    repeat {
      progress("all stages in turn")
      timings = timings + (try calibrate())
      rounds += 1
    } while ContinuousClock.now - start < .seconds(seconds)
    var result = LiveMeasurement().replacing(timings, for: plan)
    result.roundSeconds = (ContinuousClock.now - start) / .seconds(1) / rounds
    if plan.latents != nil, let shape = plan.onAccelerator.first?.shape {
      result.entropy = entropy(shape)
    }
    return result
  }

  /// Times every piece of the plan in the order in which a server runs them, one at a time: batches of each size from
  /// encoding to post-processing. What another stage or batch leaves in the caches is in the times, as in a run. Then
  /// steps and stages of a core side by side.
  public func calibrate() throws(KernelBenchError) -> LiveTimings {
    let sizes = Set(plan.onAccelerator.map(\.images)).sorted()
    try run { () throws(KernelBenchError) in
      for images in sizes {
        for stage in Stage.allCases {
          for piece in plan.onAccelerator where piece.stage == stage && piece.images == images {
            for round in 0..<(stage == .denoise ? plan.steps : 1) {
              try perform(piece, isCPU: false, round: round)
            }
          }
          for piece in plan.onCPU where piece.stage == stage {
            for _ in 0..<images { try perform(piece, isCPU: true, round: 0) }
          }
        }
      }
    }
    var timings = LiveTimings()
    for span in log { timings.add(span) }
    try calibrateBeside(into: &timings)
    try calibrateAfterIdle(into: &timings)
    return timings
  }

  /// The pause after which work is timed; as long as those of a server at a low load.
  static let pauseSeconds = 0.1
  /// Steps after which a pause is forgotten: here the first is some 12 % longer, the second 4 %, the fourth no more.
  private static let coldSteps = 3

  /// Times the first steps of the smallest batch after a pause.
  private func calibrateAfterIdle(into timings: inout LiveTimings) throws(KernelBenchError) {
    guard let piece = stepBatches.first else { return }
    for _ in 0..<2 {
      try run { () throws(KernelBenchError) in
        let end = now + SimulationDuration(seconds: Self.pauseSeconds)
        guard case .due = wait(until: end) else { throw failure ?? .interrupted }
        for round in 0..<Self.coldSteps { try perform(piece, isCPU: false, round: round) }
      }
      timings.addAfterIdle(
        .init(piece: piece, isCPU: false), seconds: log.map(\.duration.seconds))
    }
  }

  private func perform(
    _ piece: LivePlan.Piece, isCPU: Bool, round: Int
  ) throws(KernelBenchError) {
    begin(work(piece, ticket: 0, isCPU: isCPU, round: round))
    guard case .ended = wait(until: .distantFuture) else { throw failure ?? .interrupted }
  }

  /// Steps of each batch size, the smallest first.
  private var stepBatches: [LivePlan.Piece] {
    plan.onAccelerator.filter { $0.stage == .denoise }.sorted { $0.images < $1.images }
  }

  /// Times steps of the smallest and the largest batch, and the stages of a core in turn, each alone without a pause and
  /// then both at once, as a pipelined server does them.
  private func calibrateBeside(into timings: inout LiveTimings) throws(KernelBenchError) {
    let batches = stepBatches
    let others = Stage.allCases.compactMap { stage in plan.onCPU.first { $0.stage == stage } }
    guard !others.isEmpty, let first = batches.first, let last = batches.last else { return }
    let stages = try spans(of: nil, others)
    for piece in first == last ? [first] : [first, last] {
      let alone = stages + (try spans(of: piece, []))
      timings.addBeside(try spans(of: piece, others), alone: alone)
    }
  }

  /// Steps of a batch on an accelerator and, at the same time, stages of a core in turn, until there are enough of both.
  private func spans(
    of piece: LivePlan.Piece?, _ others: [LivePlan.Piece]
  ) throws(KernelBenchError) -> [LiveSpan] {
    var spans: [LiveSpan] = []
    try run { () throws(KernelBenchError) in
      let enough = [piece == nil ? 0 : plan.steps, 2 * others.count]
      var rounds = [0, 0]
      var inFlight = 0
      func isOver() -> Bool { rounds[0] >= enough[0] && rounds[1] >= enough[1] }
      func next(_ ticket: Int) {
        let isCPU = ticket == 1
        guard let chosen = isCPU ? others[rounds[1] % others.count] : piece else { return }
        inFlight += 1
        begin(work(chosen, ticket: ticket, isCPU: isCPU, round: isCPU ? 0 : rounds[0]))
      }
      for ticket in 0..<2 where enough[ticket] > 0 { next(ticket) }
      while inFlight > 0 {
        guard case .ended(let ticket) = wait(until: .distantFuture), let span = log.last else {
          throw failure ?? .interrupted
        }
        inFlight -= 1
        // What ends after the others have stopped has run alone in part.
        if isOver() { continue }
        spans.append(span)
        rounds[ticket] += 1
        if !isOver() { next(ticket) }
      }
    }
    return spans
  }

  /// Work as a run would ask for it, at the step of a schedule that `round` names; a schedule begins with new latents.
  private func work(
    _ piece: LivePlan.Piece, ticket: Int, isCPU: Bool, round: Int
  ) -> LiveWork {
    let members = (0..<piece.images).map { image in
      LiveWork.Member(
        part: isCPU ? -1 - image : image, row: plan.latents == nil ? nil : image,
        path: DenoisingPath(scheduled: plan.steps, done: round % plan.steps), finish: .none,
        isLookedAt: false)
    }
    if round % plan.steps == 0 { for member in members { prepare(member, piece.shape) } }
    return LiveWork(
      ticket: ticket, worker: isCPU ? nil : WorkerID(rawValue: 0), stage: piece.stage,
      shape: piece.shape, images: piece.images, members: members)
  }

  private func entropy(_ shape: Shape) -> LatencyProfile.LatentEntropy {
    let latent = LatentShape(
      imageHeight: Int(shape.size.height), imageWidth: Int(shape.size.width))
    let run = LatentRun(Prompt(seed: 1), shape: latent)
    var samples = Samples()
    for _ in 0..<200 {
      let start = now
      if run.entropyBits.latent < 0 { break }
      samples.seconds.append((now - start).seconds)
    }
    return .init(
      values: latent.count, medianSeconds: samples.median, p10Seconds: samples.quantile(0.1),
      p90Seconds: samples.quantile(0.9), repetitions: samples.count)
  }
}

extension LivePlan.Piece {
  fileprivate func entry(_ samples: Samples, _ guidance: Bool) -> LatencyProfile.Entry {
    let isPost = stage == .postProcess
    let isEncode = stage == .encode
    var entry = LatencyProfile.Entry(
      model: isPost ? "*" : shape.model, stage: stage,
      height: isEncode ? 0 : size.height, width: isEncode ? 0 : size.width,
      guidance: stage.dependsOnGuidance ? guidance : nil, batch: images,
      medianSeconds: samples.median, provenance: .measured)
    entry.p10Seconds = samples.quantile(0.1)
    entry.p90Seconds = samples.quantile(0.9)
    entry.repetitions = samples.count
    if samples.count >= BenchPlan.residualRepetitions {
      // Between few of them, a rare disturbance would stand for many.
      let last = min(samples.count - 1, 200)
      entry.residualQuantiles = (0...last).map {
        samples.quantile(Double($0) / Double(last)) / samples.median
      }
      entry.lag1Autocorrelation = samples.lag1.map { min(max($0, -0.99), 0.99) }
    }
    return entry
  }
}
