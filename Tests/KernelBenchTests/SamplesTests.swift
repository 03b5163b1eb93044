import Testing

@testable import KernelBench

struct SamplesTests {
  @Test func quantilesAreThoseOfType7() {
    let samples = Samples([4, 1, 3, 2])
    #expect(samples.median == 2.5)
    #expect(samples.quantile(0) == 1)
    #expect(samples.quantile(1) == 4)
    #expect(samples.quantile(0.25) == 1.75)
    #expect(samples.spread == (3.25 - 1.75) / 2.5)
  }

  // n = 100: ranks 50 -+ 9.8 -> 40 and 60 (0-based), values 41 and 61 of 1...100.
  @Test func medianIntervalIsThatOfOrderStatistics() {
    let samples = Samples((1...100).map(Double.init))
    #expect(samples.medianHalfWidth == (61 - 41) / 2 / 50.5)
    #expect(Samples([1, 1, 1, 1, 1]).medianHalfWidth == .infinity)
  }

  @Test func lag1IsPositiveForATrendAndNegativeForAnAlternation() throws {
    let trend = try #require(Samples((0..<50).map(Double.init)).lag1)
    let zigzag = try #require(Samples((0..<50).map { Double($0 % 2) }).lag1)
    #expect(trend > 0.9)
    #expect(zigzag < -0.9)
    #expect(Samples([1, 1, 1]).lag1 == nil)
  }

  @Test func timingStopsWhenTheMedianIsKnownOrTheBudgetSpent() throws {
    var runs = 0
    let watch = Stopwatch(minimum: 7, maximum: 9, precision: 0, budget: 0)
    let samples = try watch.time { () throws(KernelBenchError) in runs += 1 }
    #expect(samples.count == 7)
    #expect(runs == 8, "one warm-up run is not timed")
    // No interval is narrower than nothing, not even where a coarse clock shows equal times.
    let long = Stopwatch(minimum: 1, maximum: 9, precision: -1, budget: 1e9)
    #expect(try long.time { () throws(KernelBenchError) in }.count == 9)
  }
}
