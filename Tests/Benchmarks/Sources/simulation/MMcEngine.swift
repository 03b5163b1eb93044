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
    var arrivals = [SimulationTime](repeating: .zero, count: queries)
    var latencies = [SimulationDuration](repeating: .zero, count: queries)
    let mask = 1 << 20 - 1
    var waiting = [Int32](repeating: 0, count: mask + 1)
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
