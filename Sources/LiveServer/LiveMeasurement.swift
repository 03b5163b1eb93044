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
  /// The entropy of a latent.
  public var entropy: LatencyProfile.LatentEntropy?
}

extension LiveServer {
  /// Times everything in the plan.
  ///
  /// - Parameters:
  ///   - seconds: for each piece; batches of one get twice as long, since they tell how latencies scatter.
  ///   - progress: told what is timed next.
  /// - Throws: what a kernel throws; ``KernelBenchError/interrupted``.
  public func measure(
    seconds: Double, progress: (String) -> Void
  ) throws(KernelBenchError) -> LiveMeasurement {
    var result = LiveMeasurement()
    let pieces = plan.onAccelerator.map { ($0, false) } + plan.onCPU.map { ($0, true) }
    var timings = pieces.map { _ in (whole: Samples(), handOff: Samples()) }
    // In turn, several times: what changes slowly on the machine is in all of them alike.
    for round in 0..<Self.rounds {
      for (index, (piece, isCPU)) in pieces.enumerated() {
        progress("\(piece.stage.rawValue), batch \(piece.images), round \(round + 1)")
        let share = (piece.images == 1 ? 2 : 1) * seconds / Double(Self.rounds)
        let timing = try time(piece, isCPU: isCPU, seconds: share)
        timings[index].whole.seconds += timing.whole.seconds
        timings[index].handOff.seconds += timing.handOff.seconds
      }
    }
    var handOffs = Samples()
    for ((piece, isCPU), timing) in zip(pieces, timings) {
      if isCPU {
        result.core.append(entry(piece, timing.whole))
        continue
      }
      result.accelerator.append(entry(piece, timing.whole))
      handOffs.seconds += timing.handOff.seconds
      if piece.stage == .denoise, result.spread == 0 { result.spread = timing.whole.spread }
    }
    result.handOffSeconds = handOffs.median
    for piece in plan.onAccelerator where piece.images == 1 {
      for other in plan.onCPU where other.shape == piece.shape {
        progress("\(piece.stage.rawValue) beside \(other.stage.rawValue)")
        let (mine, others) = try interference(piece, other, seconds: seconds)
        result.ofAccelerator.append(mine)
        result.ofCore.append(others)
      }
    }
    if plan.latents != nil, let shape = plan.onAccelerator.first?.shape {
      result.entropy = entropy(shape)
    }
    return result
  }

  private static let rounds = 5

  /// Timings of a piece, one after the other, with nothing else going on.
  private func time(
    _ piece: LivePlan.Piece, isCPU: Bool, seconds: Double
  ) throws(KernelBenchError) -> (whole: Samples, handOff: Samples) {
    var (whole, handOff) = (Samples(), Samples())
    try run { () throws(KernelBenchError) in
      var round = 0
      // The first ones fill caches.
      while now.seconds < seconds || whole.count < 4 {
        let next = work(piece, ticket: 0, isCPU: isCPU, round: round)
        let start = now
        begin(next)
        guard case .ended = wait(until: .distantFuture) else { throw failure ?? .interrupted }
        round += 1
        if round <= 2 { continue }
        let elapsed = (now - start).seconds
        whole.seconds.append(elapsed)
        handOff.seconds.append(elapsed - Double(lastNanoseconds) / 1e9)
      }
    }
    return (whole, handOff)
  }

  /// What an accelerator's piece and a core's do to each other: each alone, and both at a time, in turn.
  private func interference(
    _ piece: LivePlan.Piece, _ other: LivePlan.Piece, seconds: Double
  ) throws(KernelBenchError) -> (
    LatencyProfile.Interference, LatencyProfile.Interference
  ) {
    var (alone, otherAlone) = (Samples(), Samples())
    var beside = [Samples(), Samples()]
    for _ in 0..<3 {
      alone.seconds += try time(piece, isCPU: false, seconds: seconds / 6).whole.seconds
      otherAlone.seconds += try time(other, isCPU: true, seconds: seconds / 6).whole.seconds
      try run { () throws(KernelBenchError) in
        var starts = [now, now]
        var rounds = [0, 0]
        var isLast = [false, false]
        begin(work(piece, ticket: 0, isCPU: false, round: 0))
        begin(work(other, ticket: 1, isCPU: true, round: 0))
        while isLast.contains(false) {
          guard case .ended(let ticket) = wait(until: .distantFuture) else {
            throw failure ?? .interrupted
          }
          let end = now
          rounds[ticket] += 1
          // The last one may have run without the other.
          if !isLast[1 - ticket], rounds[ticket] > 1 {
            beside[ticket].seconds.append((end - starts[ticket]).seconds)
          }
          isLast[ticket] = now.seconds > seconds / 3 && rounds.allSatisfy { $0 > 4 }
          if isLast[ticket] { continue }
          let next = work(
            ticket == 0 ? piece : other, ticket: ticket, isCPU: ticket == 1, round: rounds[ticket])
          starts[ticket] = now
          begin(next)
        }
      }
    }
    return (
      .init(
        stage: piece.stage, beside: other.stage, factor: beside[0].median / alone.median,
        repetitions: beside[0].count),
      .init(
        stage: other.stage, beside: piece.stage, factor: beside[1].median / otherAlone.median,
        repetitions: beside[1].count)
    )
  }

  /// Work as a run would ask for it, at the step of a schedule that `round` names; a schedule begins with new latents.
  private func work(
    _ piece: LivePlan.Piece, ticket: Int, isCPU: Bool, round: Int
  ) -> LiveWork {
    let steps = (plan.latents?.grid ?? TrajectoryGrid()).steps
    let members = (0..<piece.images).map { image in
      LiveWork.Member(
        part: isCPU ? -1 - image : image, row: plan.latents == nil ? nil : image,
        path: DenoisingPath(scheduled: steps, done: round % steps), finish: .none,
        isLookedAt: false)
    }
    if round % steps == 0 { for member in members { prepare(member, piece.shape) } }
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

  private func entry(_ piece: LivePlan.Piece, _ samples: Samples) -> LatencyProfile.Entry {
    let isPost = piece.stage == .postProcess
    let isEncode = piece.stage == .encode
    var entry = LatencyProfile.Entry(
      model: isPost ? "*" : piece.shape.model, stage: piece.stage,
      height: isEncode ? 0 : piece.size.height, width: isEncode ? 0 : piece.size.width,
      guidance: piece.stage.dependsOnGuidance ? plan.guidance : nil, batch: piece.images,
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
