import EventEngine
import Testing

@Suite struct DrawSequenceTests {
  @Test(arguments: [
    Distribution.exponential(mean: 0.3), .gamma(mean: 2, cv: 0.5), .erlang(shape: 3, mean: 1),
    .hyperexponential([.init(probability: 0.4, value: 1), .init(probability: 0.6, value: 5)]),
    .deterministic(4),
  ])
  func blocksHoldTheDrawsOfTheStream(_ distribution: Distribution) {
    var stream = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 9), entity: 7)
    var draws = DrawSequence(distribution, from: stream)
    for _ in 0..<300 { #expect(draws.next() == distribution.sample(using: &stream)) }
  }

  /// Four blocks of the generator at a time where the stream stands at the start of one, and past the last counter.
  @Test(arguments: [0, 1, 2, 3], [0, UInt32.max - 5])
  func theyHoldThemWhereverTheStreamStands(_ wordsGiven: Int, _ block: UInt32) {
    var stream = RandomStream(seed: .max - 1, stream: RandomStreamID(rawValue: 9), entity: 1 << 40)
    stream.seek(toBlock: block)
    for _ in 0..<wordsGiven { _ = stream.nextWord() }
    var draws = DrawSequence(.exponential(mean: 2), from: stream)
    for _ in 0..<200 {
      #expect(draws.next() == Distribution.exponential(mean: 2).sample(using: &stream))
    }
  }

  @Test func copiesGoOnSeparately() {
    let stream = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 9))
    var one = DrawSequence(.exponential(mean: 1), from: stream)
    _ = one.next()
    var other = one
    let next = (0..<100).map { _ in one.next() }
    #expect(next == (0..<100).map { _ in other.next() })
  }
}
