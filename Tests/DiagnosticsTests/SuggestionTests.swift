@testable import Diagnostics
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("same", "same", 0), ("kitten", "sitting", 3),
    ("flaw", "lawn", 2), ("ab", "ba", 1), ("laod", "load", 1), ("stpes", "steps", 1),
    ("ca", "abc", 3), ("steps", "step", 1), ("é", "e", 1),
  ])
  func distances(_ a: String, _ b: String, _ expected: Int) {
    #expect(Suggestion.distance(a, b) == expected)
    #expect(Suggestion.distance(b, a) == expected)
  }

  let keys = ["steps", "finish", "dispatcher", "discipline"]

  @Test func nearestWithinAThird() {
    #expect(Suggestion.nearest(to: "stps", in: keys) == "steps")
    #expect(Suggestion.nearest(to: "STEPS", in: keys) == "steps", "case does not count")
    #expect(Suggestion.nearest(to: "dispacher", in: keys) == "dispatcher")
    #expect(Suggestion.nearest(to: "finishes", in: keys) == "finish")
    #expect(Suggestion.nearest(to: "colour", in: keys) == nil)
    #expect(Suggestion.nearest(to: "ab", in: ["cd"]) == nil)
    #expect(Suggestion.nearest(to: "ab", in: ["ac"]) == "ac", "one edit is always allowed")
    #expect(Suggestion.nearest(to: "abc", in: []) == nil)
    #expect(Suggestion.nearest(to: "cat", in: ["bat", "hat"]) == "bat", "a tie goes to the first")
  }

  @Test func hints() {
    #expect(Suggestion.hint(for: "stps", in: keys, noun: "key") == "did you mean 'steps'?")
    #expect(
      Suggestion.hint(for: "colour", in: ["a", "b"], noun: "key") == "known keys: a, b")
    #expect(Suggestion.hint(for: "colour", in: [], noun: "key") == "there is no key here")
  }
}
