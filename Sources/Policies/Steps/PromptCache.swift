import HeapModule

/// A cache of prompts that lets the least useful one go: the one whose hits have saved the fewest steps, of equal
/// ones the one that came first (LCBFU, Agarwal et al., NSDI 2024).
struct PromptCache: Sendable {
  private struct Entry: Comparable {
    var saved: Int
    var order: Int
    var prompt: UInt64

    static func < (a: Self, b: Self) -> Bool { (a.saved, a.order) < (b.saved, b.order) }
  }

  private let capacity: Int
  private var entries: [UInt64: Entry] = [:]
  /// By usefulness; an entry that has been of use since waits here with its old rank.
  private var ranks: Heap<Entry> = []
  private var inserted = 0

  /// An empty cache for at least one prompt.
  init(capacity: Int) {
    precondition(capacity > 0, "a cache without room")
    self.capacity = capacity
  }

  var count: Int { entries.count }

  func contains(_ prompt: UInt64) -> Bool { entries[prompt] != nil }

  /// A hit on a cached prompt that saves so many steps.
  mutating func use(_ prompt: UInt64, steps: Int) { entries[prompt]?.saved += steps }

  /// Adds a prompt, unless it is there; a full cache lets another one go first.
  mutating func insert(_ prompt: UInt64) {
    guard entries[prompt] == nil else { return }
    if entries.count == capacity { evict() }
    inserted += 1
    let entry = Entry(saved: 0, order: inserted, prompt: prompt)
    entries[prompt] = entry
    ranks.insert(entry)
  }

  private mutating func evict() {
    while let least = ranks.popMin() {
      guard let present = entries[least.prompt] else { continue }
      if present == least {
        entries[least.prompt] = nil
        return
      }
      ranks.insert(present)
    }
  }
}
