/// Elements with successive indices, of which the oldest are let go as the youngest come: memory for those that
/// are still needed, whatever the length of a run.
///
/// An index is never used again. The storage is a ring that doubles where it is full; it has one owner, so that a
/// change need not ask whether it is shared. A class gives it back: an optimised build of Swift 6.3 never runs a `deinit` of
/// this structure itself.
struct Window<Element: BitwiseCopyable>: ~Copyable {
  private final class Owner {
    let ring: UnsafeMutablePointer<Element>

    init(_ ring: UnsafeMutablePointer<Element>) { self.ring = ring }

    deinit { ring.deallocate() }
  }

  private var owner: Owner
  /// The owner's.
  private var ring: UnsafeMutablePointer<Element>
  /// Length of the ring, a power of two, less one.
  private var mask: Int
  private let filler: Element
  /// The oldest index that is there.
  private(set) var start = 0
  /// The index of the next element.
  private(set) var end = 0

  /// An empty window; `filler` stands where no element has been yet.
  init(filler: Element) {
    self.filler = filler
    mask = 63
    ring = .allocate(capacity: 64)
    ring.initialize(repeating: filler, count: 64)
    owner = Owner(ring)
  }

  /// Whether the element has not been let go; only of indices before ``end``.
  func contains(_ index: Int) -> Bool { index >= start }

  /// The element with this index, which must be in the window.
  subscript(_ index: Int) -> Element {
    @inline(__always) _read {
      assert(index >= start && index < end, "an element that is not in the window")
      yield ring[index & mask]
    }
    @inline(__always) _modify {
      assert(index >= start && index < end, "an element that is not in the window")
      yield &ring[index & mask]
    }
  }

  mutating func append(_ element: Element) {
    if end - start > mask { grow() }
    ring[end & mask] = element
    end += 1
  }

  /// Lets all elements before `index` go.
  mutating func release(upTo index: Int) { start = max(start, min(index, end)) }

  private mutating func grow() {
    let count = 2 * (mask + 1)
    let wider = UnsafeMutablePointer<Element>.allocate(capacity: count)
    wider.initialize(repeating: filler, count: count)
    for index in start..<end { wider[index & (count - 1)] = ring[index & mask] }
    owner = Owner(wider)
    ring = wider
    mask = count - 1
  }
}
