import EventEngine
import Testing

@Suite struct WelfordTests {
  @Test(arguments: [0.0, 1e3, 1e9])
  func agreesWithTwoPasses(_ offset: Double) {
    var random = RandomStream(seed: 6, stream: RandomStreamID(rawValue: 1))
    let values = (0..<5000).map { _ in offset + random.uniform() }
    var welford = Welford()
    for value in values { welford.add(value) }
    let mean = values.reduce(0, +) / 5000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4999
    #expect(welford.count == 5000)
    #expect(abs(welford.mean - mean) <= 1e-12 * max(1, mean))
    #expect(abs(welford.variance - variance) <= 1e-6 * variance)
    #expect(welford.standardDeviation == welford.variance.squareRoot())
  }

  @Test func fewObservations() {
    var welford = Welford()
    #expect(welford.mean == 0 && welford.variance == 0 && welford.coefficientOfVariation == 0)
    welford.add(3)
    #expect(welford.mean == 3 && welford.variance == 0)
    welford.add(5)
    #expect(welford.mean == 4 && welford.variance == 2)
    #expect(welford.coefficientOfVariation == 2.0.squareRoot() / 4)
  }
}

@Suite struct TimeWeightedCountTests {
  @Test func integralIsExact() {
    var count = TimeWeightedCount(2, from: SimulationTime(nanoseconds: 10))
    count.add(3, at: SimulationTime(nanoseconds: 14))
    count.add(-4, at: SimulationTime(nanoseconds: 20))
    count.add(0, at: SimulationTime(nanoseconds: 20))
    // 2 x 4 + 5 x 6 + 1 x 5.
    #expect(count.integral(to: SimulationTime(nanoseconds: 25)) == 43)
    #expect(
      count.mean(from: SimulationTime(nanoseconds: 10), to: SimulationTime(nanoseconds: 25))
        == 43.0 / 15)
    #expect(count.value == 1 && count.maximum == 5)
    #expect(TimeWeightedCount(7).mean(to: .zero) == 0)
  }

  /// Far beyond what 64 bits or a Double hold to the unit.
  @Test func integralIsExactWhereItIsHuge() {
    var count = TimeWeightedCount()
    let far = Int64(1) << 61
    count.add(1_000_000_007, at: SimulationTime(nanoseconds: 1))
    count.add(-1, at: SimulationTime(nanoseconds: far))
    let expected = Int128(1_000_000_007) * Int128(far - 1) + Int128(1_000_000_006) * 3
    #expect(count.integral(to: SimulationTime(nanoseconds: far + 3)) == expected)
    #expect(expected > Int128(Int64.max))
  }
}

@Suite struct QuantilesTests {
  /// Type 7 by hand: position p (n - 1) among 10, 20, 40, 80, 160.
  @Test(arguments: [
    (0.0, 10.0), (0.25, 20), (0.5, 40), (0.75, 80), (1, 160), (0.125, 15), (0.9, 128),
    (0.375, 30),
  ])
  func typeSeven(_ p: Double, _ expected: Double) throws {
    var quantiles = Quantiles()
    for value in [40, 10, 160, 20, 80] as [Int64] { quantiles.add(value) }
    let found = quantiles.quantile(p)
    let quantile = try #require(found)
    #expect(abs(quantile - expected) < 1e-12)
  }

  @Test func fewValuesAndLateOnes() {
    var quantiles = Quantiles()
    #expect(quantiles.quantile(0.5) == nil)
    quantiles.add(7)
    #expect(quantiles.quantile(0) == 7 && quantiles.quantile(0.99) == 7)
    quantiles.add(1)
    #expect(quantiles.quantile(0.5) == 4)
    // A value that comes after the first question still counts.
    quantiles.add(-5)
    #expect(quantiles.quantile(0) == -5 && quantiles.count == 3)
  }

  /// Many values, few of which are held at once, against sorting them.
  @Test(arguments: 0..<6)
  func manyAreFoundWithoutSortingAll(kind: Int) {
    var random = RandomStream(seed: UInt64(kind), stream: RandomStreamID(rawValue: 9))
    let values = (0..<5000).map { index -> Int64 in
      switch kind {
      case 0: return Int64(random.uniform() * 1e12)
      case 1: return Int64(random.index(below: 3))
      // All but a few crowd together, so that ranges are narrowed again and again.
      case 2: return index < 4990 ? 7 + Int64(random.index(below: 2000)) : Int64(index) << 40
      case 3: return -Int64(random.index(below: 1_000_000))
      case 4: return 42
      default: return index == 0 ? .min / 2 : index == 1 ? .max / 2 : Int64(random.index(below: 99))
      }
    }
    let probabilities = [0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.9999, 1]
    for held in [1, 10, 700, 5000] {
      var quantiles = Quantiles(maximumHeld: held)
      for value in values { quantiles.add(value) }
      let sorted = values.sorted()
      let expected = probabilities.map { p -> Double in
        let position = p * 4999
        let below = Int(position)
        let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, 4999)]))
        return low + (position - Double(below)) * (high - low)
      }
      #expect(quantiles.quantiles(probabilities) == expected, "\(held) held")
    }
  }
}
