import EventEngine
import Testing

/// What the queue must do, in the plainest code: a list sorted by time, then by order of insertion.
private struct ReferenceQueue {
  struct Entry {
    let time: Int64
    let id: Int
  }
  private(set) var entries: [Entry] = []

  mutating func schedule(_ id: Int, at time: Int64) {
    let place = entries.firstIndex { $0.time > time } ?? entries.count
    entries.insert(Entry(time: time, id: id), at: place)
  }

  mutating func cancel(_ id: Int) -> Bool {
    guard let place = entries.firstIndex(where: { $0.id == id }) else { return false }
    entries.remove(at: place)
    return true
  }

  mutating func pop() -> Entry? { entries.isEmpty ? nil : entries.removeFirst() }
}

@Suite struct EventQueueTests {
  /// `bias`: of ten operations, how many cancel; the rest schedules more often than it pops.
  @Test(arguments: [1, 4, 7], 1...4 as ClosedRange<UInt64>)
  func agreesWithTheReference(_ bias: Int, _ seed: UInt64) {
    var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1))
    var queue = EventQueue<Int>()
    var reference = ReferenceQueue()
    var handles: [(id: Int, handle: EventHandle)] = []
    for id in 0..<4000 {
      // Few different times, so that ties are common.
      let time = Int64(random.index(below: 200))
      switch random.index(below: 14) {
      case ..<bias where !handles.isEmpty:
        // Of any event there ever was: pending, fired or cancelled.
        let victim = handles[random.index(below: handles.count)]
        #expect(queue.cancel(victim.handle) == reference.cancel(victim.id))
      case 11...:
        let expected = reference.pop()
        let got = queue.pop()
        #expect(got?.event == expected?.id && got?.time.nanoseconds == expected?.time)
      case let other:
        reference.schedule(id, at: time)
        if other.isMultiple(of: 3) {
          queue.schedule(id, at: SimulationTime(nanoseconds: time))
        } else {
          handles.append(
            (id, queue.scheduleCancellable(id, at: SimulationTime(nanoseconds: time))))
        }
      }
      #expect(queue.count == reference.entries.count)
      #expect(queue.isEmpty == reference.entries.isEmpty)
      if id.isMultiple(of: 5) {
        #expect(queue.nextTime()?.nanoseconds == reference.entries.first?.time)
      }
    }
    while let expected = reference.pop() { #expect(queue.pop()?.event == expected.id) }
    #expect(queue.pop() == nil && queue.isEmpty)
  }

  @Test func tiesGoInOrderOfInsertion() {
    var queue = EventQueue<Int>()
    for id in 0..<500 {
      if id.isMultiple(of: 2) {
        queue.schedule(id, at: .zero)
      } else {
        _ = queue.scheduleCancellable(id, at: .zero)
      }
    }
    for id in 0..<500 { #expect(queue.pop()?.event == id) }
  }

  @Test func cancellingTwiceOrTooLateIsFalse() {
    var queue = EventQueue<Int>()
    let first = queue.scheduleCancellable(1, at: .zero)
    #expect(queue.cancel(first) && !queue.cancel(first))
    let second = queue.scheduleCancellable(2, at: .zero)
    #expect(queue.pop()?.event == 2)
    #expect(!queue.cancel(second) && !queue.cancel(first))
  }

  /// A ticket freed by a fired event serves the next; the old handle must not cancel the new event.
  @Test func oldHandlesDoNotTouchNewEvents() {
    var queue = EventQueue<Int>()
    var old: [EventHandle] = []
    for round in 0..<100 {
      old.append(queue.scheduleCancellable(round, at: .zero))
      for handle in old.dropLast() { #expect(queue.cancel(handle) == false) }
      #expect(queue.pop()?.event == round)
    }
  }

  /// Over 64 cancelled, and more than half: the queue throws them out and goes on as before.
  @Test func purgingKeepsTheLivingInOrder() {
    var queue = EventQueue<Int>()
    let handles = (0..<1000).map { id in
      (id, queue.scheduleCancellable(id, at: SimulationTime(nanoseconds: Int64(999 - id) / 10)))
    }
    for (id, handle) in handles where !id.isMultiple(of: 9) {
      #expect(queue.cancel(handle) == true)
    }
    #expect(queue.count == 112)
    for (id, handle) in handles where !id.isMultiple(of: 9) {
      #expect(queue.cancel(handle) == false, "\(id)")
    }
    // New events take the freed tickets.
    let more = (1000..<1500).map { queue.scheduleCancellable($0, at: .zero) }
    for handle in more { #expect(queue.cancel(handle) == true) }
    var last: (time: SimulationTime, id: Int)?
    var popped = 0
    while let (time, id) = queue.pop() {
      #expect(id.isMultiple(of: 9) && id < 1000)
      if let last { #expect(last.time < time || (last.time == time && last.id < id)) }
      last = (time, id)
      popped += 1
    }
    #expect(popped == 112)
  }
}

@Suite struct EventLoopTests {
  @Test func stopsAtTheHorizon() {
    var loop = EventLoop<Int>()
    for seconds in [1, 2, 3] {
      loop.schedule(seconds, at: SimulationTime(seconds: Double(seconds)))
    }
    let horizon = SimulationTime(seconds: 2)
    #expect(loop.step(until: horizon) == 1)
    #expect(loop.step(until: horizon) == 2, "an event on the horizon still happens")
    #expect(loop.step(until: horizon) == nil)
    #expect(loop.now == horizon && loop.pendingCount == 1 && loop.handledCount == 2)
    #expect(loop.step(until: SimulationTime(seconds: 2.5)) == nil)
    #expect(loop.now == SimulationTime(seconds: 2.5))
    // A horizon in the past moves nothing.
    #expect(loop.step(until: .zero) == nil)
    #expect(loop.now == SimulationTime(seconds: 2.5))
    #expect(loop.step() == 3)
    #expect(loop.step() == nil)
    #expect(loop.now == SimulationTime(seconds: 3), "without a horizon the clock stays")
    #expect(loop.step(until: SimulationTime(seconds: 9)) == nil)
    #expect(loop.now == SimulationTime(seconds: 9), "a run lasts to its horizon, events or not")
  }

  @Test func clockNeverGoesBack() {
    var loop = EventLoop<Int>()
    var random = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 1))
    loop.schedule(0, after: .zero)
    var last = SimulationTime.zero
    var seen = 0
    loop.run(until: SimulationTime(nanoseconds: 5_000)) { _, loop in
      #expect(loop.now >= last)
      last = loop.now
      seen += 1
      for _ in 0..<(loop.pendingCount < 50 ? 2 : 1) {
        loop.schedule(0, after: SimulationDuration(nanoseconds: Int64(random.index(below: 20))))
      }
    }
    #expect(seen > 1000 && loop.handledCount == seen)
  }

  @Test func cancelledEventsNeverHappen() {
    var loop = EventLoop<Int>()
    let handle = loop.scheduleCancellable(1, at: SimulationTime(seconds: 1))
    loop.schedule(2, at: SimulationTime(seconds: 2))
    #expect(loop.cancel(handle) == true)
    #expect(loop.step(until: SimulationTime(seconds: 1.5)) == nil)
    #expect(loop.step() == 2 && loop.handledCount == 1)
  }
}
