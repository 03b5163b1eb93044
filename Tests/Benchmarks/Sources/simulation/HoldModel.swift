import EventEngine
import HeapModule

/// The hold model (Jones, Comm. ACM 29, 1986): with `pending` events in the queue, take the first and put it back
/// an exponential time later, over and over.
struct HoldModel {
  let pending: Int
  let holds: Int

  /// Gaps in nanoseconds, the same for every queue: only queue operations are timed.
  private var gaps: [Int64] {
    var random = RandomStream(seed: 1, stream: RandomStreamID(rawValue: 3))
    let gap = Distribution.exponential(mean: Double(pending))
    return (0..<(1 << 16)).map { _ in Int64(gap.sample(using: &random) * 1e3) }
  }

  private struct Entry: Comparable {
    var time: Int64
    var payload: Int64
    static func < (a: Self, b: Self) -> Bool { a.time < b.time }
    static func == (a: Self, b: Self) -> Bool { a.time == b.time }
  }

  /// Seconds for all holds on the event queue, and on a heap of bare entries.
  func run() -> (queue: Double, heap: Double) {
    let gaps = gaps
    var queue = EventQueue<Int64>()
    for index in 0..<pending {
      queue.schedule(Int64(index), at: SimulationTime(nanoseconds: gaps[index & 0xFFFF]))
    }
    let queueTime = seconds {
      for index in 0..<holds {
        guard let (time, event) = queue.pop() else { return }
        queue.schedule(
          event, at: SimulationTime(nanoseconds: time.nanoseconds + gaps[index & 0xFFFF]))
      }
    }
    var heap = Heap((0..<pending).map { Entry(time: gaps[$0 & 0xFFFF], payload: Int64($0)) })
    let heapTime = seconds {
      for index in 0..<holds {
        guard let entry = heap.popMin() else { return }
        heap.insert(
          Entry(time: entry.time + gaps[index & 0xFFFF], payload: entry.payload))
      }
    }
    return (queueTime, heapTime)
  }
}
