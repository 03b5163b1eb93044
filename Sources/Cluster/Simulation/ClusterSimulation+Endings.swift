import EventEngine
import LatencyProfiles
import Workload

/// How queries end, go round again, or are cut off; and what a controller changes.
extension ClusterSimulation {
  /// A part's images are delivered.
  mutating func complete(_ part: Int) {
    if isLive { executor?.forget(part) }
    parts[part].isDelivered = true
    if wantsJourneys { clocks[part].end(at: loop.now) }
    let query = Int(parts[part].query)
    progress[query].partsLeft -= 1
    if progress[query].partsLeft == 0, !progress[query].hasEnded {
      end(query: query, as: .completed, with: part)
    }
  }

  /// A query ends; a completed one with its last part.
  mutating func end(query: Int, as outcome: Outcome, with last: Int? = nil) {
    guard !progress[query].hasEnded else { return }
    progress[query].hasEnded = true
    inSystem.add(-1, at: loop.now)
    if !progress[query].hasStarted { countWaiting(-1) }
    lastEnd = loop.now
    switch outcome {
    case .completed: usage.completed += 1
    case .dropped: usage.dropped += 1
    case .inFlight: usage.inFlight += 1
    }
    let first = Int(progress[query].firstPart)
    if case .dropped = outcome {
      for part in first..<first + Int(progress[query].parts) where parts[part].isWaiting {
        dequeue(part, from: central ? Int(parts[part].pool) : Int(parts[part].worker))
      }
    }
    report(query: query, as: outcome, with: last)
  }

  private mutating func report(query: Int, as outcome: Outcome, with last: Int? = nil) {
    let p = progress[query]
    let record = QueryRecord(
      query: p.query, outcome: outcome,
      start: p.hasStarted ? p.start : nil, end: loop.now,
      evaluations: p.parts > 0 ? Double(p.evaluations) / Double(p.parts) : 0,
      parts: Int(max(p.parts, 1)), firstStep: Int(p.firstStep), finish: p.finish,
      latentError: outcome == .completed ? latentError(ofQuery: query) : nil,
      worker: p.worker >= 0 ? WorkerID(rawValue: p.worker) : nil)
    usage.residenceSum += Int128(record.latency.nanoseconds)
    observer.queryEnded(record)
    reportJourney(ofQuery: query, last: last)
  }

  /// Whether a part waits in a queue; one that has been let go does not.
  @inline(__always) func isWaiting(_ part: Int32) -> Bool {
    guard parts.contains(Int(part)) else { return false }
    return parts[Int(part)].isWaiting
  }

  /// Whether some of a part's images are still to be delivered; of one that has been let go, none.
  func isToDo(_ part: Int32) -> Bool {
    parts.contains(Int(part)) && !parts[Int(part)].isDelivered
  }

  /// Whether a query has ended; one that has been let go has.
  @inline(__always) func hasEnded(_ query: Int32) -> Bool {
    guard progress.contains(Int(query)) else { return true }
    return progress[Int(query)].hasEnded
  }

  /// Lets the oldest queries go that have ended, and their parts. After an event, not within one: nobody may
  /// hold an index of theirs any more, but for timers and entries of queues that no longer count, which ask
  /// whether it is there.
  mutating func releaseEnded() {
    if keepsEnded { return }
    while progress.start < progress.end, progress[progress.start].hasEnded {
      let oldest = progress[progress.start]
      if oldest.failures > 0, isInUse(oldest) { return }
      progress.release(upTo: progress.start + 1)
      parts.release(upTo: Int(oldest.firstPart + oldest.parts))
      if wantsJourneys { clocks.release(upTo: Int(oldest.firstPart + oldest.parts)) }
    }
  }

  /// Whether some device still works on a query that was lost to the failure of another, or a part that it has sent
  /// back since is counted in a queue.
  private func isInUse(_ query: QueryProgress) -> Bool {
    let own = query.firstPart..<query.firstPart + query.parts
    for part in own where parts[Int(part)].isWaiting { return true }
    return workers.contains { worker in
      worker.running.contains { own.contains($0) } || worker.group.contains { own.contains($0) }
        || worker.finished.contains { own.contains($0) }
        || worker.pending?.group.contains { own.contains($0) } ?? false
    } || batches.contains { $0.parts.contains { own.contains($0) } }
  }

  /// The mean over a query's images; nil where one part's is not known.
  private func latentError(ofQuery query: Int) -> Double? {
    guard trajectoryModel != nil else { return nil }
    var sum = 0.0
    var images = 0.0
    let first = Int(progress[query].firstPart)
    for part in first..<first + Int(progress[query].parts) {
      guard let error = latentError(of: part) else { return nil }
      sum += error * Double(parts[part].images)
      images += Double(parts[part].images)
    }
    return images > 0 ? sum / images : nil
  }

  /// Sends back to a queue what the step policy wants made again by another model; returns the rest.
  mutating func resubmitting(_ group: [Int32], on w: Int) -> [Int32] {
    var kept: [Int32] = []
    for index in group {
      let part = Int(index)
      let context = context(of: part, on: w)
      let view = view(of: part)
      switch policy.steps.afterDecode(view, context) {
      case .complete: kept.append(index)
      case .resubmit(let model):
        let query = Int(parts[part].query)
        progress[query].evaluations -= parts[part].evaluationsDone + parts[part].evaluationsBefore
        parts[part].restart()
        parts[part].resubmissions += 1
        setModel(of: part, to: model)
        dispatch(part)
      }
    }
    return kept
  }

  /// The same of what a worker is about to hand off.
  mutating func resubmitGroup(of w: Int) {
    if decidesAfterDecode { workers[w].group = resubmitting(workers[w].group, on: w) }
  }

  /// Whether every query has ended: timers that are still set change nothing any more.
  var isOver: Bool { upcoming == nil && usage.completed + usage.dropped == usage.offered }

  /// The controller looks, at a time of its own or where a node goes or comes.
  mutating func callController() {
    guard !isOver, var controller = policy.controller else { return }
    let actions = controller.replan(clusterView())
    policy.controller = controller
    for action in actions { apply(action) }
  }

  mutating func replan() {
    guard !isOver, let controller = policy.controller else { return }
    callController()
    // With nothing else to come, a controller would look for ever.
    idleReplans = isQuiet ? idleReplans + 1 : 0
    let isStuck = idleReplans > Self.maximumIdleReplans
    if !isOver, !isStuck,
      let next = controller.nextReplan(after: loop.now)
    {
      loop.schedule(.replan, at: max(next, loop.now))
    }
  }

  private mutating func apply(_ action: Action) {
    switch action {
    case .tune(let parameter, let value): policy.steps.tune(parameter, to: value)
    case .limitBatch(let model, let images):
      if batchLimits.isEmpty { batchLimits = times.shapes.map { _ in .max } }
      for (index, shape) in times.shapes.enumerated()
      where shape.model == models[Int(model.rawValue)] {
        batchLimits[index] = max(images, 1)
      }
    case .assign(let worker, let model):
      views[Int(worker.rawValue)].model = model
      redispatch(Int(worker.rawValue)) { model != nil && $0.model != model }
    case .setActive(let worker, let isActive): setActive(Int(worker.rawValue), isActive)
    }
  }

  private mutating func setActive(_ w: Int, _ isActive: Bool) {
    guard isActive != (views[w].isActive || views[w].isStarting) else { return }
    if isActive {
      if views[w].isUp { workers[w].activeSince = workers[w].activeSince ?? loop.now }
      let startup = nodes[Int(workers[w].node)].startup
      views[w].isStarting = true
      workers[w].startsAt = loop.now + startup
      note(.starting, w)
      guard startup > .zero else { return started(w) }
      loop.schedule(.workerStarted(worker: Int32(w)), after: startup)
      return
    }
    views[w].isActive = false
    views[w].isStarting = false
    note(.draining, w)
    meterLoad()
    switchOffIfEmpty(w)
    redispatch(w) { _ in true }
  }

  /// An activated worker is there, unless it was deactivated meanwhile.
  mutating func started(_ w: Int) {
    guard !isOver, views[w].isStarting, workers[w].startsAt == loop.now else { return }
    views[w].isStarting = false
    views[w].isActive = true
    note(.active, w)
    meterLoad()
    for other in workers.indices { leaveWrongQueue(other) }
    wake(queue: queue(of: w))
  }

  /// A worker that is not active and holds nothing costs nothing.
  mutating func switchOffIfEmpty(_ w: Int) {
    guard !views[w].isActive, !views[w].isStarting, workers[w].isParked,
      workers[w].inputsHeld == 0, workers[w].activeSince != nil
    else { return }
    settleActive(w)
    note(.off, w)
    workers[w].resident.removeAll()
    refreshResident(w)
  }

  /// Keeps that a worker comes or goes now.
  mutating func note(_ kind: WorkerEvent.Kind, _ w: Int) {
    usage.workerEvents.append(
      WorkerEvent(time: loop.now, worker: WorkerID(rawValue: Int32(w)), kind: kind))
  }

  /// Counts the time for which the worker was active until now, and no longer is.
  mutating func settleActive(_ w: Int) {
    guard let since = workers[w].activeSince else { return }
    workers[w].active += counted(from: since)
    workers[w].activeSince = nil
  }

  /// Dispatches again what waits in a worker's queue and may no longer be served there.
  mutating func redispatch(_ w: Int, where isMisplaced: (Part) -> Bool) {
    if !central {
      for index in queues[w].waiting where isWaiting(index) {
        let part = Int(index)
        guard isMisplaced(parts[part]) else { continue }
        dequeue(part, from: w)
        queues[w].remove(part: index, shape: Int(parts[part].shape.rawValue))
        dispatch(part)
      }
    }
    wake(queue: queue(of: w))
  }

  /// Joules of accelerators and cores; nil where nothing is said of power. Assumed: a failed node draws nothing.
  private func energy(until end: SimulationTime) -> Double? {
    guard nodes.contains(where: { $0.power != nil || $0.corePower != nil }) else { return nil }
    var joules = 0.0
    for worker in usage.workers {
      guard let power = nodes[Int(workers[Int(worker.worker.rawValue)].node)].power else {
        continue
      }
      let busy = worker.busyTotal.seconds
      joules += busy * power.busy + max(0, worker.active.seconds - busy) * power.idle
    }
    let window = max(0, (end - countingFrom).seconds)
    for (index, (node, pool)) in zip(nodes, usage.cpuPools).enumerated() {
      guard let power = node.corePower else { continue }
      let busy = pool.busyTotal.seconds
      let down = workers.first { $0.node == index }?.down ?? 0
      let up = window - Double(down) / 1e9
      joules += busy * power.busy + max(0, up * Double(pool.cores) - busy) * power.idle
    }
    return joules
  }

  /// What active accelerators cost; nil where nothing is said of prices. Assumed: a failed node costs nothing.
  private func price() -> Double? {
    guard nodes.contains(where: { $0.pricePerHour != nil }) else { return nil }
    return usage.workers.reduce(0) { sum, worker in
      let node = nodes[Int(workers[Int(worker.worker.rawValue)].node)]
      return sum + worker.active.seconds / 3600 * (node.pricePerHour ?? 0)
    }
  }

  private static func durations(_ nanoseconds: SIMD4<Int64>) -> [SimulationDuration] {
    nanoseconds.indices.map { SimulationDuration(nanoseconds: nanoseconds[$0]) }
  }

  /// Ends the run: what is still there is in flight.
  mutating func close() {
    let isCut = isStopped || horizon < .distantFuture && loop.now >= horizon
    for case let work? in ongoing { charge(work) }
    let isOpen = usage.completed + usage.dropped < usage.offered
    let end = isCut || isOpen ? loop.now : max(lastEnd, lastWork)
    for query in progress.start..<progress.end where !progress[query].hasEnded {
      usage.inFlight += 1
      report(query: query, as: .inFlight)
    }
    usage.end = end
    usage.events = loop.handledCount
    usage.systemIntegral = inSystem.integral(to: end)
    countWaiting(0)
    usage.meanWaiting = waiting.mean(to: end)
    precondition(usage.systemIntegral == usage.residenceSum, "Little's law does not hold")
    precondition(
      usage.offered == usage.completed + usage.dropped + usage.inFlight, "a query was lost")
    for w in workers.indices {
      let spent = max(0, (end - max(workers[w].since, countingFrom)).nanoseconds)
      if workers[w].operation == .waitingForCPU { workers[w].waitingForCPU += spent }
      if workers[w].operation == .blocked { workers[w].blocked += spent }
      if workers[w].operation == .down { workers[w].down += spent }
      if workers[w].operation == .lent { workers[w].lent += spent }
      if let since = workers[w].activeSince {
        workers[w].active += max(0, (end - max(since, countingFrom)).nanoseconds)
      }
    }
    usage.workers = workers.enumerated().map { index, worker in
      WorkerUsage(
        worker: WorkerID(rawValue: Int32(index)), node: nodes[Int(worker.node)].name,
        busy: Self.durations(worker.busy.byStage),
        busyByBasis: Self.durations(worker.busy.byBasis),
        waitingForCPU: SimulationDuration(nanoseconds: worker.waitingForCPU),
        blocked: SimulationDuration(nanoseconds: worker.blocked),
        loading: SimulationDuration(nanoseconds: worker.loading),
        active: SimulationDuration(nanoseconds: worker.active),
        down: SimulationDuration(nanoseconds: worker.down),
        lent: SimulationDuration(nanoseconds: worker.lent),
        evaluations: worker.evaluations, imageEvaluations: worker.imageEvaluations)
    }
    usage.cpuPools = cpuPools.enumerated().map { index, pool in
      CPUPoolUsage(
        node: nodes[index].name, cores: pool.cores,
        busy: Self.durations(pool.busy.byStage),
        busyByBasis: Self.durations(pool.busy.byBasis))
    }
    usage.energy = energy(until: end)
    usage.price = price()
    observer.runEnded(usage)
  }
}
