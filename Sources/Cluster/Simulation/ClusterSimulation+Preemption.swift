import EventEngine
import LatencyProfiles
import Workload

/// Running queries that make way for waiting ones, between two steps.
extension ClusterSimulation {
  /// Whether an arriving query would take a running batch's place: at more workers than queries wait that go before it.
  func makesWay(_ query: QueryView) -> Bool {
    func seen(by w: Int) -> QueryView {
      var view = query
      view.predictedRemaining = predictedRemaining(
        shape: query.shape, images: query.images, evaluations: query.expectedSteps,
        isEncoded: false, pool: query.pool, on: w)
      return view
    }
    var free = 0
    for w in workers.indices where views[w].takes(query) {
      // What is being encoded will run.
      let running =
        workers[w].running
        + workers[w].group.filter { isToDo($0) && parts[Int($0)].evaluationsLeft > 0 }
      let yielding = yielding(running, to: seen(by: w), on: w)
      if !yielding.isEmpty,
        hasCapacity(for: query, among: running, without: yielding.map(\.part), w),
        startsAtOnce(query, from: queue(of: w), on: w)
      {
        free += 1
      }
    }
    if free == 0 { return false }
    for (index, queue) in queues.enumerated() {
      let w = central ? fastest(for: query) : index
      let rank = policy.discipline.priority(of: seen(by: w), at: loop.now)
      for part in queue.waiting where isWaiting(part) {
        let other = policy.discipline.priority(of: view(of: Int(part), on: w), at: loop.now)
        if other.rank <= rank.rank { free -= 1 }
      }
    }
    return free > 0
  }

  /// Those of a running batch that would make way for a query, and their ranks: of one that it cannot join all or none.
  private func yielding(
    _ running: [Int32], to query: QueryView, on w: Int
  ) -> [(part: Int32, rank: Priority)] {
    var yielding: [(part: Int32, rank: Priority)] = []
    for part in running {
      let view = view(of: Int(part), on: w)
      if policy.discipline.preempts(query, view, at: loop.now) {
        yielding.append((part, policy.discipline.priority(of: view, at: loop.now)))
      }
    }
    return yielding.count == running.count || isJoined(running, by: query) ? yielding : []
  }

  /// Whether a query fits a running batch when some of it have made way; one that it cannot join makes way as a whole.
  private func hasCapacity(
    for query: QueryView, among running: [Int32], without yielding: [Int32], _ w: Int
  ) -> Bool {
    guard isJoined(running, by: query), yielding.count < running.count else { return true }
    return imageCount(running) - imageCount(yielding) + query.images
      <= maximumImages(w, shape: Int(query.shape.rawValue))
  }

  /// Whether a batch of an arriving query and those of its kind that wait need not wait for company or for a slot.
  private func startsAtOnce(_ query: QueryView, from queue: Int, on w: Int) -> Bool {
    if prefetches, does(.denoise, w), workers[w].inputsHeld >= buffer ?? 0 { return false }
    let lane = Int(query.shape.rawValue)
    return batchWait == .zero
      || isFull(queues[queue].images[lane] + query.images, shape: lane, on: w)
  }

  /// Whether a query may join these while they run.
  private func isJoined(_ running: [Int32], by query: QueryView) -> Bool {
    guard let first = running.first else { return false }
    return joinsBetweenSteps && parts[Int(first)].shape == query.shape
  }

  /// Gives the running batch's place to what goes first of all that waits, where the discipline says so.
  mutating func preempt(_ w: Int) {
    let queue = queue(of: w)
    if rankVaries { reprioritise(queue, on: w) }
    guard let (candidate, images) = challenger(w, queue) else { return }
    let lane = Int(candidate.shape.rawValue)
    let running = workers[w].running
    var yielding = yielding(running, to: candidate, on: w)
    if yielding.isEmpty { return }
    if isJoined(running, by: candidate) {
      // Those furthest behind, as many as it takes; nobody where all of them are not enough.
      yielding.sort {
        ($1.rank, parts[Int($1.part)].sequence) < ($0.rank, parts[Int($0.part)].sequence)
      }
      var space = maximumImages(w, shape: lane) - workers[w].runningImages
      var count = 0
      while space < images, count < yielding.count {
        space += Int(parts[Int(yielding[count].part)].images)
        count += 1
      }
      guard space >= images else { return }
      yielding.removeLast(yielding.count - count)
    }
    for (part, _) in yielding.reversed() {
      workers[w].runningImages -= Int(parts[Int(part)].images)
      workers[w].running.removeAll { $0 == part }
      leaveClock(Int(part), of: w)
      // It has waited for company already.
      parts[Int(part)].enqueued = loop.now - batchWait
      rank(Int(part), on: w)
      enqueue(Int(part), in: queue)
    }
    workers[w].foreseen = .nothing
    refreshRunning(w)
    // Others may serve those that made way, though not what they made way for.
    if !yielding.isEmpty, central || stealing {
      loop.schedule(.wake(queue: Int32(queue)), after: .zero)
    }
    guard workers[w].running.isEmpty else { return }
    for helper in returnHelpers(w) {
      loop.schedule(.wake(queue: Int32(self.queue(of: Int(helper)))), after: .zero)
    }
  }

  /// What may take the running batch's place, and its images: the queue's head, or where batches are encoded
  /// ahead, the first that is ready.
  private mutating func challenger(_ w: Int, _ queue: Int) -> (view: QueryView, images: Int)? {
    if prefetches, does(.denoise, w) {
      orderReady(w)
      guard let batch = workers[w].ready.first else { return nil }
      let group = batches[Int(batch)].parts
      return (view(of: Int(group[0]), on: w), imageCount(group))
    }
    var notDue: [Int] = []
    while let lane = firstLane(of: queue, servedBy: w, except: notDue),
      let head = queues[queue].head(lane)
    {
      // As a batch of its own: nobody makes way for one that would not start.
      if isDue(lane: lane, of: queue, for: w, ahead: true) {
        let view = view(of: Int(head), on: w)
        return (view, view.images)
      }
      notDue.append(lane)
    }
    return nil
  }

  /// Puts batches that are encoded ahead in the discipline's order: what made way is among them again.
  mutating func orderReady(_ w: Int) {
    guard isPreemptive, workers[w].ready.count > 1 else { return }
    var ranks: [(rank: Priority, sequence: UInt64, batch: Int32)] = []
    for batch in workers[w].ready {
      let first = Int(batches[Int(batch)].parts[0])
      let rank = policy.discipline.priority(of: view(of: first, on: w), at: loop.now)
      ranks.append((rank, parts[first].sequence, batch))
    }
    ranks.sort { ($0.rank, $0.sequence) < ($1.rank, $1.sequence) }
    workers[w].ready = ranks.map(\.batch)
  }
}
