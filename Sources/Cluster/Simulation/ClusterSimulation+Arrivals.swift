import EventEngine
import LatencyProfiles
import Workload

/// Arrival, admission, splitting, dispatching and queueing.
extension ClusterSimulation {
  mutating func arrive() {
    guard let query = upcoming else { return }
    let index = usage.offered
    precondition(Int(query.id.rawValue) == index, "query ids are not dense")
    precondition(
      batchLimit != nil || Int(query.images) <= times.maximumBatch,
      "service times were made for smaller batches")
    upcoming = arrivals.next()
    if let next = upcoming { loop.schedule(.arrival, at: max(next.arrival, loop.now)) }
    progress.append(QueryProgress(query: query))
    usage.offered += 1
    // A live run may be late to see it: it is in the system from now on, and its latency counts from its arrival.
    usage.residenceSum -= Int128((loop.now - query.arrival).nanoseconds)
    inSystem.add(1, at: loop.now)
    countWaiting(1)
    loadMeter?.countArrival(at: loop.now)
    let model = firstModel ?? query.model
    let shape =
      times.shapes.count == 1
      ? ShapeID(rawValue: 0) : self.shape(model: model, size: query.size)
    progress[index].firstPart = Int32(parts.end)
    let steps = expectedSteps(of: query, shape: shape, model: model)
    let fitting = partLimits.isEmpty ? .max : partLimits[Int(shape.rawValue)]
    let limit = Int32(min(batchLimit ?? Int(query.images), fitting))
    if !admitsAll {
      let service = predictedService(shape: shape, images: query.images, steps: steps)
      var wanted = QueryView(
        query, shape: shape, model: model, images: query.images, predictedService: service)
      wanted.expectedSteps = Int(steps)
      var cluster = clusterView()
      if isPreemptive {
        // Its first images are what others would make way for.
        var first = wanted
        first.images = Int(min(query.images, limit))
        first.predictedService = predictedService(
          shape: shape, images: Int32(first.images), steps: steps)
        cluster.isPreempting = makesWay(first)
      }
      if case .drop(let reason) = policy.admission.admit(wanted, cluster) {
        end(query: index, as: .dropped(reason))
        return
      }
    }
    var left = query.images
    while left > 0 {
      let images = min(left, limit)
      var part = Part(query: Int32(index), images: images, shape: shape, model: model)
      part.expectedSteps = steps
      part.predictedService = predictedService(shape: shape, images: images, steps: steps)
      parts.append(part)
      if wantsJourneys { clocks.append(JourneyClock(since: query.arrival)) }
      left -= limit
    }
    let first = Int(progress[index].firstPart)
    progress[index].parts = Int32(parts.end - first)
    progress[index].partsLeft = progress[index].parts
    let last = parts.end
    if abandons { loop.schedule(.deadline(query: Int32(index)), at: max(query.deadline, loop.now)) }
    // A worker may look at the first part and find the whole query not worth serving.
    for part in first..<last where !progress[index].hasEnded { dispatch(part) }
  }

  mutating func countWaiting(_ delta: Int) {
    // A query that begins at once never waited: only what has lasted counts.
    if loop.now > waitingSince, loop.now > countingFrom {
      usage.maximumWaiting = max(usage.maximumWaiting, waiting.value)
    }
    waitingSince = loop.now
    waiting.add(delta, at: loop.now)
    if wantsSpans, delta != 0 { observer.queueChanged(waiting: waiting.value, at: loop.now) }
  }

  /// The queue that feeds a worker: its own, or its pool's.
  func queue(of w: Int) -> Int { central ? Int(workers[w].pool) : w }

  /// A query that is still waiting for its service has waited too long.
  mutating func abandon(_ query: Int) {
    guard progress.contains(query), !progress[query].hasStarted else { return }
    end(query: query, as: .dropped(.abandoned))
  }

  /// Puts a part into the queue that the dispatcher chooses.
  mutating func dispatch(_ part: Int) {
    var queue = Int(parts[part].pool)
    if !central {
      var random = RandomStream(
        seed: seed, stream: .dispatch, entity: entity(of: part, stage: .encode))
      let cluster = clusterView()
      let worker = policy.dispatcher.chooseWorker(
        for: view(of: part), among: cluster, using: &random)
      queue = Int(worker.rawValue)
      precondition(workers.indices.contains(queue), "a dispatcher chose a worker that isn't there")
      // Where no worker takes a query now, a dispatcher may name one that never will.
      if workers[queue].pool != parts[part].pool { queue = fastest(for: part) }
    }
    parts[part].enqueued = loop.now
    sequence += 1
    parts[part].sequence = sequence
    rank(part, on: central ? nil : queue)
    enqueue(part, in: queue)
    wake(queue: queue)
  }

  mutating func enqueue(_ part: Int, in queue: Int) {
    if maintainsViews {
      let node = NodeID(rawValue: workers[central ? fastest(for: part) : queue].node)
      parts[part].queuedWork =
        times.amortisedTime(
          node: node, shape: parts[part].shape, images: Int(parts[part].images),
          evaluations: Int(evaluationsToCome(part)), isEncoded: parts[part].isEncoded,
          options: options
        ).nanoseconds
    }
    parts[part].isWaiting = true
    if wantsJourneys { clocks[part].enterQueue(at: loop.now) }
    parts[part].worker = central ? -1 : Int32(queue)
    let load = parts[part].load
    let (rank, sequence) = (parts[part].priority, parts[part].sequence)
    queues[queue].insert(load, rank: rank, sequence: sequence, part: Int32(part))
    if batchWait > .zero {
      let since = parts[part].enqueued
      queues[queue].note(Int32(part), lane: load.shape, joinedAt: since)
      // Now, whoever looks: of waits that end at one instant, the one that began first ends first.
      if since + batchWait > loop.now {
        loop.schedule(.waitOver(since: since, part: Int32(part)), at: since + batchWait)
      }
    }
    refreshView(ofQueue: queue)
  }

  /// The end of a wait is a look at the queue where the part still waits. Who has gone and made way since need
  /// not wait for company again: then it is none.
  mutating func endWait(of part: Int, since: SimulationTime) {
    guard isWaiting(Int32(part)), parts[part].enqueued == since else { return }
    wake(queue: central ? Int(parts[part].pool) : Int(parts[part].worker))
  }

  /// Takes a part out of its queue's counts; its heap entry must go too, now or when it surfaces.
  mutating func dequeue(_ part: Int, from queue: Int) {
    parts[part].isWaiting = false
    let load = parts[part].load
    queues[queue].count(load, sign: -1)
    refreshView(ofQueue: queue)
  }

  mutating func refreshView(ofQueue queue: Int) {
    guard !central else { return }
    views[queue].queuedParts = queues[queue].parts
    views[queue].queuedImages = queues[queue].totalImages
    refreshQueuedWork(queue)
  }

  /// What a worker is still to begin: in its own queue, or encoded ahead.
  mutating func refreshQueuedWork(_ w: Int) {
    let own = central ? 0 : queues[w].work
    views[w].queuedWork = SimulationDuration(nanoseconds: own + workers[w].aheadWork)
  }

  /// Ranks a part by the discipline, as worker `w` would serve it; nil = the fastest.
  mutating func rank(_ part: Int, on w: Int?) {
    parts[part].priority = policy.discipline.priority(of: view(of: part, on: w), at: loop.now)
  }

  /// Lets workers that could take from a queue look at it.
  mutating func wake(queue: Int) {
    if !central {
      if workers[queue].isParked { advance(queue) } else if prefetches { prefetch(queue) }
      if stealing, queues[queue].parts > 0, parkedCount > 0 { offer(queue: queue, .toThieves) }
      return
    }
    if parkedCount > 0 {
      // A parked worker may hold what is encoded ahead: first those that hold nothing.
      if prefetches { offer(queue: queue, .toEmptyHanded) }
      offer(queue: queue, .toParked)
    }
    if prefetches, queues[queue].parts > 0 { offer(queue: queue, .toPrefetch) }
  }

  /// Whom a queue is offered to.
  private enum Offer { case toThieves, toEmptyHanded, toParked, toPrefetch }

  /// Offers what waits in a queue to workers, one after the other, in the order for its first query.
  private mutating func offer(queue: Int, _ offer: Offer) {
    var order = wakeOrder(ofQueue: queue)
    var place = 0
    while place < workers.count, queues[queue].parts > 0 {
      let worker = wakeOrders.worker(order, place)
      place += 1
      guard offer == .toThieves || workers[worker].pool == queue else { continue }
      let waiting = queues[queue].parts
      guard offer == .toPrefetch || workers[worker].isParked,
        offer != .toEmptyHanded || workers[worker].inputsHeld == 0
      else { continue }
      if prefetches, does(.denoise, worker) {
        // One batch, that what is behind it may go to who holds less.
        prefetch(worker, atMost: 1)
        if workers[worker].isParked, !workers[worker].ready.isEmpty { advance(worker) }
      } else if offer != .toPrefetch {
        advance(worker)
        // What a worker without restrictions leaves, no other takes.
        if offer == .toParked, !prefetches, workers[worker].isParked, views[worker].isActive,
          views[worker].model == nil, servedShapes.isEmpty
        {
          return
        }
      }
      // Who is fastest for the query behind may be another, and who holds least.
      if queues[queue].parts != waiting, prefetches || !wakeOrders.areAlike {
        (order, place) = (wakeOrder(ofQueue: queue), 0)
      }
    }
  }

  func shape(model: ModelID, size: ImageSize) -> ShapeID {
    let shape = Shape(model: models[Int(model.rawValue)], size: size)
    guard let id = times.id(of: shape) else {
      preconditionFailure("no service times were made for \(shape.model) at \(shape.size)")
    }
    return id
  }

  /// What policies may know of a part; what is left of it as predicted for worker `w`, nil = the fastest.
  func view(of part: Int, on w: Int? = nil) -> QueryView {
    let query = parts[part].query
    var view = QueryView(
      progress[Int(query)].query, shape: parts[part].shape, model: parts[part].model,
      images: parts[part].images, predictedService: parts[part].predictedService)
    if readsRemaining {
      view.predictedRemaining = predictedRemaining(of: part, on: w ?? fastest(for: part))
    }
    view.expectedSteps = Int(parts[part].expectedSteps)
    view.resubmissions = Int(parts[part].resubmissions)
    view.pool = Int(parts[part].pool)
    return view
  }

  /// Has another model make a part's images.
  mutating func setModel(of part: Int, to model: ModelID) {
    let query = progress[Int(parts[part].query)].query
    let shape = shape(model: model, size: query.size)
    parts[part].model = model
    parts[part].shape = shape
    parts[part].expectedSteps = expectedSteps(
      of: query, shape: shape, model: model, resubmissions: parts[part].resubmissions)
    parts[part].predictedService = predictedService(
      shape: shape, images: parts[part].images, steps: parts[part].expectedSteps)
  }

  /// Evaluations that the step policy expects of a query; those that it asks for where the policy makes no prediction.
  private func expectedSteps(
    of query: Query, shape: ShapeID, model: ModelID, resubmissions: Int32 = 0
  ) -> Int32 {
    guard predictsSteps else { return query.steps }
    var view = QueryView(
      query, shape: shape, model: model, images: query.images, predictedService: .zero)
    view.resubmissions = Int(resubmissions)
    return Int32(clamping: max(policy.steps.predictedSteps(of: view), 1))
  }

  mutating func predictedService(
    shape: ShapeID, images: Int32, steps: Int32
  ) -> SimulationDuration {
    let key = ServiceKey(shape: shape, images: images, steps: steps)
    return predictedServices.value(of: key) { [times, placement] in
      times.fastestStandalone(
        shape: shape, images: Int(images), evaluations: Int(steps), placement: placement)
    }
  }
}

extension QueryView {
  /// A view of some of a query's images, served by a model.
  fileprivate init(
    _ query: Query, shape: ShapeID, model: ModelID, images: Int32,
    predictedService: SimulationDuration
  ) {
    self.init(
      id: query.id, arrival: query.arrival, deadline: query.deadline, model: model, shape: shape,
      images: Int(images), requestedSteps: Int(query.steps), promptSeed: query.promptSeed,
      serviceClass: query.serviceClass, predictedService: predictedService, resubmissions: 0,
      priority: query.priority)
    requestedModel = query.model
  }
}
