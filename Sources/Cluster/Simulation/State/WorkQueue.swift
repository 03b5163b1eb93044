import DequeModule
import EventEngine
import HeapModule

/// One queue of query parts: a lane for each shape, each ordered by (priority, order of joining).
struct WorkQueue {
  struct Entry: Comparable {
    let rank: Int64
    let sequence: UInt64
    let part: Int32

    static func < (a: Self, b: Self) -> Bool {
      a.rank < b.rank || (a.rank == b.rank && a.sequence < b.sequence)
    }
    static func == (a: Self, b: Self) -> Bool { a.sequence == b.sequence }
  }

  /// What a part adds to the counts.
  struct Load {
    let shape: Int
    let images: Int
    /// Predicted nanoseconds.
    let work: Int64
  }

  private(set) var lanes: [Heap<Entry>]
  /// Images waiting, by shape.
  private(set) var images: [Int]
  private(set) var parts = 0
  private(set) var totalImages = 0
  var work: Int64 = 0
  /// Parts of each lane in order of joining; those that have gone leave when they surface.
  private var joined: [Deque<(part: Int32, time: SimulationTime)>]

  init(shapes: Int) {
    lanes = Array(repeating: Heap(), count: shapes)
    images = Array(repeating: 0, count: shapes)
    joined = Array(repeating: [], count: shapes)
  }

  mutating func insert(_ load: Load, rank: Priority, sequence: UInt64, part: Int32) {
    lanes[load.shape].insert(Entry(rank: rank.rank, sequence: sequence, part: part))
    count(load, sign: 1)
  }

  /// Notes when a part joined, for ``oldest(_:where:)``; only needed where batches wait to be full.
  mutating func note(_ part: Int32, lane: Int, joinedAt time: SimulationTime) {
    // Who made way comes back with its own time.
    let place = joined[lane].lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
    joined[lane].insert((part, time), at: place)
  }

  /// When the longest waiting part of a lane joined; `isHere` tells whether a part still waits.
  mutating func oldest(
    _ shape: Int, where isHere: (Int32, SimulationTime) -> Bool
  ) -> SimulationTime? {
    while let first = joined[shape].first {
      if isHere(first.part, first.time) { return first.time }
      joined[shape].removeFirst()
    }
    return nil
  }

  /// Takes a part out of the counts; its entry goes when it surfaces (``discard(where:)``).
  mutating func count(_ load: Load, sign: Int) {
    images[load.shape] += sign * load.images
    totalImages += sign * load.images
    parts += sign
    work += Int64(sign) * load.work
  }

  /// The first entry of a lane.
  func first(_ shape: Int) -> Entry? { lanes[shape].min }

  /// Puts an entry back that was removed, and is counted still.
  mutating func putBack(_ entry: Entry, shape: Int) { lanes[shape].insert(entry) }

  /// The first part of a lane.
  func head(_ shape: Int) -> Int32? { lanes[shape].min?.part }

  /// The lane whose head goes first, among those for which `takes` is true.
  func firstLane(where takes: (Int) -> Bool) -> Int? {
    if lanes.count == 1 { return lanes[0].isEmpty || !takes(0) ? nil : 0 }
    var best: (lane: Int, entry: Entry)?
    for (lane, heap) in lanes.enumerated() {
      guard let entry = heap.min, takes(lane) else { continue }
      if let known = best, known.entry < entry { continue }
      best = (lane, entry)
    }
    return best?.lane
  }

  /// Removes a lane's head; the caller takes it out of the counts.
  mutating func removeHead(_ shape: Int) { lanes[shape].removeMin() }

  /// Removes one part's entry from a lane.
  ///
  /// - Complexity: O(length of the lane).
  mutating func remove(part: Int32, shape: Int) {
    lanes[shape] = Heap(lanes[shape].unordered.filter { $0.part != part })
  }

  /// Asks for all priorities again.
  mutating func reprioritise(_ rank: (Int32) -> Int64) {
    for lane in lanes.indices where !lanes[lane].isEmpty {
      lanes[lane] = Heap(
        lanes[lane].unordered.map {
          Entry(rank: rank($0.part), sequence: $0.sequence, part: $0.part)
        })
    }
  }

  /// All waiting parts in order of joining.
  var waiting: [Int32] {
    lanes.flatMap { $0.unordered }.sorted { $0.sequence < $1.sequence }.map(\.part)
  }
}
