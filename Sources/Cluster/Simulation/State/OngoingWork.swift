import EventEngine
import LatencyProfiles
import Workload

/// Work whose end is not known when it begins: it is done for real, or what runs beside it slows it down.
struct OngoingWork {
  /// What its end brings about.
  let event: ClusterEvent
  let began: SimulationTime
  let node: Int32
  let worker: Int32
  let stage: Stage
  /// Cores that it takes; 0 = it is an accelerator's.
  let cores: Int32
  let images: Int
  /// The oldest part.
  let part: Int32
  let batch: Int32
  /// What its time rests on.
  let basis: TimeBasis
  /// The queries of the batch, where the observer wants them.
  let members: [QueryID]
  /// Nanoseconds that are left of it, as of ``since``, if it runs alone; not of live work.
  var left = 0.0
  var since: SimulationTime
  /// What its time is multiplied by at present; 0 before it is known.
  var factor = 0.0
  var end: EventHandle?

  var isOnCore: Bool { cores > 0 }
}

/// Keeping track of ongoing work, by ticket.
extension ClusterSimulation {
  /// Begins work; `nanoseconds` is what it takes alone, as far as anybody knows.
  mutating func track(
    _ stage: Stage, on w: Int, _ group: [Int32], images: Int, cores: Int, batch: Int32,
    nanoseconds: Int64, basis: TimeBasis, then event: ClusterEvent
  ) {
    let ticket = ongoing.firstIndex { $0 == nil } ?? ongoing.count
    if ticket == ongoing.count { ongoing.append(nil) }
    ongoing[ticket] = OngoingWork(
      event: event, began: loop.now, node: workers[w].node, worker: Int32(w), stage: stage,
      cores: Int32(cores), images: images, part: group[0], batch: batch,
      basis: basis,
      members: wantsMembers ? group.map { QueryID(rawValue: parts[Int($0)].query) } : [],
      left: Double(nanoseconds), since: loop.now)
    if let executor {
      executor.begin(liveWork(ticket, stage, on: w, group, images: images, isOnCore: cores > 0))
    } else {
      mustSettle = true
    }
  }

  /// Work is done: charges it, tells the observer, and goes on with what it brings about.
  mutating func workDone(_ ticket: Int) {
    guard let work = ongoing[ticket] else { return }
    ongoing[ticket] = nil
    mustSettle = true
    charge(work)
    if wantsSpans { report(work) }
    lastWork = loop.now
    handle(work.event)
  }

  /// Charges the time of ongoing work up to now.
  mutating func charge(_ work: OngoingWork) {
    let spent = counted(from: work.began)
    if work.isOnCore {
      cpuPools[Int(work.node)].charge(
        spent * Int64(work.cores), for: work.stage, basis: work.basis)
      return
    }
    let w = Int(work.worker)
    workers[w].charge(spent, for: work.stage, basis: work.basis)
    guard work.stage == .denoise else { return }
    for helper in workers[w].helpers {
      workers[Int(helper)].charge(spent, for: work.stage, basis: work.basis)
    }
  }

  private mutating func report(_ work: OngoingWork) {
    let w = Int(work.worker)
    let shared = work.isOnCore || work.stage != .denoise ? [] : workers[w].helpers
    for worker in [work.worker] + shared {
      observer.spanEnded(
        Span(
          worker: WorkerID(rawValue: worker), resource: work.isOnCore ? .cpu : .accelerator,
          stage: work.stage, start: work.began, end: loop.now, images: work.images,
          query: QueryID(rawValue: parts[Int(work.part)].query),
          model: parts[Int(work.part)].model,
          batch: worker == work.worker ? work.batch : workers[Int(worker)].batch,
          members: work.members))
    }
  }

  /// Forgets what a failed node was working on.
  mutating func dropOngoing(of node: Int) {
    for ticket in ongoing.indices {
      guard let work = ongoing[ticket], work.node == node else { continue }
      charge(work)
      if let end = work.end { loop.cancel(end) }
      ongoing[ticket] = nil
    }
  }

  /// Sets the ends of ongoing work anew, where what runs beside it has changed.
  ///
  /// Work goes on at 1 / factor of its pace alone. Beside several pieces the largest factor counts (Assumed).
  mutating func settleOngoing() {
    mustSettle = false
    for ticket in ongoing.indices {
      guard var work = ongoing[ticket] else { continue }
      let factor = factor(of: work)
      if factor == work.factor { continue }
      if work.factor > 0 {
        work.left -= Double((loop.now - work.since).nanoseconds) / work.factor
      }
      if let end = work.end { loop.cancel(end) }
      work.since = loop.now
      work.factor = factor
      let left = SimulationDuration(nanoseconds: Int64(max(0, work.left * factor).rounded()))
      work.end = loop.scheduleCancellable(.workDone(ticket: Int32(ticket)), at: loop.now + left)
      ongoing[ticket] = work
    }
  }

  private func factor(of work: OngoingWork) -> Double {
    guard let interference = nodes[Int(work.node)].interference else { return 1 }
    var largest: Double?
    for case let other? in ongoing where other.node == work.node && other.isOnCore != work.isOnCore
    {
      let factor = interference.factor(
        of: work.stage, onCore: work.isOnCore, concurrentWith: other.stage)
      largest = max(largest ?? factor, factor)
    }
    return largest ?? 1
  }
}
