/// A 4-ary heap of entries with a lazily filled root: what an event schedules takes the place that the event left,
/// in one descent instead of two.
///
/// Four children a node halve the depth of a binary heap, and lie side by side in memory (LaMarca, Ladner, ACM J.
/// Experimental Algorithmics 1, 1996). It has one owner, so that a change need not ask whether it is shared.
@usableFromInline
struct EventHeap<Entry: Comparable>: ~Copyable {
  /// Entries by place; where the root has been taken, nothing is at place 0.
  @usableFromInline var places: UnsafeMutablePointer<Entry>
  @usableFromInline var capacity: Int
  /// Places in use, that of a taken root included.
  @usableFromInline var end = 0
  @usableFromInline var isRootTaken = false

  @inlinable init() {
    capacity = 16
    places = .allocate(capacity: 16)
  }

  /// - Complexity: O(n log n), O(n) for entries in random order.
  @inlinable init(_ unordered: [Entry]) {
    self.init()
    reserveCapacity(unordered.count)
    for entry in unordered { insert(entry) }
  }

  @inlinable deinit {
    let first = isRootTaken ? 1 : 0
    (places + first).deinitialize(count: end - first)
    places.deallocate()
  }

  @inlinable var count: Int { isRootTaken ? end &- 1 : end }

  @inlinable mutating func reserveCapacity(_ count: Int) {
    guard count > capacity else { return }
    let first = isRootTaken ? 1 : 0
    let wider = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    (wider + first).moveInitialize(from: places + first, count: end - first)
    places.deallocate()
    places = wider
    capacity = count
  }

  /// Its entries in any order.
  @inlinable var unordered: [Entry] {
    Array(UnsafeBufferPointer(start: places + (isRootTaken ? 1 : 0), count: count))
  }

  @inlinable mutating func insert(_ entry: Entry) {
    if isRootTaken {
      isRootTaken = false
      sink(entry)
    } else {
      if end == capacity { reserveCapacity(2 * capacity) }
      end &+= 1
      rise(entry)
    }
  }

  /// The smallest entry.
  @inlinable mutating func min() -> Entry? {
    fillRoot()
    return end > 0 ? places[0] : nil
  }

  /// Takes the smallest entry out.
  @inlinable mutating func popMin() -> Entry? {
    fillRoot()
    guard end > 0 else { return nil }
    isRootTaken = true
    return places.move()
  }

  @inlinable mutating func fillRoot() {
    guard isRootTaken else { return }
    isRootTaken = false
    end &-= 1
    if end > 0 { sink((places + end).move()) }
  }

  /// Puts an entry into the empty root, or deeper.
  @inlinable mutating func sink(_ entry: Entry) {
    var hole = 0
    while true {
      let first = 4 &* hole &+ 1
      guard first < end else { break }
      var least = first
      if first &+ 3 < end {
        // Two pairs that need not wait for each other.
        least = places[first &+ 1] < places[first] ? first &+ 1 : first
        let other = places[first &+ 3] < places[first &+ 2] ? first &+ 3 : first &+ 2
        least = places[other] < places[least] ? other : least
      } else {
        var child = first &+ 1
        while child < end {
          if places[child] < places[least] { least = child }
          child &+= 1
        }
      }
      guard places[least] < entry else { break }
      (places + hole).moveInitialize(from: places + least, count: 1)
      hole = least
    }
    (places + hole).initialize(to: entry)
  }

  /// Lets an entry rise from the last place, which is empty.
  @inlinable mutating func rise(_ entry: Entry) {
    var hole = end &- 1
    while hole > 0 {
      let parent = (hole &- 1) / 4
      guard entry < places[parent] else { break }
      (places + hole).moveInitialize(from: places + parent, count: 1)
      hole = parent
    }
    (places + hole).initialize(to: entry)
  }
}

extension EventHeap: @unchecked Sendable where Entry: Sendable {}
