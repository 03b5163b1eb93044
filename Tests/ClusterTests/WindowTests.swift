import Testing

@testable import Cluster

@Suite struct WindowTests {
  @Test func holdsFromTheOldestThatIsNeeded() {
    var window = Window(filler: -1)
    var oldest = 0
    for index in 0..<1000 {
      window.append(index * index)
      // The window widens to a few hundred and narrows again.
      if index % 7 == 0 || index > 500 { oldest = min(oldest + (index > 500 ? 2 : 1), index) }
      window.release(upTo: oldest)
      #expect(window.start == oldest && window.end == index + 1)
      #expect((oldest...index).allSatisfy { window[$0] == $0 * $0 })
      #expect(window.contains(oldest) && !window.contains(oldest - 1))
    }
    window[999] += 1
    #expect(window[999] == 998_002)
    window.release(upTo: 2000)
    #expect(window.start == 1000 && window.end == 1000)
  }
}
