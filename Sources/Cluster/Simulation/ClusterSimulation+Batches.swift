import EventEngine
import LatencyProfiles
import Workload

/// Forming batches from queues: whose turn it is, who fits, who waits.
extension ClusterSimulation {
  /// Moves to ``scratch`` what worker `w` takes now; false if it takes nothing. `ahead`: for a batch
  /// of its own, to be encoded on the CPU while another is denoised.
  mutating func takeFromQueue(_ w: Int, ahead: Bool = false) -> Bool {
    if take(from: queue(of: w), for: w, ahead: ahead) { return true }
    guard stealing, queues[w].parts == 0, holdsNothing(w) else { return false }
    // From the queue with the most images first; one whose batch is still to wait gives nothing.
    let pool = workers[w].pool
    let victims = queues.indices
      .filter { queues[$0].totalImages > 0 && workers[$0].pool == pool }
      .sorted { (queues[$1].totalImages, $0) < (queues[$0].totalImages, $1) }
    for victim in victims where take(from: victim, for: w, ahead: ahead) { return true }
    return false
  }

  /// Whether a worker has nothing in service, nor encoded ahead.
  private func holdsNothing(_ w: Int) -> Bool {
    workers[w].operation == .idle && workers[w].running.isEmpty && workers[w].group.isEmpty
      && workers[w].finished.isEmpty && workers[w].inputsHeld == 0
  }

  private mutating func take(from queue: Int, for w: Int, ahead: Bool) -> Bool {
    if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
    guard queues[queue].parts > 0 else { return false }
    if rankVaries { reprioritise(queue, on: w) }
    var notDue: [Int] = []
    // A plan may send a part to another model's lane, and a recheck may drop one: look again.
    while let lane = nextLane(of: queue, for: w, ahead: ahead, except: notDue) {
      guard isDue(lane: lane, of: queue, for: w, ahead: ahead) else {
        notDue.append(lane)
        continue
      }
      let hasTried = fill(from: queue, lane: lane, for: w, ahead: ahead)
      if !scratch.isEmpty { return true }
      if !hasTried { return false }
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

  mutating func firstLane(of queue: Int, servedBy w: Int, except notDue: [Int]) -> Int? {
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
  mutating func discardGone(from queue: Int) {
    for lane in times.shapes.indices {
      while let head = queues[queue].head(lane), !isWaiting(head) {
        queues[queue].removeHead(lane)
      }
    }
  }

  /// Whether a batch may start: it is full, or the oldest of its lane has waited long enough.
  mutating func isDue(lane: Int, of queue: Int, for w: Int, ahead: Bool) -> Bool {
    guard batchWait > .zero, ahead || workers[w].running.isEmpty,
      !isFull(queues[queue].images[lane], shape: lane, on: w)
    else { return true }
    let oldest = queues[queue].oldest(lane) {
      parts.contains(Int($0)) && parts[Int($0)].isWaiting && parts[Int($0)].enqueued == $1
    }
    guard let oldest else { return true }
    return oldest + batchWait <= loop.now
  }

  /// Whether so many images of a shape fill a batch of a worker.
  func isFull(_ images: Int, shape: Int, on w: Int) -> Bool {
    batchLimit == nil || images >= maximumImages(w, shape: shape)
  }

  /// The most images of a shape in a batch of a worker, by the policy and by memory.
  func maximumImages(_ w: Int, shape: Int) -> Int {
    min(batchLimit ?? .max, memoryLimit(w, shape: shape))
  }

  /// Takes parts of a lane while they fit; false if its head was left where it is.
  private mutating func fill(from queue: Int, lane: Int, for w: Int, ahead: Bool) -> Bool {
    if rechecksBeforeService, dropsHopeless(from: queue, lane: lane, for: w, ahead: ahead) {
      return true
    }
    var images = ahead ? 0 : workers[w].runningImages
    var hasTried = false
    while let head = queues[queue].head(lane) {
      let part = Int(head)
      if !isWaiting(head) {
        queues[queue].removeHead(lane)
        continue
      }
      if images > 0 {
        guard batchLimit != nil,
          images + Int(parts[part].images) <= maximumImages(w, shape: lane)
        else { break }
        guard !mayRefuse || mayJoin(part, on: w, images: images, ahead: ahead) else { break }
      }
      hasTried = true
      queues[queue].removeHead(lane)
      dequeue(part, from: queue)
      if rechecksBeforeService, isDroppedBeforeService(part, on: w) {
        // Who goes first now may be in another lane.
        if scratch.isEmpty { return true }
        continue
      }
      if begin(part, on: w, queue: queue, ahead: ahead) {
        scratch.append(head)
        images += Int(parts[part].images)
      } else if scratch.isEmpty {
        return true
      }
    }
    return hasTried
  }

  /// Whether a part may join the images that are taken or run already.
  private func mayJoin(_ part: Int, on w: Int, images: Int, ahead: Bool) -> Bool {
    let view = view(of: part)
    var deadline = view.deadline
    let running = ahead ? [] : workers[w].running
    for member in running + scratch {
      deadline = min(deadline, progress[Int(parts[Int(member)].query)].query.deadline)
    }
    let finish = predictedFinish(view, on: w, in: running + scratch + [Int32(part)])
    return policy.batching.mayJoin(
      view, BatchView(shape: view.shape, images: images, finish: finish, deadline: deadline))
  }

  /// Drops the first of the parts that a worker would take from a lane whose query the admission policy finds not worth
  /// serving any more in that batch; false where there is none. The batch forms anew then.
  private mutating func dropsHopeless(from queue: Int, lane: Int, for w: Int, ahead: Bool) -> Bool {
    guard let limit = batchLimit, !mayRefuse else { return false }
    let held = ahead ? 0 : workers[w].runningImages
    let members = leading(lane, of: queue, space: maximumImages(w, shape: lane) - held)
    // What is encoded ahead joins those that run then, up to the limit.
    let images = min(limit, workers[w].runningImages + imageCount(members))
    for part in members where !progress[Int(parts[Int(part)].query)].hasStarted {
      let view = view(of: Int(part))
      // A static batch ends for all when its longest is done; of a continuous one each is done by itself, among as many
      // as there are: a full batch takes much longer than a query alone.
      let finish =
        joinsBetweenSteps
        ? predictedFinish(view, on: w, images: images) : predictedFinish(view, on: w, in: members)
      if policy.admission.isWorthwhile(view, finish: finish) { continue }
      end(query: Int(parts[Int(part)].query), as: .dropped(.hopelessBeforeService))
      return true
    }
    return false
  }

  /// The same for a part that is taken alone, or joins only where nobody is late.
  private mutating func isDroppedBeforeService(_ part: Int, on w: Int) -> Bool {
    guard batchLimit == nil || mayRefuse else { return false }
    let query = Int(parts[part].query)
    guard !progress[query].hasStarted else { return false }
    let view = view(of: part)
    let finish = predictedFinish(view, on: w, in: scratch + [Int32(part)])
    if policy.admission.isWorthwhile(view, finish: finish) { return false }
    end(query: query, as: .dropped(.hopelessBeforeService))
    return true
  }

  /// The first parts of a lane, as many as have room for their images; all stay where they are.
  mutating func leading(_ lane: Int, of queue: Int, space: Int) -> [Int32] {
    var space = space
    var leading: [Int32] = []
    var taken: [WorkQueue.Entry] = []
    while let entry = queues[queue].first(lane) {
      if isWaiting(entry.part) {
        let images = Int(parts[Int(entry.part)].images)
        guard images <= space else { break }
        space -= images
        leading.append(entry.part)
      }
      taken.append(entry)
      queues[queue].removeHead(lane)
    }
    for entry in taken { queues[queue].putBack(entry, shape: lane) }
    return leading
  }

  /// Plans a part whose service begins; false if the plan sends it to another model's lane.
  private mutating func begin(_ part: Int, on w: Int, queue: Int, ahead: Bool) -> Bool {
    let query = Int(parts[part].query)
    if !parts[part].isPlanned, does(.denoise, w) {
      let view = view(of: part, on: w)
      let context = context(of: part, on: w, queue: queue, ahead: ahead)
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
        rank(part, on: central ? nil : queue)
        enqueue(part, in: queue)
        return false
      }
    }
    parts[part].trajectory = trajectory(of: part)
    parts[part].worker = Int32(w)
    progress[query].worker = Int32(w)
    enter(.batchWait, Int32(part))
    if !progress[query].hasStarted {
      progress[query].start = loop.now
      countWaiting(-1)
    }
    return true
  }

  /// Asks for the ranks in a queue again, as worker `w` sees them.
  mutating func reprioritise(_ queue: Int, on w: Int) {
    var ranks: [Int32: Int64] = [:]
    for part in queues[queue].waiting where isWaiting(part) {
      let view = view(of: Int(part), on: w)
      let rank = policy.discipline.priority(of: view, at: loop.now)
      parts[Int(part)].priority = rank
      ranks[part] = rank.rank
    }
    queues[queue].reprioritise { ranks[$0] ?? .max }
  }
}
