/// Names a scheduled event so that it can be cancelled; stays safe to use after the event is gone.
public struct EventHandle: Hashable, Sendable {
  @usableFromInline let order: UInt64

  @inlinable init(order: UInt64) { self.order = order }
}

/// A queue of future events ordered by time, and by order of insertion where times are equal.
///
/// A queue has one owner. Events are values and live in the heap's own storage: once that has grown to the largest number
/// pending, nothing is allocated for those that cannot be cancelled. A cancelled event stays in the
/// heap until it surfaces or until cancelled ones are the majority.
public struct EventQueue<Event>: ~Copyable {
  @usableFromInline
  struct Entry: Comparable {
    @usableFromInline let time: Int64
    /// Twice the number of its insertion; odd where it may be cancelled.
    @usableFromInline let order: UInt64
    @usableFromInline let event: Event

    @inlinable init(time: Int64, order: UInt64, event: Event) {
      self.time = time
      self.order = order
      self.event = event
    }

    @inlinable var isCancellable: Bool { order & 1 == 1 }

    @inlinable static func < (a: Self, b: Self) -> Bool {
      // One number to compare, and no branch to be predicted.
      Int128(a.time) << 64 | Int128(a.order) < Int128(b.time) << 64 | Int128(b.order)
    }
    @inlinable static func == (a: Self, b: Self) -> Bool { a.order == b.order }
  }

  @usableFromInline var heap = EventHeap<Entry>()
  @usableFromInline var nextOrder: UInt64 = 0
  /// Of the events that may be cancelled, those that are pending.
  @usableFromInline var live: Set<UInt64> = []
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
    nextOrder += 2
    heap.insert(Entry(time: time.nanoseconds, order: nextOrder, event: event))
  }

  /// Adds an event and returns the handle to cancel it with.
  ///
  /// - Complexity: O(log `count`).
  @inlinable public mutating func scheduleCancellable(
    _ event: Event, at time: SimulationTime
  ) -> EventHandle {
    nextOrder += 2
    let order = nextOrder | 1
    live.insert(order)
    heap.insert(Entry(time: time.nanoseconds, order: order, event: event))
    return EventHandle(order: order)
  }

  /// Cancels an event; false if it has happened or was cancelled before.
  ///
  /// - Complexity: O(1) amortised.
  @discardableResult
  @inlinable public mutating func cancel(_ handle: EventHandle) -> Bool {
    guard live.remove(handle.order) != nil else { return false }
    cancelledCount += 1
    if cancelledCount > 64, cancelledCount > heap.count / 2 { purge() }
    return true
  }

  /// The time of the next event, or nil if none is pending.
  @inlinable public mutating func nextTime() -> SimulationTime? {
    while let entry = heap.min() {
      if !entry.isCancellable || live.contains(entry.order) {
        return SimulationTime(nanoseconds: entry.time)
      }
      _ = heap.popMin()
      cancelledCount -= 1
    }
    return nil
  }

  /// Removes and returns the next event, or nil if none is pending.
  ///
  /// - Complexity: O(log `count`).
  @inlinable public mutating func pop() -> (time: SimulationTime, event: Event)? {
    while let entry = heap.popMin() {
      if entry.isCancellable, live.remove(entry.order) == nil {
        cancelledCount -= 1
        continue
      }
      return (SimulationTime(nanoseconds: entry.time), entry.event)
    }
    return nil
  }

  @inlinable mutating func purge() {
    heap = EventHeap(
      heap.unordered.filter { !$0.isCancellable || live.contains($0.order) })
    cancelledCount = 0
  }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Entry: Sendable where Event: Sendable {}
