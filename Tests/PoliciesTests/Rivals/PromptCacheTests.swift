import Testing

@testable import Policies

@Suite struct PromptCacheTests {
  @Test func theLeastUsefulGoesFirst() {
    var cache = PromptCache(capacity: 2)
    cache.insert(1)
    cache.insert(2)
    cache.use(1, steps: 10)
    cache.insert(3)
    #expect(cache.contains(1) && !cache.contains(2) && cache.contains(3))
    cache.use(3, steps: 25)
    cache.insert(4)
    #expect(!cache.contains(1) && cache.contains(3) && cache.contains(4))
  }

  @Test func ofEqualOnesTheOlderGoes() {
    var cache = PromptCache(capacity: 3)
    for prompt in UInt64(1)...4 { cache.insert(prompt) }
    #expect(!cache.contains(1) && cache.count == 3)
  }

  @Test func whatIsThereIsNotInsertedAgain() {
    var cache = PromptCache(capacity: 2)
    cache.insert(1)
    cache.use(1, steps: 5)
    cache.insert(1)
    cache.insert(2)
    cache.insert(3)
    #expect(cache.contains(1) && !cache.contains(2))
  }

  /// Against a list that is searched from end to end.
  @Test func itIsWhatASearchWouldFind() {
    var cache = PromptCache(capacity: 20)
    var plain: [(prompt: UInt64, saved: Int)] = []
    var state: UInt64 = 7
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let prompt = state >> 33 % 60
      #expect(cache.contains(prompt) == plain.contains { $0.prompt == prompt })
      if let place = plain.firstIndex(where: { $0.prompt == prompt }) {
        let steps = Int(state >> 50) % 3 * 5
        cache.use(prompt, steps: steps)
        plain[place].saved += steps
      } else {
        if plain.count == 20, let least = plain.map(\.saved).min(),
          let place = plain.firstIndex(where: { $0.saved == least })
        {
          plain.remove(at: place)
        }
        cache.insert(prompt)
        plain.append((prompt, 0))
      }
    }
  }

  @Test func similaritiesAreWorthThePublishedSteps() {
    let known = [
      (0.96, 25), (0.95, 20), (0.91, 20), (0.86, 15), (0.8, 10), (0.7, 5), (0.65, 0), (0.1, 0),
    ]
    for (similarity, steps) in known {
      #expect(ApproximateCaching.skippedSteps(similarity: similarity) == steps)
    }
  }
}
