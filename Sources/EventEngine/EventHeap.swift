/// A 4-ary heap of entries with a lazily filled root: what an event schedules takes the place that the event left,
/// in one descent instead of two.
///
/// Four children a node halve the depth of a binary heap, and lie side by side in memory (LaMarca, Ladner, ACM J.
/// Experimental Algorithmics 1, 1996).
@usableFromInline
struct EventHeap<Entry: Comparable> {
  @usableFromInline var entries: ContiguousArray<Entry> = []
  /// Whether the entry at the root has been taken and is there only in memory.
  @usableFromInline var isRootTaken = false

  @inlinable init() {}

  /// - Complexity: O(n log n), O(n) for entries in random order.
  @inlinable init(_ unordered: [Entry]) {
    for entry in unordered { insert(entry) }
  }

  @inlinable var count: Int { isRootTaken ? entries.count - 1 : entries.count }

  @inlinable mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// Its entries in any order.
  @inlinable var unordered: ArraySlice<Entry> {
    ArraySlice(isRootTaken ? entries.dropFirst() : entries[...])
  }

  @inlinable mutating func insert(_ entry: Entry) {
    if isRootTaken {
      isRootTaken = false
      sink(entry)
    } else {
      entries.append(entry)
      rise(entry)
    }
  }

  /// The smallest entry.
  @inlinable mutating func min() -> Entry? {
    fillRoot()
    return entries.first
  }

  /// Takes the smallest entry out.
  @inlinable mutating func popMin() -> Entry? {
    fillRoot()
    guard let first = entries.first else { return nil }
    isRootTaken = true
    return first
  }

  @inlinable mutating func fillRoot() {
    guard isRootTaken, let last = entries.popLast() else { return }
    isRootTaken = false
    if !entries.isEmpty { sink(last) }
  }

  /// Puts an entry into the empty root, or deeper.
  @inlinable mutating func sink(_ entry: Entry) {
    entries.withUnsafeMutableBufferPointer { heap in
      let count = heap.count
      var hole = 0
      while true {
        let first = 4 &* hole &+ 1
        guard first < count else { break }
        var least = first
        if first &+ 3 < count {
          // Two pairs that need not wait for each other.
          least = heap[first &+ 1] < heap[first] ? first &+ 1 : first
          let other = heap[first &+ 3] < heap[first &+ 2] ? first &+ 3 : first &+ 2
          least = heap[other] < heap[least] ? other : least
        } else {
          var child = first &+ 1
          while child < count {
            if heap[child] < heap[least] { least = child }
            child &+= 1
          }
        }
        guard heap[least] < entry else { break }
        heap[hole] = heap[least]
        hole = least
      }
      heap[hole] = entry
    }
  }

  /// Lets the last entry rise to its place.
  @inlinable mutating func rise(_ entry: Entry) {
    entries.withUnsafeMutableBufferPointer { heap in
      var hole = heap.count &- 1
      while hole > 0 {
        let parent = (hole &- 1) / 4
        guard entry < heap[parent] else { break }
        heap[hole] = heap[parent]
        hole = parent
      }
      heap[hole] = entry
    }
  }
}

extension EventHeap: Sendable where Entry: Sendable {}
