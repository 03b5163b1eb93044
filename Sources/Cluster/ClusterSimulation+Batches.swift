import EventEngine
import LatencyProfiles
import Workload

/// Forming batches from queues: whose turn it is, who fits, who waits.
extension ClusterSimulation {
  /// Moves to ``scratch`` what worker `w` takes now; false if it takes nothing. `ahead`: for a batch
  /// of its own, to be encoded on the CPU while another is denoised.
  mutating func takeFromQueue(_ w: Int, ahead: Bool = false) -> Bool {
    if take(from: queue(of: w), for: w, ahead: ahead) { return true }
    guard stealing, workers[w].running.isEmpty, queues[w].parts == 0 else { return false }
    var victim: Int?
    for queue in queues.indices
    where queues[queue].totalImages > 0 && workers[queue].pool == workers[w].pool {
      if let known = victim, queues[known].totalImages >= queues[queue].totalImages { continue }
      victim = queue
    }
    guard let victim else { return false }
    return take(from: victim, for: w, ahead: ahead)
  }

  private mutating func take(from queue: Int, for w: Int, ahead: Bool) -> Bool {
    if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
    guard queues[queue].parts > 0 else { return false }
    if policy.discipline.timeVarying { reprioritise(queue) }
    var notDue: [Int] = []
    // A plan may send a part to another model's lane, and a recheck may drop one: look again.
    while let lane = nextLane(of: queue, for: w, ahead: ahead, except: notDue) {
      guard isDue(lane: lane, of: queue, for: w, ahead: ahead) else {
        notDue.append(lane)
        continue
      }
      let looked = fill(from: queue, lane: lane, for: w, ahead: ahead)
      if !scratch.isEmpty { return true }
      if !looked { return false }
    }
    return false
  }

  /// The lane whose head goes first among those this worker takes; a running batch takes only its
  /// own shape, and only while that shape is first in line, so that no other shape starves.
  private mutating func nextLane(of queue: Int, for w: Int, ahead: Bool, except notDue: [Int])
    -> Int?
  {
    let lane = firstLane(of: queue, servedBy: w, except: notDue)
    guard let lane, !ahead, let first = workers[w].running.first else { return lane }
    return Int(parts[Int(first)].shape.rawValue) == lane ? lane : nil
  }

  private mutating func firstLane(of queue: Int, servedBy w: Int, except notDue: [Int]) -> Int? {
    discardGone(from: queue)
    let only = views[w].model
    let served = Int(workers[w].node) * times.shapes.count
    return queues[queue].firstLane { lane in
      guard notDue.isEmpty || !notDue.contains(lane) else { return false }
      guard servedShapes.isEmpty || servedShapes[served + lane] else { return false }
      guard let only else { return true }
      return times.shapes[lane].model == models[Int(only.rawValue)]
    }
  }

  /// Removes entries of dropped queries from the heads of a queue's lanes.
  private mutating func discardGone(from queue: Int) {
    for lane in times.shapes.indices {
      while let head = queues[queue].head(lane), !isWaiting(head) {
        queues[queue].removeHead(lane)
      }
    }
  }

  /// Whether a batch may start: it is full, or has waited long enough; otherwise sets the timer.
  private mutating func isDue(lane: Int, of queue: Int, for w: Int, ahead: Bool) -> Bool {
    guard batchWait > .zero, ahead || workers[w].running.isEmpty, let limit = batchLimit,
      queues[queue].images[lane] < min(limit, memoryLimit(w, shape: lane))
    else { return true }
    let oldest = queues[queue].oldest(lane) {
      parts.contains(Int($0)) && parts[Int($0)].isWaiting && parts[Int($0)].enqueued == $1
    }
    guard let oldest else { return true }
    let due = oldest + batchWait
    if due <= loop.now { return true }
    // One timer a queue, at the first time at which some lane is due.
    if let timer = queues[queue].timer {
      if queues[queue].timerTime <= due { return false }
      loop.cancel(timer)
    }
    queues[queue].timer = loop.scheduleCancellable(.formTimeout(queue: Int32(queue)), at: due)
    queues[queue].timerTime = due
    return false
  }

  /// Takes parts of a lane while they fit; false if its head was left where it is.
  private mutating func fill(from queue: Int, lane: Int, for w: Int, ahead: Bool) -> Bool {
    var images = ahead ? 0 : workers[w].runningImages
    var looked = false
    while let head = queues[queue].head(lane) {
      let part = Int(head)
      if !isWaiting(head) {
        queues[queue].removeHead(lane)
        continue
      }
      if images > 0 {
        guard let limit = batchLimit,
          images + Int(parts[part].images) <= min(limit, memoryLimit(w, shape: lane))
        else { break }
        guard !mayRefuse || mayJoin(part, on: w, images: images, ahead: ahead) else { break }
      }
      looked = true
      queues[queue].removeHead(lane)
      dequeue(part, from: queue)
      if isDroppedBeforeService(part, on: w, queue: queue) { continue }
      if begin(part, on: w, queue: queue) {
        scratch.append(head)
        images += Int(parts[part].images)
      }
    }
    return looked
  }

  /// Whether a part may join the images that are taken or run already.
  private func mayJoin(_ part: Int, on w: Int, images: Int, ahead: Bool) -> Bool {
    let view = view(of: part)
    var (evaluations, deadline) = (view.expectedSteps, view.deadline)
    for member in ahead ? scratch : workers[w].running + scratch {
      let (member, own) = (parts[Int(member)], self.view(of: Int(member)))
      evaluations = max(
        evaluations, member.isPlanned ? Int(member.evaluationsLeft) : own.expectedSteps)
      deadline = min(deadline, own.deadline)
    }
    let finish = predictedFinish(
      view, on: w, images: images + view.images, evaluations: evaluations)
    return policy.batching.mayJoin(
      view, BatchView(shape: view.shape, images: images, finish: finish, deadline: deadline))
  }

  /// When a part is complete if a batch of so many images with it begins now, and nothing holds it up in later pools.
  private func predictedFinish(
    _ view: QueryView, on w: Int, images: Int, evaluations: Int
  ) -> SimulationTime {
    let batch = times.prediction(
      node: Int(workers[w].node), shape: view.shape, images: images, placement: placement)
    let here =
      batch.denoising(evaluations, speedup: presentSpeedup(w)) + batch.onCPU + batch.beside
    return loop.now + SimulationDuration(nanoseconds: here)
      + times.fastestStandalone(
        shape: view.shape, images: view.images, evaluations: view.expectedSteps,
        placement: placement, from: view.pool + 1)
  }

  /// What the accelerators that are idle now are worth to a query on worker `w`, as many as its plan may ask for.
  private func presentSpeedup(_ w: Int) -> Double {
    guard bestSpeedup > 1 else { return 1 }
    var devices = 1
    for helper in workers.indices where isIdleHelper(helper, of: w) { devices += 1 }
    return parallelism.speedup(devices: min(devices, policy.steps.mostAccelerators))
  }

  /// Drops the part's query if the admission policy finds it not worth serving any more.
  private mutating func isDroppedBeforeService(_ part: Int, on w: Int, queue: Int) -> Bool {
    guard policy.admission.rechecksBeforeService else { return false }
    let query = Int(parts[part].query)
    guard !progress[query].hasStarted else { return false }
    let view = view(of: part)
    // In the batch that is forming: a full one takes much longer than a query alone.
    let finish = predictedFinish(
      view, on: w, images: batchImages(of: part, on: w, queue: queue),
      evaluations: view.expectedSteps)
    if policy.admission.isWorthwhile(view, finish: finish) { return false }
    end(query: query, as: .dropped(.hopelessBeforeService))
    return true
  }

  /// Plans a part whose service begins; false if the plan sends it to another model's lane.
  private mutating func begin(_ part: Int, on w: Int, queue: Int) -> Bool {
    let query = Int(parts[part].query)
    if !parts[part].isPlanned, does(.denoise, w) {
      let (view, context) = (view(of: part), context(of: part, on: w, queue: queue))
      let plan = policy.steps.plan(view, context)
      precondition(plan.evaluations >= 1, "a step plan without an evaluation")
      parts[part].isPlanned = true
      parts[part].evaluationsPlanned = Int32(plan.evaluations)
      parts[part].evaluationsDone = 0
      parts[part].parallelDegree = Int32(max(plan.parallelDegree, 1))
      if plan.parallelDegree > 1 { sharesSteps = true }
      parts[part].overhead = plan.overhead.nanoseconds
      parts[part].firstStep = Int32(plan.firstStep)
      parts[part].scheduled = Int32(plan.firstStep + plan.evaluations)
      parts[part].leftAfter = -1
      parts[part].finish = plan.finish
      if let model = plan.model, model != parts[part].model {
        setModel(of: part, to: model)
        enqueue(part, in: queue)
        return false
      }
    }
    parts[part].trajectory = trajectory(of: part)
    parts[part].worker = Int32(w)
    progress[query].worker = Int32(w)
    if !progress[query].hasStarted {
      progress[query].start = loop.now
      countWaiting(-1)
    }
    return true
  }

  func context(of part: Int, on w: Int, queue: Int? = nil) -> StepContext {
    let queue = queue ?? self.queue(of: w)
    let batch = times.prediction(
      node: Int(workers[w].node), shape: parts[part].shape,
      images: batchImages(of: part, on: w, queue: queue), placement: placement)
    return StepContext(
      now: loop.now, worker: WorkerID(rawValue: Int32(w)),
      evaluationTime: SimulationDuration(nanoseconds: batch.evaluation),
      otherTime: SimulationDuration(nanoseconds: batch.onCPU + batch.beside),
      queuedImages: queues[queue].totalImages,
      workersOfQueue: central ? workersOfPool[Int(workers[w].pool)] : 1,
      batchLimit: batchLimit ?? Int(parts[part].images))
  }

  /// Images of the batch that a part is in, or is expected to be in.
  private func batchImages(of part: Int, on w: Int, queue: Int) -> Int {
    let own = Int(parts[part].images)
    var images = workers[w].runningImages
    if !parts[part].isPlanned {
      images += imageCount(scratch) + own
      // A plan is made while the batch still fills: it counts on a full one where others wait.
      if !mayRefuse { images += queues[queue].totalImages }
      images = min(images, batchLimit ?? own)
    }
    return max(images, own)
  }

  private mutating func reprioritise(_ queue: Int) {
    var ranks: [Int32: Int64] = [:]
    for part in queues[queue].waiting where isWaiting(part) {
      let view = view(of: Int(part))
      let rank = policy.discipline.priority(of: view, at: loop.now)
      parts[Int(part)].priority = rank
      ranks[part] = rank.rank
    }
    queues[queue].reprioritise { ranks[$0] ?? .max }
  }

  /// Gives the running batch's place to what goes first of all that waits, where the discipline says so.
  mutating func preempt(_ w: Int) {
    let queue = queue(of: w)
    guard let (candidate, images) = challenger(w, queue) else { return }
    let lane = Int(candidate.shape.rawValue)
    let running = workers[w].running
    var yielding: [Int32] = []
    for part in running {
      let view = view(of: Int(part))
      if policy.discipline.preempts(candidate, view, at: loop.now) { yielding.append(part) }
    }
    let joins = joinsBetweenSteps && candidate.shape == parts[Int(running[0])].shape
    // A batch that cannot be joined makes way as a whole or not at all.
    guard !yielding.isEmpty, joins || yielding.count == running.count else { return }
    for part in yielding.reversed() {
      if joins, let limit = batchLimit,
        workers[w].runningImages + images <= min(limit, memoryLimit(w, shape: lane))
      {
        break
      }
      workers[w].runningImages -= Int(parts[Int(part)].images)
      workers[w].running.removeAll { $0 == part }
      // It has waited for company already.
      parts[Int(part)].enqueued = loop.now - batchWait
      enqueue(Int(part), in: queue)
    }
    guard workers[w].running.isEmpty else { return }
    for helper in returnHelpers(w) {
      loop.schedule(.formTimeout(queue: Int32(self.queue(of: Int(helper)))), after: .zero)
    }
  }

  /// What may take the running batch's place, and its images: the queue's head, or where batches are encoded
  /// ahead, the first that is ready.
  private mutating func challenger(_ w: Int, _ queue: Int) -> (view: QueryView, images: Int)? {
    if prefetches, does(.denoise, w) {
      orderReady(w)
      guard let batch = workers[w].ready.first else { return nil }
      let group = batches[Int(batch)].parts
      return (view(of: Int(group[0])), imageCount(group))
    }
    var notDue: [Int] = []
    while let lane = firstLane(of: queue, servedBy: w, except: notDue),
      let head = queues[queue].head(lane)
    {
      // As a batch of its own: nobody makes way for one that would not start.
      if isDue(lane: lane, of: queue, for: w, ahead: true) {
        let view = view(of: Int(head))
        return (view, view.images)
      }
      notDue.append(lane)
    }
    return nil
  }

  /// Puts batches that are encoded ahead in the discipline's order: what made way is among them again.
  mutating func orderReady(_ w: Int) {
    guard isPreemptive, workers[w].ready.count > 1 else { return }
    var ranks: [(rank: Priority, place: Int, batch: Int32)] = []
    for (place, batch) in workers[w].ready.enumerated() {
      let view = view(of: Int(batches[Int(batch)].parts[0]))
      ranks.append((policy.discipline.priority(of: view, at: loop.now), place, batch))
    }
    ranks.sort { ($0.rank, $0.place) < ($1.rank, $1.place) }
    workers[w].ready = ranks.map(\.batch)
  }
}
