import EventEngine
import LatencyProfiles
import Workload

/// Nodes that fail and come back.
extension ClusterSimulation {
  /// Sets the first failure of every node that has one.
  mutating func prepareFailures() {
    for node in nodes.indices {
      findFailure(of: node)
      scheduleFailure(of: node)
    }
  }

  /// Sets when a node fails next: work that begins from now on is cut off then.
  private mutating func findFailure(of node: Int) {
    switch nodes[node].failures {
    case .none: return
    case .random(let meanTimeBetween, _):
      nextFailure[node] = loop.now + draw(node, mean: meanTimeBetween)
    case .listed(let outages):
      nextFailure[node] =
        nextOutage[node] < outages.count
        ? max(outages[nextOutage[node]].start, loop.now) : .distantFuture
    }
  }

  private mutating func scheduleFailure(of node: Int) {
    guard nextFailure[node] < .distantFuture else { return }
    pendingFaults += 1
    loop.schedule(.nodeFails(node: Int32(node)), at: nextFailure[node])
  }

  private mutating func repairTime(of node: Int) -> SimulationDuration {
    switch nodes[node].failures {
    case .none: return .zero
    case .random(_, let meanRepair): return draw(node, mean: meanRepair)
    case .listed(let outages):
      defer { nextOutage[node] += 1 }
      return outages[nextOutage[node]].repair
    }
  }

  private mutating func draw(_ node: Int, mean: SimulationDuration) -> SimulationDuration {
    defer { faultDraws[node] &+= 1 }
    return exponentialTime(
      mean: mean, .failures, entity: UInt64(node), draw: faultDraws[node])
  }

  /// A node is gone, with all that it was working on.
  mutating func fail(_ node: Int) {
    pendingFaults -= 1
    if isOver { return }
    if loop.now >= countingFrom { usage.failures = (usage.failures ?? 0) + 1 }
    let lost = takeWork(of: node)
    if tracksWork { dropOngoing(of: node) }
    for w in workers.indices where workers[w].node == node {
      setParked(w, false)
      settleWait(w)
      settleActive(w)
      workers[w].clear()
      workers[w].operation = .down
      note(.failed, w)
      workers[w].since = loop.now
      views[w].isUp = false
      refreshResident(w)
      refreshRunning(w)
    }
    meterLoad()
    cpuPools[node].queue.removeAll()
    cpuPools[node].freeCores = cpuPools[node].cores
    for channel in 0..<3 { linkFree[3 * node + channel] = .zero }
    let repair = repairTime(of: node)
    pendingFaults += 1
    loop.schedule(.nodeRepaired(node: Int32(node)), after: repair)
    callController()
    recover(lost)
    for w in workers.indices where workers[w].node == node { leaveWrongQueue(w) }
  }

  /// A node is back, empty.
  mutating func repaired(_ node: Int) {
    pendingFaults -= 1
    if isOver { return }
    for w in workers.indices where workers[w].node == node {
      workers[w].down += counted(from: workers[w].since)
      workers[w].operation = .idle
      note(.repaired, w)
      views[w].isUp = true
      if views[w].isActive || views[w].isStarting { workers[w].activeSince = loop.now }
      refreshResident(w)
      setParked(w, true)
    }
    findFailure(of: node)
    callController()
    // What found nobody that would take it has somebody now.
    for w in workers.indices { leaveWrongQueue(w) }
    for w in workers.indices where workers[w].node == node { wake(queue: queue(of: w)) }
    // With nothing else to come, failures and repairs would go on for ever.
    if !isQuiet { scheduleFailure(of: node) }
  }

  /// Whether nothing is going on or to come but failures; a repair may set queries going.
  var isQuiet: Bool {
    loop.pendingCount <= pendingFaults && !batches.contains { $0.isHeld }
      && workers.allSatisfy { $0.operation == .idle }
  }

  /// Dispatches again what waits for a worker that is not there or does not take it.
  mutating func leaveWrongQueue(_ w: Int) {
    guard !central, queues[w].parts > 0 else { return }
    let (isThere, view) = (views[w].isUp && views[w].isActive, views[w])
    redispatch(w) { !isThere || !view.serves($0.model) }
  }

  /// The parts that a node works on, which forgets them. What has been delivered is not lost: a worker that waits for its
  /// CPU, and a batch there, hold all of their parts until the last one is done.
  private mutating func takeWork(of node: Int) -> [Int32] {
    var lost: Set<Int32> = []
    for w in workers.indices where workers[w].node == node {
      for part in workers[w].running { leaveClock(Int(part), of: w) }
      lost.formUnion(workers[w].running)
      lost.formUnion(workers[w].group)
      lost.formUnion(workers[w].finished)
    }
    for index in batches.indices where batches[index].isHeld {
      guard workers[Int(batches[index].worker)].node == node else { continue }
      lost.formUnion(batches[index].parts)
      free(index)
    }
    return lost.filter { isToDo($0) }.sorted()
  }

  /// Serves lost parts again, or drops their queries.
  private mutating func recover(_ lost: [Int32]) {
    var decided: [Int32: Bool] = [:]
    for index in lost {
      let part = Int(index)
      let query = parts[part].query
      guard !progress[Int(query)].hasEnded else { continue }
      forget(part)
      if decided[query] == nil {
        progress[Int(query)].failures += 1
        let (view, failures) = (view(of: part), Int(progress[Int(query)].failures))
        let isRetried = policy.recovery.isRetried(view, failures: failures, at: loop.now)
        decided[query] = isRetried
        if isRetried { usage.retried += loop.now >= countingFrom ? 1 : 0 }
      }
      if decided[query] == false {
        end(query: Int(query), as: .dropped(.lostToFailure))
      } else {
        dispatch(part)
      }
    }
  }

  /// Takes a part back to before its first step.
  private mutating func forget(_ part: Int) {
    let query = Int(parts[part].query)
    if wantsJourneys { clocks[part].lose(evaluations: parts[part].evaluationsDone) }
    if parts[part].isPlanned, parts[part].evaluationsDone > 0, parts[part].evaluationsLeft <= 0 {
      progress[query].evaluations -= parts[part].evaluationsDone + parts[part].evaluationsBefore
    }
    parts[part].restart()
  }
}
