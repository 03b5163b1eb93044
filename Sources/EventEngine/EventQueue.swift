public import HeapModule

/// Names a scheduled event so that it can be cancelled; stays safe to use after the event is gone.
public struct EventHandle: Hashable, Sendable {
  @usableFromInline let ticket: UInt32
  @usableFromInline let sequence: UInt64

  @inlinable init(ticket: UInt32, sequence: UInt64) {
    self.ticket = ticket
    self.sequence = sequence
  }
}

/// A queue of future events ordered by time, and by order of insertion where times are equal.
///
/// Events are values and live in the heap's own storage: once that has grown to the largest number
/// pending, nothing is allocated. A cancelled event stays in the heap until it surfaces or until
/// cancelled ones are the majority.
public struct EventQueue<Event> {
  @usableFromInline
  struct Entry: Comparable {
    @usableFromInline let time: Int64
    @usableFromInline let sequence: UInt64
    @usableFromInline let ticket: UInt32
    @usableFromInline let event: Event

    @inlinable init(time: Int64, sequence: UInt64, ticket: UInt32, event: Event) {
      self.time = time
      self.sequence = sequence
      self.ticket = ticket
      self.event = event
    }

    @inlinable static func < (a: Self, b: Self) -> Bool {
      a.time < b.time || (a.time == b.time && a.sequence < b.sequence)
    }
    @inlinable static func == (a: Self, b: Self) -> Bool { a.sequence == b.sequence }
  }

  @usableFromInline var heap = Heap<Entry>()
  @usableFromInline var nextSequence: UInt64 = 0
  /// For each ticket the sequence number of the live event that holds it; 0 = free or cancelled.
  /// Ticket 0 is that of events which cannot be cancelled.
  @usableFromInline var tickets: [UInt64] = [0]
  @usableFromInline var freeTickets: [UInt32] = []
  @usableFromInline var cancelledCount = 0

  /// An empty queue.
  @inlinable public init() {}

  /// Number of events that will still happen.
  @inlinable public var count: Int { heap.count - cancelledCount }
  /// Whether nothing is pending.
  @inlinable public var isEmpty: Bool { count == 0 }

  /// Makes room for `count` pending events.
  @inlinable public mutating func reserveCapacity(_ count: Int) { heap.reserveCapacity(count) }

  /// Adds an event that will not be cancelled.
  ///
  /// - Complexity: O(log `count`).
  @inlinable public mutating func schedule(_ event: Event, at time: SimulationTime) {
    nextSequence += 1
    heap.insert(
      Entry(time: time.nanoseconds, sequence: nextSequence, ticket: 0, event: event))
  }

  /// Adds an event and returns the handle to cancel it with.
  ///
  /// - Complexity: O(log `count`).
  @inlinable public mutating func scheduleCancellable(
    _ event: Event, at time: SimulationTime
  ) -> EventHandle {
    nextSequence += 1
    let ticket: UInt32
    if let free = freeTickets.popLast() {
      ticket = free
      tickets[Int(free)] = nextSequence
    } else {
      ticket = UInt32(tickets.count)
      tickets.append(nextSequence)
    }
    heap.insert(
      Entry(time: time.nanoseconds, sequence: nextSequence, ticket: ticket, event: event))
    return EventHandle(ticket: ticket, sequence: nextSequence)
  }

  /// Cancels an event; false if it has happened or was cancelled before.
  ///
  /// - Complexity: O(1) amortised.
  @discardableResult
  @inlinable public mutating func cancel(_ handle: EventHandle) -> Bool {
    guard tickets[Int(handle.ticket)] == handle.sequence else { return false }
    tickets[Int(handle.ticket)] = 0
    cancelledCount += 1
    if cancelledCount > 64, cancelledCount > heap.count / 2 { purge() }
    return true
  }

  /// The time of the next event, or nil if none is pending.
  @inlinable public mutating func nextTime() -> SimulationTime? {
    discardCancelled()
    return heap.min.map { SimulationTime(nanoseconds: $0.time) }
  }

  /// Removes and returns the next event, or nil if none is pending.
  ///
  /// - Complexity: O(log `count`).
  @inlinable public mutating func pop() -> (time: SimulationTime, event: Event)? {
    while let entry = heap.popMin() {
      if entry.ticket != 0 {
        let live = tickets[Int(entry.ticket)] == entry.sequence
        release(entry.ticket)
        if !live {
          cancelledCount -= 1
          continue
        }
      }
      return (SimulationTime(nanoseconds: entry.time), entry.event)
    }
    return nil
  }

  @inlinable mutating func discardCancelled() {
    while let entry = heap.min, entry.ticket != 0,
      tickets[Int(entry.ticket)] != entry.sequence
    {
      heap.removeMin()
      release(entry.ticket)
      cancelledCount -= 1
    }
  }

  /// A ticket is reused only when its entry has left the heap, so one ticket never stands for two.
  @inlinable mutating func release(_ ticket: UInt32) {
    tickets[Int(ticket)] = 0
    freeTickets.append(ticket)
  }

  @inlinable mutating func purge() {
    var kept: [Entry] = []
    kept.reserveCapacity(count)
    for entry in heap.unordered {
      if entry.ticket == 0 || tickets[Int(entry.ticket)] == entry.sequence {
        kept.append(entry)
      } else {
        release(entry.ticket)
      }
    }
    heap = Heap(kept)
    cancelledCount = 0
  }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Entry: Sendable where Event: Sendable {}
