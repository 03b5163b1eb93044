import EventEngine

/// An M/M/c queue, first come, first served, on the event engine alone: what the C++ reference does.
struct MMcEngine {
  enum Event {
    case arrival(Int32)
    case departure(Int32)
  }

  let queries: Int
  let servers: Int
  let rho: Double
  let seed: UInt64

  /// Events handled and the mean wait, in units of the mean service time.
  func run() -> (events: Int, meanWait: Double) {
    var gaps = DrawSequence(
      .exponential(mean: 1 / (rho * Double(servers))),
      from: RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1)))
    var services = DrawSequence(
      .exponential(mean: 1), from: RandomStream(seed: seed, stream: RandomStreamID(rawValue: 2)))
    var loop = EventLoop<Event>()
    // Bare memory, as the C++ loop's vectors are: it is the engine that is timed.
    func memory<Value>(_ count: Int, of value: Value) -> UnsafeMutablePointer<Value> {
      let pointer = UnsafeMutablePointer<Value>.allocate(capacity: count)
      pointer.initialize(repeating: value, count: count)
      return pointer
    }
    let mask = 1 << 20 - 1
    let arrivals = memory(queries, of: SimulationTime.zero)
    let latencies = memory(queries, of: SimulationDuration.zero)
    let waiting = memory(mask + 1, of: Int32(0))
    defer {
      arrivals.deallocate()
      latencies.deallocate()
      waiting.deallocate()
    }
    var (head, tail, busy) = (0, 0, 0)
    var waited = 0.0
    loop.schedule(.arrival(0), after: SimulationDuration(seconds: gaps.next()))
    while let event = loop.step() {
      switch event {
      case .arrival(let query):
        arrivals[Int(query)] = loop.now
        if Int(query) + 1 < queries {
          loop.schedule(.arrival(query + 1), after: SimulationDuration(seconds: gaps.next()))
        }
        if busy < servers {
          busy += 1
          loop.schedule(.departure(query), after: SimulationDuration(seconds: services.next()))
        } else {
          waiting[tail & mask] = query
          tail += 1
        }
      case .departure(let query):
        latencies[Int(query)] = loop.now - arrivals[Int(query)]
        if head != tail {
          let next = waiting[head & mask]
          head += 1
          waited += (loop.now - arrivals[Int(next)]).seconds
          loop.schedule(.departure(next), after: SimulationDuration(seconds: services.next()))
        } else {
          busy -= 1
        }
      }
    }
    return (loop.handledCount, waited / Double(queries))
  }
}
