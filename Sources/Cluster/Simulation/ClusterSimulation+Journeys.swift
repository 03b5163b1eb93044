import EventEngine
import LatencyProfiles
import Workload

/// What parts of queries go through, where the observer wants to know.
extension ClusterSimulation {
  @inline(__always)
  mutating func enter(_ state: QueryState, _ part: Int32) {
    if wantsJourneys { clocks[Int(part)].enter(state, at: loop.now) }
  }

  mutating func enter(_ state: QueryState, _ group: [Int32]) {
    guard wantsJourneys else { return }
    for part in group { clocks[Int(part)].enter(state, at: loop.now) }
  }

  /// A worker begins a stage of a group.
  mutating func enter(_ stage: Stage, _ group: [Int32], on w: Int) {
    guard wantsJourneys else { return }
    for part in group { clocks[Int(part)].begin(stage, on: Int32(w), at: loop.now) }
  }

  /// A step of the running batch begins: nothing changes for those that were in the last one, but by who joins them.
  mutating func enterStep(_ w: Int) {
    guard wantsJourneys, !workers[w].isDenoising else { return }
    workers[w].isDenoising = true
    for i in workers[w].running.indices {
      let part = Int(workers[w].running[i])
      clocks[part].begin(.denoise, on: Int32(w), at: loop.now)
      clocks[part].takeStep(among: workers[w].runningImages)
    }
  }

  /// The worker is about to do something else than a step of its running batch.
  mutating func interruptSteps(_ w: Int, for state: QueryState = .batchWait) {
    guard wantsJourneys else { return }
    workers[w].isDenoising = false
    enter(state, workers[w].running)
  }

  /// A part joins the running batch.
  mutating func joinClock(_ part: Int, of w: Int) {
    guard wantsJourneys else { return }
    workers[w].isDenoising = false
    clocks[part].enter(.batchWait, at: loop.now)
    clocks[part].join(workers[w].batchCount)
  }

  /// A part leaves the running batch.
  @inline(__always)
  mutating func leaveClock(_ part: Int, of w: Int) {
    if wantsJourneys { clocks[part].leave(workers[w].batchCount) }
  }

  /// Tells the observer of a query that ends now: along `last`, or the first of its parts that has not ended.
  mutating func reportJourney(ofQuery query: Int, last: Int?) {
    guard wantsJourneys else { return }
    let p = progress[query]
    let own = Int(p.firstPart)..<Int(p.firstPart + p.parts)
    guard let part = last ?? own.first(where: { !clocks[$0].hasEnded }) else {
      // It was turned away before it was split into parts.
      var times = StateTimes()
      times[.waiting] = loop.now - p.query.arrival
      observer.journeyEnded(
        QueryJourney(
          query: p.query.id, times: times, model: firstModel ?? p.query.model,
          workers: SIMD4(repeating: -1), evaluationsLost: 0, resubmissions: 0,
          batchImagesMaximum: 0))
      return
    }
    var clock = clocks[part]
    clock.settle(at: loop.now)
    let lost = own.reduce(0) { $0 + Int(clocks[$1].evaluationsLost) }
    observer.journeyEnded(
      QueryJourney(
        query: p.query.id, times: clock.times, model: parts[part].model, workers: clock.workers,
        evaluationsLost: Double(lost) / Double(own.count),
        resubmissions: Int(parts[part].resubmissions), batchImagesMean: clock.batchImagesMean,
        batchImagesMaximum: Int(clock.batchImagesMaximum)))
  }
}
