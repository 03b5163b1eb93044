import CGSL
import EventEngine
import Testing

/// The generator against its published answers, alone and as GSL sees it.
@Suite struct RandomTests {
  /// Counter, key and output of the reference implementation (Random123's known answers).
  static let known: [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)] = [
    (
      .zero, .zero, SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4(repeating: .max), SIMD2(repeating: .max),
      SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ]

  @Test func knownAnswers() {
    for (counter, key, output) in Self.known {
      #expect(Philox.block(counter: counter, key: key) == output)
    }
  }

  /// The counter words are (stream, entity low, entity high, draw), the key (seed low, seed high).
  @Test func streamsGiveTheKnownAnswersThroughGSL() {
    for (counter, key, output) in Self.known {
      var stream = RandomStream(
        seed: UInt64(key.y) << 32 | UInt64(key.x), stream: RandomStreamID(rawValue: counter.x),
        entity: UInt64(counter.z) << 32 | UInt64(counter.y))
      stream.seek(toBlock: counter.w)
      var copy = stream
      let words = stream.withGSL { rng in (0..<4).map { _ in UInt32(gsl_rng_get(rng)) } }
      #expect(words == (0..<4).map { output[$0] })
      #expect((0..<4).map { _ in copy.nextWord() } == words)
    }
  }

  @Test func gslDrawsAreTheStreamsAndAdvanceIt() {
    var ours = RandomStream(seed: 5, stream: RandomStreamID(rawValue: 3), entity: 9)
    var lent = ours
    for _ in 0..<1000 {
      #expect(lent.withGSL { gsl_rng_get($0) } == UInt(ours.nextWord()))
      let u = lent.withGSL { gsl_rng_uniform($0) }
      #expect(u == ours.uniform() && u >= 0 && u < 1)
    }
  }

  @Test func streamsDifferBySeedPurposeAndEntity() {
    let draws = { (seed: UInt64, stream: UInt32, entity: UInt64) in
      var random = RandomStream(
        seed: seed, stream: RandomStreamID(rawValue: stream), entity: entity)
      return (0..<4).map { _ in random.next() }
    }
    let all = [
      draws(1, 1, 1), draws(2, 1, 1), draws(1, 2, 1), draws(1, 1, 2), draws(1 << 32, 1, 1),
      draws(1, 1, 1 << 32), draws(1, 1, 0), draws(0, 1, 1), draws(1, 0, 1),
    ]
    #expect(Set(all.flatMap { $0 }).count == 4 * all.count, "no draw is shared")
    #expect(draws(1, 1, 1) == all[0])
  }

  @Test func seekingIsDrawingOn() {
    let start = RandomStream(seed: 8, stream: RandomStreamID(rawValue: 1))
    var drawn = start
    for block in 0..<50 as Range<UInt32> {
      var sought = start
      _ = sought.nextWord()
      sought.seek(toBlock: block)
      for _ in 0..<4 { #expect(sought.nextWord() == drawn.nextWord()) }
    }
  }

  @Test func indicesCoverTheirRangeEvenly() {
    var random = RandomStream(seed: 8, stream: RandomStreamID(rawValue: 2))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    let sigma = (70_000.0 / 7 * 6 / 7).squareRoot()
    for count in counts { #expect(abs(Double(count) - 10_000) < 5 * sigma) }
    #expect(random.index(below: 1) == 0)
  }
}
