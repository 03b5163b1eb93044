import EventEngine
import LatencyProfiles
import Workload

/// What an accelerator does next, decided whenever it has finished something.
extension ClusterSimulation {
  /// Whether batches are encoded on the CPU ahead of denoising.
  var prefetches: Bool { placement.encodeOnCPU && buffer != nil }

  mutating func advance(_ w: Int) {
    guard workers[w].operation == .idle else { return }
    setParked(w, false)
    if prefetches { prefetch(w) }
    let isMidBatch = !workers[w].running.isEmpty
    if !workers[w].finished.isEmpty, joinsBetweenSteps || !isMidBatch {
      leave(w)
      return
    }
    if isMidBatch, isPreemptive, views[w].isActive {
      preempt(w)
      // Of a batch that made way, those that are denoised do not wait for the others' return.
      if workers[w].running.isEmpty, !workers[w].finished.isEmpty {
        leave(w)
        return
      }
    }
    if workers[w].running.isEmpty || joinsBetweenSteps {
      if prefetches, does(.denoise, w) {
        takeReady(w)
        // What came into the room that it left may go first.
        if isPreemptive, !isMidBatch, !workers[w].running.isEmpty { return advance(w) }
      } else if views[w].isActive, takeFromQueue(w) {
        startEncoding(w)
        guard workers[w].operation == .idle else { return }
      }
    }
    if workers[w].running.isEmpty {
      setParked(w, true)
    } else {
      startStep(w)
    }
  }

  mutating func setParked(_ w: Int, _ parked: Bool) {
    guard workers[w].isParked != parked else { return }
    workers[w].isParked = parked
    parkedCount += parked ? 1 : -1
    if parked {
      views[w].predictedFree = loop.now
      views[w].workAfter = .zero
      if !views[w].isActive { switchOffIfEmpty(w) }
    }
    meterLoad()
  }

  /// Begins encoding what ``scratch`` holds, or passes it straight on where nothing is encoded.
  private mutating func startEncoding(_ w: Int) {
    let node = Int(workers[w].node)
    if workers[w].running.isEmpty { workers[w].batch += 1 }
    workers[w].group.removeAll(keepingCapacity: true)
    swap(&workers[w].group, &scratch)
    let isEncoded = isEncoded(workers[w].group)
    borrowHelpers(w)
    predictFree(w, next: .encode)
    if !does(.encode, w), !does(.denoise, w) {
      workers[w].finished.append(contentsOf: workers[w].group)
      workers[w].group.removeAll(keepingCapacity: true)
      leave(w)
    } else if placement.encodeOnCPU, !isEncoded, does(.denoise, w),
      times.tables.stageExists(device: StageTables.cpu(of: node), stage: .encode)
    {
      submit(unencoded(workers[w].group), of: w, stage: .encode)
      hold(w, as: .waitingForCPU)
    } else if !isEncoded,
      times.tables.stageExists(device: StageTables.accelerator(of: node), stage: .encode)
    {
      start(.encode, on: w, unencoded(workers[w].group), as: .encode)
    } else {
      encoded(w)
    }
  }

  private func isEncoded(_ group: [Int32]) -> Bool {
    for part in group where !parts[Int(part)].isEncoded { return false }
    return true
  }

  /// Those of a group that are not encoded yet.
  private func unencoded(_ group: [Int32]) -> [Int32] {
    group.filter { !parts[Int($0)].isEncoded }
  }

  /// Whether a stage is one of those that the worker's pool does.
  func does(_ stage: Stage, _ w: Int) -> Bool {
    stagesOfPool[StageTables.stageCount * Int(workers[w].pool) + stage.index]
  }

  /// The group is encoded: it is denoised here or in another pool.
  private mutating func encoded(_ w: Int) {
    if does(.denoise, w) {
      joinRunning(w)
    } else {
      for part in workers[w].group { parts[Int(part)].isEncoded = true }
      forward(w)
    }
  }

  /// The group becomes part of the running batch.
  mutating func joinRunning(_ w: Int) {
    // By index, here as elsewhere on the hot path: to iterate over an array is to retain it.
    for i in workers[w].group.indices {
      let part = Int(workers[w].group[i])
      parts[part].isEncoded = true
      parts[part].place = workers[w].join(Int32(part), images: Int(parts[part].images))
      joinClock(part, of: w)
      if parts[part].overhead > 0 {
        // What several wait for, they wait for together.
        workers[w].overhead = max(workers[w].overhead, parts[part].overhead)
        parts[part].overhead = 0
      }
    }
    workers[w].group.removeAll(keepingCapacity: true)
    workers[w].foreseen = .nothing
    refreshRunning(w)
  }

  private mutating func startStep(_ w: Int) {
    predictFree(w, next: .denoise)
    workers[w].countEvaluation()
    // Its batch is not handed on as an argument, which would be to retain it at each step.
    let isThere = memories[Int(workers[w].node)] == nil
    guard isThere || hasWeights(w, for: .denoise, workers[w].running, as: .step) else { return }
    let freed = sharesAnew ? adjustHelpers(w) : []
    begin(
      .denoise, on: w, nil, oldest: workers[w].running[0], images: workers[w].runningImages,
      as: .step)
    for helper in freed where workers[Int(helper)].isParked { advance(Int(helper)) }
  }

  /// Denoised parts leave the accelerator: decode there, or hand-off to the CPU.
  private mutating func leave(_ w: Int) {
    let node = Int(workers[w].node)
    // Those of a static batch rest in any order, but leave in the batch's.
    if workers[w].finished.count == 1 {
      workers[w].group.append(workers[w].finished[0])
    } else {
      workers[w].group.append(
        contentsOf: workers[w].finished.sorted { parts[Int($0)].place < parts[Int($1)].place })
    }
    workers[w].finished.removeAll(keepingCapacity: true)
    if !does(.decode, w), !placement.decodeOnCPU {
      forward(w)
    } else if !placement.decodeOnCPU,
      times.tables.stageExists(device: StageTables.accelerator(of: node), stage: .decode)
    {
      predictFree(w, next: .decode)
      start(.decode, on: w, workers[w].group, as: .decode)
    } else {
      // Where nothing decodes, the denoised images are what the policy judges.
      let isDecodedLater = nextCPUStage(after: .denoise, node: node) == .decode
      if !isDecodedLater { resubmitGroup(of: w) }
      handOff(w)
    }
  }

  mutating func acceleratorDone(_ w: Int) {
    switch workers[w].endOperation(at: loop.now) {
    case .encode:
      encoded(w)
      guard workers[w].operation == .idle else { return }
    case .step:
      stepDone(w)
      let helpers = workers[w].running.isEmpty ? returnHelpers(w) : []
      advance(w)
      for helper in helpers where workers[Int(helper)].isParked { advance(Int(helper)) }
      return
    case .decode:
      resubmitGroup(of: w)
      handOff(w)
      return
    case .loading:
      loaded(w)
      return
    case .idle, .waitingForCPU, .blocked, .lent, .down:
      preconditionFailure("an accelerator finished what it had not begun")
    }
    advance(w)
  }

  /// Hands the group to the CPU stages, or completes it where there are none.
  mutating func handOff(_ w: Int) {
    let stage: Stage? = nextCPUStage(after: .denoise, node: Int(workers[w].node))
    if workers[w].group.isEmpty || stage == nil {
      for i in workers[w].group.indices { complete(Int(workers[w].group[i])) }
      release(w)
      return
    }
    guard let stage else { return }
    predictFree(w, next: .postProcess)
    if let buffer {
      if workers[w].outputsHeld >= buffer {
        enter(.blocked, workers[w].group)
        interruptSteps(w, for: .blocked)
        hold(w, as: .blocked)
        return
      }
      workers[w].outputsHeld += 1
      submit(workers[w].group, of: w, stage: stage)
      release(w)
    } else {
      submit(workers[w].group, of: w, stage: stage)
      hold(w, as: .waitingForCPU)
    }
  }

  /// The accelerator is free again.
  mutating func release(_ w: Int) {
    settleWait(w)
    workers[w].operation = .idle
    workers[w].group.removeAll(keepingCapacity: true)
    refreshRunning(w)
    advance(w)
  }

  /// Counts the time for which the worker stood still until now, after the warm-up.
  mutating func settleWait(_ w: Int) {
    let spent = counted(from: workers[w].since)
    switch workers[w].operation {
    case .waitingForCPU: workers[w].waitingForCPU += spent
    case .blocked: workers[w].blocked += spent
    case .lent: workers[w].lent += spent
    default: break
    }
  }

  /// Tells policies how many images the worker holds, in whatever stage.
  mutating func refreshRunning(_ w: Int) {
    guard maintainsViews else { return }
    var images = workers[w].runningImages + workers[w].aheadImages
    if !workers[w].finished.isEmpty { images += imageCount(workers[w].finished) }
    if !workers[w].group.isEmpty { images += imageCount(workers[w].group) }
    views[w].runningImages = images
  }

  mutating func hold(_ w: Int, as operation: Operation) {
    if operation == .waitingForCPU { interruptSteps(w) }
    if workers[w].operation != operation { workers[w].since = loop.now }
    workers[w].operation = operation
  }

  /// Starts a piece of accelerator work and charges its time.
  mutating func start(
    _ stage: Stage, on w: Int, _ group: [Int32], as operation: Operation
  ) {
    guard hasWeights(w, for: stage, group, as: operation) else { return }
    let images = operation == .step ? workers[w].runningImages : imageCount(group)
    begin(stage, on: w, group, oldest: group[0], images: images, as: operation)
  }

  /// The same where the weights are there; nil is the running batch.
  private mutating func begin(
    _ stage: Stage, on w: Int, _ group: [Int32]?, oldest: Int32, images: Int,
    as operation: Operation
  ) {
    let node = Int(workers[w].node)
    var duration =
      isLive ? .zero : acceleratorTime(stage, on: w, images: images, oldest: Int(oldest))
    if stage == .denoise {
      duration += probeTime(w)
      if workers[w].overhead > 0 {
        duration += SimulationDuration(nanoseconds: workers[w].overhead)
        workers[w].overhead = 0
      }
    }
    let basis = acceleratorBasis(stage, on: w, images: images, oldest: Int(oldest))
    workers[w].operation = operation
    if operation == .step {
      enterStep(w)
    } else if let group {
      enter(stage, group, on: w)
      interruptSteps(w)
    }
    if tracksWork {
      track(
        stage, on: w, group ?? workers[w].running, images: images, cores: 0,
        batch: workers[w].batch, nanoseconds: duration.nanoseconds,
        basis: basis, then: .acceleratorDone(worker: Int32(w)))
      return
    }
    let charged = charged(duration, on: node)
    let busy = counted(charged).nanoseconds
    workers[w].charge(busy, for: stage, basis: basis)
    for i in workers[w].helpers.indices where operation == .step {
      workers[Int(workers[w].helpers[i])].charge(busy, for: stage, basis: basis)
    }
    if wantsSpans {
      let group = group ?? workers[w].running
      report(
        .accelerator, stage, of: w, group: group, images: images, batch: workers[w].batch,
        for: charged)
      for helper in workers[w].helpers where operation == .step {
        report(
          .accelerator, stage, of: Int(helper), group: group, images: images,
          batch: workers[Int(helper)].batch, for: charged)
      }
    }
    scheduleEnd(.acceleratorDone(worker: Int32(w)), ofWorkOn: node, after: duration)
  }

  /// Tells the observer of work that begins now.
  mutating func report(
    _ resource: SpanResource, _ stage: Stage, of w: Int, group: [Int32], images: Int, batch: Int32,
    for duration: SimulationDuration
  ) {
    func query(_ part: Int32) -> QueryID { QueryID(rawValue: parts[Int(part)].query) }
    observer.spanEnded(
      Span(
        worker: WorkerID(rawValue: Int32(w)), resource: resource, stage: stage, start: loop.now,
        end: loop.now + duration, images: images, query: query(group[0]),
        model: parts[Int(group[0])].model, batch: batch,
        members: wantsMembers ? group.map { query($0) } : []))
  }

  /// The part of a piece of work that begins now and lies after the warm-up.
  func counted(_ work: SimulationDuration) -> SimulationDuration {
    loop.now >= countingFrom ? work : max(.zero, work - (countingFrom - loop.now))
  }

  /// The nanoseconds from a time on until now that lie after the warm-up.
  func counted(from start: SimulationTime) -> Int64 {
    max(0, (loop.now - max(start, countingFrom)).nanoseconds)
  }

  func imageCount(_ group: [Int32]) -> Int {
    var images = 0
    for part in group { images += Int(parts[Int(part)].images) }
    return images
  }
}
