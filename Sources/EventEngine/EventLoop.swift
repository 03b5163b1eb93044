/// The clock and the event queue of one simulation run.
///
/// ```swift
/// var loop = EventLoop<MyEvent>()
/// loop.schedule(.arrival, after: .zero)
/// while let event = loop.step(until: horizon) { handle(event) }
/// ```
public struct EventLoop<Event>: ~Copyable {
  @usableFromInline var clock: SimulationTime = .zero
  @usableFromInline var handled = 0
  @usableFromInline var queue = EventQueue<Event>()

  /// A loop at time zero with nothing to do.
  @inlinable public init() {}

  /// The present simulated time.
  @inlinable public var now: SimulationTime { clock }
  /// Number of events handled so far.
  @inlinable public var handledCount: Int { handled }

  /// Events still pending.
  @inlinable public var pendingCount: Int { queue.count }

  /// Makes room for `count` pending events.
  @inlinable public mutating func reserveCapacity(_ count: Int) { queue.reserveCapacity(count) }

  /// Schedules an event at `time`, which must not lie in the past.
  @inlinable public mutating func schedule(_ event: Event, at time: SimulationTime) {
    precondition(time >= now, "an event before now")
    queue.schedule(event, at: time)
  }

  /// Schedules an event `delay` from now; `delay` must not be negative.
  @inlinable public mutating func schedule(_ event: Event, after delay: SimulationDuration) {
    schedule(event, at: now + delay)
  }

  /// Schedules an event that may be cancelled.
  @inlinable public mutating func scheduleCancellable(
    _ event: Event, at time: SimulationTime
  ) -> EventHandle {
    precondition(time >= now, "an event before now")
    return queue.scheduleCancellable(event, at: time)
  }

  /// Cancels an event; false if it has happened or was cancelled before.
  @discardableResult
  @inlinable public mutating func cancel(_ handle: EventHandle) -> Bool { queue.cancel(handle) }

  /// Moves the clock to the next event and returns it; nil, with the clock at `horizon`, if none is
  /// left up to there (the clock never goes back), and nil, with the clock unmoved, if there is no
  /// horizon and no event.
  @inlinable public mutating func step(until horizon: SimulationTime = .distantFuture) -> Event? {
    if horizon < .distantFuture {
      guard let next = queue.nextTime(), next <= horizon else {
        if horizon > now { clock = horizon }
        return nil
      }
    }
    guard let (time, event) = queue.pop() else { return nil }
    clock = time
    handled += 1
    return event
  }

  /// The time of the next event; nil if none is pending.
  @inlinable public mutating func nextTime() -> SimulationTime? { queue.nextTime() }

  /// Moves the clock on to a time that something outside has reached, whatever is due by then; never back.
  @inlinable public mutating func advance(to time: SimulationTime) {
    precondition(time >= now, "the clock went back")
    clock = time
  }

  /// The next event that is due by now, with the clock unmoved; nil if none is.
  @inlinable public mutating func takeDue() -> Event? {
    guard let next = queue.nextTime(), next <= now, let (_, event) = queue.pop() else {
      return nil
    }
    handled += 1
    return event
  }

  /// Handles events in order until none is left or the next lies beyond `horizon`.
  @inlinable public mutating func run(
    until horizon: SimulationTime = .distantFuture,
    _ handle: (Event, inout EventLoop<Event>) throws -> Void
  ) rethrows {
    while let event = step(until: horizon) { try handle(event, &self) }
  }
}

extension EventLoop: Sendable where Event: Sendable {}
