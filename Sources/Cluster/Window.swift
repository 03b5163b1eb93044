/// Elements with successive indices, of which the oldest are let go as the youngest come: memory for those that
/// are still needed, whatever the length of a run.
///
/// An index is never used again. The storage is a ring that doubles where it is full.
struct Window<Element> {
  private var ring: ContiguousArray<Element>
  private var mask: Int
  /// The oldest index that is there.
  private(set) var start = 0
  /// The index of the next element.
  private(set) var end = 0

  /// An empty window; `filler` stands where no element is.
  init(filler: Element) {
    ring = ContiguousArray(repeating: filler, count: 64)
    mask = 63
  }

  /// Whether the element has not been let go; only of indices before ``end``.
  func contains(_ index: Int) -> Bool { index >= start }

  subscript(_ index: Int) -> Element {
    get {
      assert(index >= start && index < end, "an element that is not in the window")
      return ring[index & mask]
    }
    _modify {
      assert(index >= start && index < end, "an element that is not in the window")
      yield &ring[index & mask]
    }
  }

  mutating func append(_ element: Element) {
    if end - start == ring.count { grow() }
    ring[end & mask] = element
    end += 1
  }

  /// Lets all elements before `index` go.
  mutating func release(upTo index: Int) { start = max(start, min(index, end)) }

  private mutating func grow() {
    let old = ring
    ring.append(contentsOf: old)
    let wider = 2 * mask + 1
    for index in start..<end { ring[index & wider] = old[index & mask] }
    mask = wider
  }
}

extension Window: Sendable where Element: Sendable {}
