import Cluster
import EventEngine
package import KernelBench
package import LatencyProfiles
import LatentDynamics
import Workload

/// Times of all that a live server does, taken as its caller sees them: hand-over to the thread and back included.
package struct LiveMeasurement: Sendable {
  /// Of accelerators.
  package var accelerator: [LatencyProfile.Entry] = []
  /// Of a core of the CPU pool.
  package var core: [LatencyProfile.Entry] = []
  /// What cores do to accelerators.
  package var ofAccelerator: [LatencyProfile.Interference] = []
  /// What accelerators do to cores.
  package var ofCore: [LatencyProfile.Interference] = []
  /// Seconds between the work itself and what the caller sees of it, in the median over all pieces of an accelerator.
  package var handOffSeconds = 0.0
  /// Distance between the quartiles of a step over its median, at the first batch size.
  package var spread = 0.0
  /// What a step takes longer after a pause or a batch of another size.
  package var coldCaches: LatencyProfile.ColdCaches?
  /// The entropy of a latent.
  package var entropy: LatencyProfile.LatentEntropy?
  /// Seconds that one round of timings takes.
  package var roundSeconds = 0.0
}

extension LiveMeasurement {
  /// The same with other timings.
  package func replacing(_ timings: LiveTimings, for plan: LivePlan) -> Self {
    var result = self
    func entries(_ pieces: [LivePlan.Piece], isCPU: Bool) -> [LatencyProfile.Entry] {
      pieces.compactMap { piece in
        timings.durations[.init(piece: piece, isCPU: isCPU)].map { piece.entry($0, plan.guidance) }
      }
    }
    result.accelerator = entries(plan.onAccelerator, isCPU: false)
    result.core = entries(plan.onCPU, isCPU: true)
    // While a core works, it is at one stage or another of a query; steps tell of all of them together.
    let cpuStages = Stage.allCases.filter { stage in plan.onCPU.contains { $0.stage == stage } }
    let own = timings.factor(of: .denoise, isCPU: false)
    result.ofAccelerator = cpuStages.compactMap { stage in
      own.map {
        .init(stage: .denoise, other: stage, factor: $0.value, repetitions: $0.repetitions)
      }
    }
    result.ofCore = cpuStages.compactMap { stage in
      timings.factor(of: stage, isCPU: true).map {
        .init(stage: stage, other: .denoise, factor: $0.value, repetitions: $0.repetitions)
      }
    }
    if let pause = timings.pauses.min(), let step = result.stepSeconds {
      result.coldCaches = .init(
        idleSeconds: pause, extraSeconds: max(timings.cold.median, 0) * step,
        repetitions: timings.cold.count)
    }
    result.handOffSeconds = timings.handOff.median
    let steps = timings.durations.first {
      $0.key.piece.stage == .denoise && $0.key.piece.images == 1
    }
    result.spread = steps?.value.spread ?? 0
    return result
  }

  /// Median seconds of a step of the smallest batch.
  package var stepSeconds: Double? {
    accelerator.filter { $0.stage == .denoise }.min { $0.batch < $1.batch }?.medianSeconds
  }
}

extension LiveServer {
  /// Times everything in the plan.
  ///
  /// - Parameters:
  ///   - seconds: that it takes at least.
  ///   - progress: told what is timed next.
  /// - Throws: what a kernel throws; ``KernelBenchError/interrupted``.
  package func measure(
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
  package func calibrate() throws(KernelBenchError) -> LiveTimings {
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
    timings.addOrder(log)
    try calibrateConcurrent(into: &timings)
    return timings
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
  private func calibrateConcurrent(into timings: inout LiveTimings) throws(KernelBenchError) {
    let batches = stepBatches
    let others = Stage.allCases.compactMap { stage in plan.onCPU.first { $0.stage == stage } }
    guard !others.isEmpty, let first = batches.first, let last = batches.last else { return }
    let stages = try spans(of: nil, others)
    for piece in first == last ? [first] : [first, last] {
      let alone = stages + (try spans(of: piece, []))
      timings.addConcurrent(try spans(of: piece, others), alone: alone)
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
        maintainsViews: false)
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
