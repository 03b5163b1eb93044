private import CGSL
import EventEngine
import LatencyProfiles
import LatentDynamics
import Workload

/// Denoising steps: their time, and what the step policy makes of them.
extension ClusterSimulation {
  mutating func stepDone(_ w: Int) {
    if case .present(let time) = workers[w].foreseen { workers[w].foreseen = .next(time) }
    var kept = 0
    for i in workers[w].running.indices {
      let index = workers[w].running[i]
      let part = Int(index)
      let query = parts[part].query
      if mayFail, hasEnded(query) {
        // Another part of it was lost to a failure, and the query with it.
        workers[w].runningImages -= Int(parts[part].images)
        leaveClock(part, of: w)
        continue
      }
      parts[part].evaluationsDone += 1
      if let probes, parts[part].isProbed(after: parts[part].evaluationsDone, probes) {
        decide(part, on: w)
      }
      if parts[part].evaluationsLeft <= 0 {
        let evaluations = parts[part].evaluationsDone + parts[part].evaluationsBefore
        progress[Int(query)].evaluations += evaluations
        progress[Int(query)].firstStep = parts[part].firstStep
        progress[Int(query)].finish = parts[part].finish
        workers[w].runningImages -= Int(parts[part].images)
        workers[w].finished.append(index)
        leaveClock(part, of: w)
        enter(.batchWait, index)
      } else {
        if kept < i { workers[w].running[kept] = index }
        kept += 1
      }
    }
    let gone = workers[w].running.count - kept
    if gone > 0 {
      workers[w].running.removeLast(gone)
      workers[w].foreseen = .nothing
      refreshRunning(w)
    }
  }

  /// Time that the looks after the step which begins now will take.
  func probeTime(_ w: Int) -> SimulationDuration {
    guard let probes, !probeTimes.isEmpty else { return .zero }
    var nanoseconds: Int64 = 0
    for i in workers[w].running.indices {
      let part = Int(workers[w].running[i])
      guard parts[part].isProbed(after: parts[part].evaluationsDone + 1, probes) else { continue }
      let shape = Int(parts[part].shape.rawValue)
      nanoseconds +=
        probeTimes[Int(workers[w].node) * times.shapes.count + shape] * Int64(parts[part].images)
    }
    return SimulationDuration(nanoseconds: nanoseconds)
  }

  private mutating func decide(_ part: Int, on w: Int) {
    var observation = StepObservation(
      evaluationsDone: Int(parts[part].evaluationsDone),
      evaluationsLeft: Int(parts[part].evaluationsLeft))
    if let bits = entropyBits(of: part) {
      observation.latentEntropyBits = bits.latent
      observation.predictedEntropyBits = bits.predicted
    }
    let (view, context) = (view(of: part), context(of: part, on: w))
    var state = parts[part].state
    let decision = policy.steps.afterStep(view, observation, &state, context)
    parts[part].state = state
    if decision != .proceed { workers[w].foreseen = .nothing }
    switch decision {
    case .proceed: break
    case .finish: finish(part)
    case .lastStep: leave(part, for: 1, as: .jump)
    case .respace(let remaining): leave(part, for: max(remaining, 1), as: .respace)
    case .share(let accelerators):
      parts[part].parallelDegree = Int32(max(accelerators, 1))
      (sharesSteps, sharesAnew) = (true, true)
    }
  }

  /// Ends a part early, as the policy set says.
  private mutating func finish(_ part: Int) {
    switch policy.finish {
    case .none: leave(part, for: 0, as: .none)
    case .jump: leave(part, for: 1, as: .jump)
    case .reserved: leave(part, for: 1, as: .reserved)
    case .respace(let evaluations): leave(part, for: evaluations, as: .respace)
    }
  }

  /// Leaves the schedule for so many evaluations; one that would not save any is no reason to. A
  /// respacing may ask for more than the schedule has left: another policy's choice of quality.
  private mutating func leave(_ part: Int, for evaluations: Int, as finish: Finish) {
    let evaluations = Int32(evaluations)
    let left = parts[part].evaluationsLeft
    if finish != .none, evaluations == left { return }
    if finish == .respace, case .respace = policy.finish, evaluations > left { return }
    parts[part].leftAfter = parts[part].evaluationsDone
    parts[part].evaluationsPlanned = parts[part].evaluationsDone + evaluations
    parts[part].finish = finish
  }

  /// The row of the trajectory table that a part's prompt has; -1 without one.
  func trajectory(of part: Int) -> Int32 {
    guard let trajectoryModel, parts[part].model == trajectoryModel else { return -1 }
    let prompt = progress[Int(parts[part].query)].query.promptSeed
    return trajectories.map { Int32($0.row(promptSeed: prompt)) } ?? -1
  }

  /// Relative distance of a denoised part's latents to the converged ones; nil without a table, and for a start from
  /// another prompt's latent, of which the table knows nothing.
  func latentError(of part: Int) -> Double? {
    let p = parts[part]
    guard let trajectories, p.trajectory >= 0, p.evaluationsDone > 0, p.evaluationsLeft <= 0,
      p.firstStep == 0
    else {
      return nil
    }
    var path = p.path
    var ending = Ending.none
    if p.leftAfter >= 0, p.finish == .none || p.finish == .reserved {
      path = DenoisingPath(scheduled: path.scheduled, done: path.done)
      if p.finish == .reserved { ending = .reserved }
    }
    return trajectories.error(row: Int(p.trajectory), path, ending)
  }

  /// Time of one piece of accelerator work: median x residual, or a synthetic draw; and what cold caches cost.
  mutating func acceleratorTime(
    _ stage: Stage, on w: Int, images: Int, oldest: Int
  ) -> SimulationDuration {
    let node = Int(workers[w].node)
    let device = StageTables.accelerator(of: node)
    var nanoseconds: Double
    if let distribution = times.distribution(device: device, stage: stage) {
      let step = stage == .denoise ? parts[oldest].evaluationsDone : 0
      var random = RandomStream(
        seed: seed, stream: .service, entity: entity(of: oldest, stage: stage))
      // A draw takes a few blocks at most; steps lie 64 apart, so they never share any.
      random.seek(toBlock: UInt32(step) &* 64)
      nanoseconds = distribution.sample(using: &random) * 1e9 * nodes[node].slowFactor
    } else {
      let shape = parts[oldest].shape
      let batch = min(images, times.maximumBatch)
      if times.isExtrapolated(device: device, shape: shape, stage: stage, batch: batch) {
        usage.extrapolatedBatches += 1
      }
      nanoseconds =
        stage == .denoise && times.tables.mixesGuidance
        ? times.tables.stepMedian(
          device: device, shape: shape, batch: batch, guided: guidedShare(ofRunning: w))
        : Double(times.tables.median(device: device, shape: shape, stage: stage, batch: batch))
      if let residuals = times.residual(device: device, shape: shape, stage: stage, batch: batch) {
        nanoseconds *= residual(residuals, stage: stage, oldest: oldest)
      }
    }
    var slowest = stragglerFactor(w)
    if stage == .denoise, !workers[w].helpers.isEmpty {
      nanoseconds /= parallelism.speedup(devices: workers[w].helpers.count + 1)
      for helper in workers[w].helpers { slowest = max(slowest, stragglerFactor(Int(helper))) }
    }
    nanoseconds *= slowest
    let time = SimulationDuration(seconds: nanoseconds / 1e9)
    guard stage == .denoise, let coldCaches = nodes[node].coldCaches else { return time }
    defer { workers[w].lastImages = images }
    let isWarm =
      workers[w].lastImages == images && loop.now - workers[w].lastEnd < coldCaches.pause
    return isWarm ? time : time + coldCaches.extra
  }

  /// The share of the images in a worker's running batch whose step is one of those that are guided.
  func guidedShare(ofRunning w: Int) -> Double {
    var guided: Int32 = 0
    for index in workers[w].running {
      let part = parts[Int(index)]
      let step = part.firstStep + part.evaluationsDone
      if Double(step) < times.tables.guidedShare * Double(part.scheduled) { guided += part.images }
    }
    return Double(guided) / Double(max(workers[w].runningImages, 1))
  }

  /// A factor around 1. For steps it follows a Gaussian copula with the profile's lag-1
  /// autocorrelation along the oldest query's steps: z' = rho z + sqrt(1 - rho^2) e, e drawn by (oldest
  /// query, its step index), so that without batching the same step gets the same noise everywhere.
  private mutating func residual(
    _ residuals: ResidualDistribution, stage: Stage, oldest: Int
  ) -> Double {
    guard stage == .denoise else {
      var random = RandomStream(
        seed: seed, stream: .service, entity: entity(of: oldest, stage: stage))
      return residuals.factor(atUniform: random.uniform())
    }
    var random = RandomStream(
      seed: seed, stream: .stepNoise, entity: entity(of: oldest, stage: stage))
    random.seek(toBlock: UInt32(parts[oldest].evaluationsDone))
    let u = random.uniform()
    guard residuals.lag1 != 0 else { return residuals.factor(atUniform: u) }
    let rho = residuals.lag1
    let fresh = gsl_cdf_ugaussian_Pinv(max(u, 0x1p-53))
    let noise = parts[oldest].noise.map { rho * $0 + (1 - rho * rho).squareRoot() * fresh } ?? fresh
    parts[oldest].noise = noise
    return residuals.factor(atUniform: gsl_cdf_ugaussian_P(noise))
  }

  /// What a part's draws for a stage are keyed by: its query, its place in it, how often it has been
  /// re-submitted, and the stage; never the order in which things happen.
  func entity(of part: Int, stage: Stage) -> UInt64 {
    let query = parts[part].query
    let inQuery = part - Int(progress[Int(query)].firstPart)
    return UInt64(UInt32(bitPattern: query)) << 24 | UInt64(parts[part].resubmissions & 0xFF) << 14
      | UInt64(inQuery & 0xFFF) << 2 | UInt64(stage.index)
  }

  /// Takes idle workers of the node on as helpers for a query that is planned on several.
  mutating func borrowHelpers(_ w: Int) {
    guard sharesSteps, workers[w].running.isEmpty, workers[w].helpers.isEmpty, does(.denoise, w),
      !workers[w].group.isEmpty
    else { return }
    borrow(w, upTo: degree(of: workers[w].group), images: imageCount(workers[w].group))
  }

  /// The fewest accelerators that a query of a group wants.
  private func degree(of group: [Int32]) -> Int {
    var degree = Int32.max
    for part in group { degree = min(degree, parts[Int(part)].parallelDegree) }
    return Int(degree)
  }

  /// Whether worker `w` could take another one on now.
  func isIdleHelper(_ helper: Int, of w: Int) -> Bool {
    workers[helper].isParked && workers[helper].node == workers[w].node && helper != w
      && views[helper].isActive && views[helper].queuedParts == 0
  }

  private mutating func borrow(_ w: Int, upTo degree: Int, images: Int) {
    guard degree > 1 else { return }
    for helper in workers.indices where isIdleHelper(helper, of: w) {
      guard workers[w].helpers.count < degree - 1 else { break }
      setParked(helper, false)
      workers[helper].operation = .lent
      workers[helper].since = loop.now
      workers[helper].batch += 1
      views[helper].runningImages = images
      workers[helper].lastImages = images
      workers[w].helpers.append(Int32(helper))
    }
  }

  /// Between two steps, takes helpers on or gives them back, as the running batch wants now and as their own queues
  /// have filled; returns those that are idle again.
  mutating func adjustHelpers(_ w: Int) -> [Int32] {
    let wanted = degree(of: workers[w].running)
    borrow(w, upTo: wanted, images: workers[w].runningImages)
    var freed: [Int32] = []
    for (place, helper) in workers[w].helpers.enumerated()
    where place >= wanted - 1 || views[Int(helper)].queuedParts > 0 {
      freed.append(helper)
    }
    guard !freed.isEmpty else { return [] }
    workers[w].helpers.removeAll { freed.contains($0) }
    for helper in freed { makeIdle(Int(helper)) }
    return freed
  }

  private mutating func makeIdle(_ helper: Int) {
    settleWait(helper)
    workers[helper].operation = .idle
    workers[helper].lastEnd = loop.now
    views[helper].runningImages = 0
    setParked(helper, true)
  }

  /// Makes the helpers idle again; they look for work only once the worker itself has, which may
  /// want them for its next batch.
  mutating func returnHelpers(_ w: Int) -> [Int32] {
    guard !workers[w].helpers.isEmpty else { return [] }
    let helpers = workers[w].helpers
    workers[w].helpers.removeAll(keepingCapacity: true)
    for helper in helpers { makeIdle(Int(helper)) }
    return helpers
  }
}
