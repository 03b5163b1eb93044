import EventEngine
import LatencyProfiles
import Workload

/// What policies are told of the future, from medians alone.
extension ClusterSimulation {
  /// The surroundings of a step decision; `ahead`: for a batch of its own, to be encoded while another is denoised.
  mutating func context(
    of part: Int, on w: Int, queue: Int? = nil, ahead: Bool = false
  ) -> StepContext {
    let queue = queue ?? self.queue(of: w)
    let (images, joining) = batchImages(of: part, on: w, queue: queue, ahead: ahead)
    let batch = times.prediction(
      node: Int(workers[w].node), shape: parts[part].shape, images: images, placement: placement)
    return StepContext(
      now: loop.now, worker: WorkerID(rawValue: Int32(w)),
      evaluationTime: SimulationDuration(nanoseconds: batch.evaluation),
      otherTime: SimulationDuration(
        nanoseconds: batch.others(isEncoded: parts[part].isEncoded)),
      queuedImages: queues[queue].totalImages - joining,
      workersOfQueue: central ? workersOfPool[Int(workers[w].pool)] : 1,
      batchLimit: batchLimit ?? Int(parts[part].images), load: load())
  }

  /// The cluster's load, where the step policy needs it.
  private mutating func load() -> ClusterLoad? {
    loadMeter?.load(at: loop.now, queuedImages: queues.reduce(0) { $0 + $1.totalImages })
  }

  /// Tells the load meter of accelerators that have begun or ended to have work, or to be there.
  mutating func meterLoad() {
    guard loadMeter != nil else { return }
    let busy = workers.count { !$0.isParked && $0.operation != .down }
    loadMeter?.set(busy: busy, active: views.count { $0.isActive && $0.isUp }, at: loop.now)
  }

  /// Images of the batch that a part is in, or is expected to be in: with those that wait and join it, as far as they
  /// fit; and how many those are.
  private mutating func batchImages(
    of part: Int, on w: Int, queue: Int, ahead: Bool
  ) -> (images: Int, joining: Int) {
    let own = Int(parts[part].images)
    let running = workers[w].runningImages
    guard !parts[part].isPlanned else { return (max(running, own), 0) }
    guard let batchLimit else { return (own, 0) }
    // A plan is made while the batch still fills: it counts on those that join where others wait.
    let taken = (ahead ? 0 : running) + imageCount(scratch) + own
    let joining = mayRefuse ? 0 : joiningImages(parts[part].shape, queue, space: batchLimit - taken)
    // What is encoded ahead joins those that run then, as far as anybody knows those that run now.
    let company = ahead && joinsBetweenSteps ? running : 0
    return (max(own, min(taken + joining + company, batchLimit)), joining)
  }

  /// Images of the first that wait for a shape, as many as have room.
  private mutating func joiningImages(_ shape: ShapeID, _ queue: Int, space: Int) -> Int {
    let lane = Int(shape.rawValue)
    let waiting = queues[queue].images[lane]
    if waiting <= space { return waiting }
    return space > 0 ? imageCount(leading(lane, of: queue, space: space)) : 0
  }

  /// When a part is complete if it is denoised in a batch of so many images from now on, and nothing holds it up in
  /// later pools.
  func predictedFinish(_ view: QueryView, on w: Int, images: Int) -> SimulationTime {
    let batch = times.prediction(
      node: Int(workers[w].node), shape: view.shape, images: images, placement: placement)
    let denoising = batch.denoising(view.expectedSteps, speedup: presentSpeedup(w))
    return loop.now
      + SimulationDuration(nanoseconds: denoising + batch.others(isEncoded: false))
      + inLaterPools(view)
  }

  /// When a part is complete if a static batch of these parts begins now: all leave when the longest is denoised, and
  /// each evaluation is of those that still need it.
  func predictedFinish(_ view: QueryView, on w: Int, in members: [Int32]) -> SimulationTime {
    let node = Int(workers[w].node)
    let batch = times.prediction(
      node: node, shape: view.shape, images: imageCount(members), placement: placement)
    let denoising = denoisingTime(of: members.count, on: node, shape: view.shape) { members[$0] }
    let shared = BatchPrediction.shared(denoising, speedup: presentSpeedup(w))
    let isEncoded = members.allSatisfy { parts[Int($0)].isEncoded }
    return loop.now + SimulationDuration(nanoseconds: shared + batch.others(isEncoded: isEncoded))
      + inLaterPools(view)
  }

  private func inLaterPools(_ view: QueryView) -> SimulationDuration {
    inPools(
      after: view.pool, shape: view.shape, images: view.images, evaluations: view.expectedSteps)
  }

  /// Predicted time in the pools behind one, where they are fastest and nothing waits.
  private func inPools(
    after pool: Int, shape: ShapeID, images: Int, evaluations: Int
  ) -> SimulationDuration {
    guard pools.stages.count > 1 else { return .zero }
    return times.fastestStandalone(
      shape: shape, images: images, evaluations: evaluations, placement: placement,
      from: pool + 1)
  }

  /// Evaluations that are still to come of a part, as far as anybody knows.
  func evaluationsToCome(_ part: Int) -> Int32 {
    parts[part].isPlanned ? parts[part].evaluationsLeft : parts[part].expectedSteps
  }

  /// Nanoseconds of the evaluations of parts that are denoised together until none has any left.
  @inline(__always) private func denoisingTime(
    of count: Int, on node: Int, shape: ShapeID, _ member: (Int) -> Int32
  ) -> Int64 {
    var (time, done) = (Int64(0), Int32(0))
    while true {
      var images = 0
      var next = Int32.max
      for i in 0..<count {
        let part = Int(member(i))
        let left = evaluationsToCome(part)
        guard left > done else { continue }
        images += Int(parts[part].images)
        next = min(next, left)
      }
      if images == 0 { return time }
      let batch = times.prediction(node: node, shape: shape, images: images, placement: placement)
      time += batch.evaluation * Int64(next - done)
      done = next
    }
  }

  /// What the accelerators that are idle now are worth to a query on worker `w`, as many as its plan may ask for.
  private func presentSpeedup(_ w: Int) -> Double {
    guard bestSpeedup > 1 else { return 1 }
    var devices = 1
    for helper in workers.indices where isIdleHelper(helper, of: w) { devices += 1 }
    return parallelism.speedup(devices: min(devices, maximumAccelerators))
  }

  /// The worker of its pool that would take least for what is left of a part; of equal ones the first.
  func fastest(for part: Int) -> Int {
    wakeOrders.fastest(
      pool: Int(parts[part].pool), shape: parts[part].shape, images: Int(parts[part].images),
      evaluations: Int(evaluationsToCome(part)))
  }

  /// The same for a query that arrives.
  func fastest(for query: QueryView) -> Int {
    wakeOrders.fastest(
      pool: query.pool, shape: query.shape, images: query.images,
      evaluations: query.expectedSteps)
  }

  /// The order in which workers are offered the first query of a queue.
  mutating func wakeOrder(ofQueue queue: Int) -> Int {
    if wakeOrders.areAlike { return 0 }
    if rankVaries, let any = workers.indices.first(where: { self.queue(of: $0) == queue }) {
      reprioritise(queue, on: any)
    }
    discardGone(from: queue)
    guard let lane = queues[queue].firstLane(where: { _ in true }),
      let head = queues[queue].head(lane)
    else { return 0 }
    return wakeOrders.order(
      shape: parts[Int(head)].shape, images: Int(parts[Int(head)].images),
      evaluations: Int(evaluationsToCome(Int(head))))
  }

  /// Predicted time until a part is complete if it were served on worker `w` from now on, alone: what is done of it, its
  /// encoding and evaluations, is not to come again.
  func predictedRemaining(of part: Int, on w: Int) -> SimulationDuration {
    predictedRemaining(
      shape: parts[part].shape, images: Int(parts[part].images),
      evaluations: Int(evaluationsToCome(part)), isEncoded: parts[part].isEncoded,
      pool: Int(parts[part].pool), on: w)
  }

  /// The same of so many images, evaluations and pools.
  func predictedRemaining(
    shape: ShapeID, images: Int, evaluations: Int, isEncoded: Bool, pool: Int, on w: Int
  ) -> SimulationDuration {
    let batch = times.prediction(
      node: Int(workers[w].node), shape: shape, images: images, placement: placement)
    let time = batch.evaluation * Int64(evaluations) + batch.others(isEncoded: isEncoded)
    return SimulationDuration(nanoseconds: time)
      + inPools(after: pool, shape: shape, images: images, evaluations: evaluations)
  }

  /// Says when the worker is predicted to be done with the piece of work that it begins, and what is to come after it of
  /// its group, which is being encoded, decoded or post-processed, and its running batch. What is encoded already is not
  /// encoded again.
  mutating func predictFree(_ w: Int, next stage: Stage) {
    guard maintainsViews else { return }
    if stage == .denoise, case .next(let time) = workers[w].foreseen, workers[w].helpers.isEmpty {
      // The same batch has one step less to go.
      workers[w].foreseen = .present(time)
      views[w].foreseeStep(of: SimulationDuration(nanoseconds: time), from: loop.now)
      return
    }
    refreshRunning(w)
    guard let any = workers[w].running.first ?? workers[w].group.first else { return }
    let (node, shape) = (Int(workers[w].node), parts[Int(any)].shape)
    let standsStill = buffer == nil
    let group = imageCount(workers[w].group)
    var (piece, after): (Int64, Int64) = (0, 0)
    switch stage {
    case .encode: piece = encoding(workers[w].group, node, shape)
    case .denoise: break
    case .decode:
      let batch = times.prediction(node: node, shape: shape, images: group, placement: placement)
      piece = batch.decode
      after = standsStill ? batch.finishOnCPU : 0
    case .postProcess:
      let batch = times.prediction(node: node, shape: shape, images: group, placement: placement)
      piece = standsStill ? batch.finishOnCPU : 0
    }
    let isJoining = stage == .encode
    if workers[w].runningImages > 0 || isJoining {
      // By index: to hand the batch on would be to retain it at each step.
      let running = workers[w].running.count
      let count = running + (isJoining ? workers[w].group.count : 0)
      var denoising = denoisingTime(of: count, on: node, shape: shape) {
        $0 < running ? workers[w].running[$0] : workers[w].group[$0 - running]
      }
      let devices = workers[w].helpers.count + 1
      let speedup = devices == 1 ? 1 : parallelism.speedup(devices: devices)
      denoising = BatchPrediction.shared(denoising, speedup: speedup)
      if stage == .denoise {
        let batch = times.prediction(
          node: node, shape: shape, images: workers[w].runningImages, placement: placement)
        piece = min(batch.denoising(1, speedup: speedup), denoising)
        denoising -= piece
      }
      let leavers =
        workers[w].runningImages + (isJoining ? group : 0) + imageCount(workers[w].finished)
      after += denoising + leaving(leavers, node, shape)
    }
    let isForeseen = stage == .denoise && workers[w].helpers.isEmpty
    workers[w].foreseen = isForeseen ? .present(piece) : .nothing
    // Its helpers count as free: they go back to those who want them.
    views[w].predictedFree = loop.now + SimulationDuration(nanoseconds: piece)
    views[w].workAfter = SimulationDuration(nanoseconds: after)
  }

  /// Nanoseconds for which a worker encodes what is not encoded of a group, or stands still for the CPU that does.
  private func encoding(_ group: [Int32], _ node: Int, _ shape: ShapeID) -> Int64 {
    var images = 0
    for part in group where !parts[Int(part)].isEncoded { images += Int(parts[Int(part)].images) }
    if images == 0 { return 0 }
    let batch = times.prediction(node: node, shape: shape, images: images, placement: placement)
    return batch.encode + (buffer == nil ? batch.encodeOnCPU : 0)
  }

  /// Nanoseconds for which a batch that is encoded ahead will hold a worker, as a batch of its own.
  func predictedWork(ofBatch group: [Int32], on w: Int) -> Int64 {
    guard maintainsViews, let first = group.first else { return 0 }
    let (node, shape) = (Int(workers[w].node), parts[Int(first)].shape)
    return denoisingTime(of: group.count, on: node, shape: shape) { group[$0] }
      + leaving(imageCount(group), node, shape)
  }

  /// Nanoseconds for which a worker decodes images that leave it, and stands still for the CPU where it has to.
  private func leaving(_ images: Int, _ node: Int, _ shape: ShapeID) -> Int64 {
    if images == 0 { return 0 }
    return leaving(
      times.prediction(node: node, shape: shape, images: images, placement: placement))
  }

  private func leaving(_ batch: BatchPrediction) -> Int64 {
    batch.decode + (buffer == nil ? batch.finishOnCPU : 0)
  }
}
