import DequeModule
import EventEngine
import LatencyProfiles
import Workload

/// The CPU pools: hand-offs, tasks on cores, bounded buffers.
extension ClusterSimulation {
  /// The first CPU stage that exists after `stage`.
  func nextCPUStage(after stage: Stage, node: Int) -> Stage? {
    if stage.index < Stage.decode.index, exists(.decode, node: node) { return .decode }
    if stage.index < Stage.postProcess.index, exists(.postProcess, node: node) {
      return .postProcess
    }
    return nil
  }

  private func exists(_ stage: Stage, node: Int) -> Bool {
    placement.isOnCPU(stage)
      && times.tables.stageExists(device: StageTables.cpu(of: node), stage: stage)
  }

  /// Sends parts of worker `w` to its node's CPU pool.
  mutating func submit(_ group: [Int32], of w: Int, stage: Stage) {
    let index = newBatch(group, of: w)
    setStage(stage, ofBatch: index)
    // A prompt arrives at the host: only what an accelerator has made must be handed over.
    if stage == .encode {
      transferDone(index)
    } else {
      transfer(index, before: stage)
    }
  }

  /// A batch that leaves the accelerator of worker `w`.
  mutating func newBatch(_ group: [Int32], of w: Int) -> Int {
    let index: Int
    if let free = freeBatches.popLast() {
      index = Int(free)
    } else {
      index = batches.count
      batches.append(CPUBatch())
    }
    batches[index].worker = Int32(w)
    batches[index].number = workers[w].batch
    batches[index].isHeld = true
    batches[index].parts.removeAll(keepingCapacity: true)
    batches[index].parts.append(contentsOf: group)
    return index
  }

  private mutating func transfer(_ batch: Int, before stage: Stage) {
    let w = Int(batches[batch].worker)
    guard let first = batches[batch].parts.first else { return transferDone(batch) }
    let node = Int(workers[w].node)
    let shape = parts[Int(first)].shape
    let images =
      stage == .denoise
      ? batches[batch].parts.count { !parts[Int($0)].isEncoded } : imageCount(batches[batch].parts)
    let bytes = times.tables.bytes(shape: shape, before: stage, images: images)
    let time = transferTime(.host, of: node, bytes: Double(bytes))
    enter(.handOff, batches[batch].parts)
    if time == .zero {
      transferDone(batch)
    } else {
      if wantsSpans {
        report(
          .link, stage, of: w, group: batches[batch].parts,
          images: imageCount(batches[batch].parts), batch: batches[batch].number,
          for: charged(time, on: node))
      }
      scheduleEnd(.transferDone(batch: Int32(batch)), ofWorkOn: node, after: time)
    }
  }

  private mutating func setStage(_ stage: Stage, ofBatch index: Int) {
    let tasks =
      stage == .encode
      ? batches[index].parts.count { !parts[Int($0)].isEncoded }
      : imageCount(batches[index].parts)
    batches[index].stage = stage
    batches[index].tasksToStart = tasks
    batches[index].tasksLeft = tasks
    batches[index].cursorPart = 0
    batches[index].cursorImage = 0
    for part in batches[index].parts {
      parts[Int(part)].imagesToPostProcess = parts[Int(part)].images
    }
  }

  mutating func transferDone(_ batch: Int) {
    let w = Int(batches[batch].worker)
    if batches[batch].stage == .denoise {
      if buffer == nil {
        settleWait(w)
        workers[w].operation = .idle
        free(batch)
        joinRunning(w)
      } else {
        for part in batches[batch].parts { parts[Int(part)].isEncoded = true }
        enter(.batchWait, batches[batch].parts)
        workers[w].ready.append(Int32(batch))
      }
      advance(w)
      return
    }
    queueForCores(batch)
  }

  /// A batch waits for its turn on the cores of its node.
  private mutating func queueForCores(_ batch: Int) {
    let node = Int(workers[Int(batches[batch].worker)].node)
    enter(.coreWait, batches[batch].parts)
    cpuPools[node].queue.append(Int32(batch))
    startTasks(node)
  }

  private mutating func startTasks(_ node: Int) {
    while let batch = cpuPools[node].queue.first {
      let cores = nodes[node].cpuTasks[batches[Int(batch)].stage.index].cores
      guard cpuPools[node].freeCores >= cores else { break }
      let index = Int(batch)
      if batches[index].stage == .encode { skipEncoded(index) }
      let part = batches[index].parts[batches[index].cursorPart]
      let image = batches[index].cursorImage
      let stage = batches[index].stage
      cpuPools[node].freeCores -= cores
      startTask(stage, of: index, part: part, image: image, cores: cores)
      if stage == .encode || image + 1 == parts[Int(part)].images {
        batches[index].cursorPart += 1
        batches[index].cursorImage = 0
      } else {
        batches[index].cursorImage += 1
      }
      batches[index].tasksToStart -= 1
      if batches[index].tasksToStart == 0 { cpuPools[node].queue.removeFirst() }
    }
  }

  /// One prompt or image of a batch begins on its cores.
  private mutating func startTask(
    _ stage: Stage, of batch: Int, part: Int32, image: Int32, cores: Int
  ) {
    let w = Int(batches[batch].worker)
    let node = Int(workers[w].node)
    if wantsJourneys { clocks[Int(part)].beginTask(stage, of: Int32(w), at: loop.now) }
    let done = ClusterEvent.cpuTaskDone(node: Int32(node), batch: Int32(batch), part: part)
    let duration = isLive ? .zero : cpuTime(stage, node: node, part: Int(part), image: image)
    let basis = cpuBasis(stage, node: node, part: Int(part))
    if tracksWork {
      track(
        stage, on: w, [part], images: 1, cores: cores, batch: batches[batch].number,
        nanoseconds: duration.nanoseconds, basis: basis, then: done)
      return
    }
    let charged = charged(duration, on: node)
    cpuPools[node].charge(
      counted(charged).nanoseconds * Int64(cores), for: stage, basis: basis)
    if wantsSpans {
      report(
        .cpu, stage, of: w, group: [part], images: 1, batch: batches[batch].number, for: charged)
    }
    scheduleEnd(done, ofWorkOn: node, after: duration)
  }

  /// What came back from preemption among others is not encoded again.
  private mutating func skipEncoded(_ batch: Int) {
    while parts[Int(batches[batch].parts[batches[batch].cursorPart])].isEncoded {
      batches[batch].cursorPart += 1
    }
  }

  private func cpuTime(
    _ stage: Stage, node: Int, part: Int, image: Int32
  ) -> SimulationDuration {
    let device = StageTables.cpu(of: node)
    let shape = parts[part].shape
    let median = times.tables.median(device: device, shape: shape, stage: stage, batch: 1)
    let distribution = times.distribution(device: device, stage: stage)
    let residuals = times.residual(device: device, shape: shape, stage: stage, batch: 1)
    if distribution == nil, residuals == nil { return SimulationDuration(nanoseconds: median) }
    var random = RandomStream(
      seed: seed, stream: .cpuService, entity: entity(of: part, stage: stage))
    random.seek(toBlock: UInt32(image) &* 64)
    if let distribution {
      let speedup = nodes[node].cpuTasks[stage.index].speedup
      return SimulationDuration(seconds: distribution.sample(using: &random) / speedup)
    }
    let factor = residuals?.factor(atUniform: random.uniform()) ?? 1
    return SimulationDuration(seconds: Double(median) / 1e9 * factor)
  }

  mutating func cpuTaskDone(node: Int, batch: Int, part: Int) {
    cpuPools[node].freeCores += nodes[node].cpuTasks[batches[batch].stage.index].cores
    batches[batch].tasksLeft -= 1
    if wantsJourneys { clocks[part].endTask(at: loop.now) }
    if batches[batch].stage == .postProcess {
      parts[part].imagesToPostProcess -= 1
      if parts[part].imagesToPostProcess == 0 { complete(part) }
    }
    startTasks(node)
    if batches[batch].tasksLeft == 0 { stageDone(ofBatch: batch, node: node) }
  }

  private mutating func stageDone(ofBatch batch: Int, node: Int) {
    let w = Int(batches[batch].worker)
    switch batches[batch].stage {
    case .encode:
      batches[batch].stage = .denoise
      transfer(batch, before: .denoise)
    case .decode:
      if decidesAfterDecode {
        batches[batch].parts = resubmitting(batches[batch].parts, on: w)
      }
      if !batches[batch].parts.isEmpty,
        let next = nextCPUStage(after: .decode, node: node)
      {
        setStage(next, ofBatch: batch)
        queueForCores(batch)
      } else {
        for part in batches[batch].parts { complete(Int(part)) }
        leaveCPU(batch)
      }
    case .denoise, .postProcess: leaveCPU(batch)
    }
  }

  /// The CPU is through with a batch: its buffer slot, or its waiting worker, is free again.
  private mutating func leaveCPU(_ batch: Int) {
    let w = Int(batches[batch].worker)
    free(batch)
    guard buffer != nil else { return release(w) }
    workers[w].outputsHeld -= 1
    if workers[w].operation == .blocked {
      settleWait(w)
      workers[w].operation = .idle
      handOff(w)
    }
  }

  mutating func free(_ batch: Int) {
    batches[batch].isHeld = false
    batches[batch].parts.removeAll(keepingCapacity: true)
    freeBatches.append(Int32(batch))
  }

  /// Sends batches ahead to the CPU's encoding while the input buffer has room, at most so many.
  mutating func prefetch(_ w: Int, atMost most: Int = .max) {
    guard let buffer, does(.denoise, w), workers[w].operation != .down else { return }
    var taken = 0
    while taken < most, workers[w].inputsHeld < buffer, views[w].isActive,
      takeFromQueue(w, ahead: true)
    {
      taken += 1
      workers[w].inputsHeld += 1
      countAhead(w, scratch, sign: 1)
      refreshRunning(w)
      // Preempted queries that come back are encoded already.
      if scratch.allSatisfy({ parts[Int($0)].isEncoded }) {
        workers[w].ready.append(Int32(newBatch(scratch, of: w)))
      } else {
        submit(scratch, of: w, stage: .encode)
      }
    }
  }

  private mutating func countAhead(_ w: Int, _ group: [Int32], sign: Int) {
    workers[w].aheadImages += sign * imageCount(group)
    workers[w].aheadWork += Int64(sign) * predictedWork(ofBatch: group, on: w)
    refreshQueuedWork(w)
  }

  /// Joins encoded batches to the running one: one where it is empty, all that fit otherwise.
  mutating func takeReady(_ w: Int) {
    while true {
      // Who has just made way may be among them.
      orderReady(w)
      guard let first = workers[w].ready.first else { return }
      let group = batches[Int(first)].parts
      let images = imageCount(group)
      if let running = workers[w].running.first {
        guard joinsBetweenSteps, batchLimit != nil,
          workers[w].runningImages + images
            <= maximumImages(w, shape: Int(parts[Int(running)].shape.rawValue)),
          parts[Int(running)].shape == parts[Int(group[0])].shape
        else { return }
      }
      workers[w].ready.removeFirst()
      if workers[w].running.isEmpty { workers[w].batch += 1 }
      workers[w].inputsHeld -= 1
      countAhead(w, group, sign: -1)
      workers[w].group.append(contentsOf: group)
      free(Int(first))
      borrowHelpers(w)
      joinRunning(w)
      prefetch(w)
    }
  }
}
