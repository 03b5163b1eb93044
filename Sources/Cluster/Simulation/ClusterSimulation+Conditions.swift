import EventEngine

/// Shared links, slow spells, and the ends of work that a failure may cut off.
extension ClusterSimulation {
  /// What transfers of a node queue for.
  enum Channel: Int {
    case host
    case network
    case disk
  }

  /// Time until a transfer that is asked for now is over; on a shared link it waits for those before it.
  mutating func transferTime(
    _ channel: Channel, of node: Int, bytes: Double
  ) -> SimulationDuration {
    let link =
      switch channel {
      case .host: nodes[node].link
      case .network: nodes[node].network
      case .disk: memories[node]?.source ?? .instant
      }
    let own = SimulationDuration(seconds: bytes / link.bytesPerSecond)
    guard link.isShared else { return own + link.latency }
    let index = 3 * node + channel.rawValue
    let start = max(linkFree[index], loop.now)
    linkFree[index] = start + own
    return linkFree[index] - loop.now + link.latency
  }

  /// Time of work that counts before the node fails or the run is cut off.
  func charged(_ duration: SimulationDuration, on node: Int) -> SimulationDuration {
    min(duration, horizon - loop.now, nextFailure[node] - loop.now)
  }

  /// Schedules the end of work on a node, unless the node fails before: then it has none.
  mutating func scheduleEnd(
    _ event: ClusterEvent, ofWorkOn node: Int, after duration: SimulationDuration
  ) {
    guard loop.now + duration < nextFailure[node] || nextFailure[node] == .distantFuture else {
      return
    }
    lastWork = max(lastWork, loop.now + duration)
    loop.schedule(event, after: duration)
  }

  /// What multiplies the time of work that begins on a worker now.
  mutating func stragglerFactor(_ w: Int) -> Double {
    guard let spells = nodes[Int(workers[w].node)].stragglers else { return 1 }
    while workers[w].nextSpell <= loop.now {
      workers[w].isSlow.toggle()
      let mean = workers[w].isSlow ? spells.meanLength : spells.meanTimeBetween
      workers[w].nextSpell =
        workers[w].nextSpell
        + exponentialTime(
          mean: mean, .stragglers, entity: UInt64(w), draw: workers[w].spells)
      workers[w].spells &+= 1
    }
    return workers[w].isSlow ? spells.factor : 1
  }

  /// A draw of an entity's exponential times; at least a nanosecond, so that time goes on.
  func exponentialTime(
    mean: SimulationDuration, _ stream: RandomStreamID, entity: UInt64, draw: UInt32
  ) -> SimulationDuration {
    var random = RandomStream(seed: seed, stream: stream, entity: entity)
    random.seek(toBlock: draw &* 4)
    return max(
      SimulationDuration(
        seconds: Distribution.exponential(mean: mean.seconds).sample(using: &random)),
      SimulationDuration(nanoseconds: 1))
  }
}

extension RandomStreamID {
  /// Slow spells; entity = worker, block = 4 x spell.
  static let stragglers = RandomStreamID(rawValue: 204)
  /// Times to failure and of repair; entity = node, block = 4 x draw.
  static let failures = RandomStreamID(rawValue: 205)
}
