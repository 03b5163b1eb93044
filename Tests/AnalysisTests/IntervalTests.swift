@testable import Analysis
import EventEngine
import Foundation
import Results
import Testing

/// Known answers for means and ratios over replications.
@Suite struct IntervalTests {
  @Test func meanOfFive() throws {
    // t(0.975; 4) = 2.776445105; s = sqrt(2.5); half = t s / sqrt(5).
    let result = try #require(Intervals.mean([1, 2, 3, 4, 5], within: .real))
    let interval = try #require(result.interval)
    #expect(result.mean == 3)
    #expect(abs(interval.upperBound - 3 - 2.776445105 * (2.5 / 5).squareRoot()) < 1e-8)
    #expect(abs(interval.lowerBound + interval.upperBound - 6) < 1e-12)
  }

  /// On the logarithm, of 1, 2 and 4: ln of the mean 7/3 is theta, leaving one out gives ln 3, ln 2.5 and ln 1.5.
  @Test func meanOfPositiveValuesByHand() throws {
    let theta = log(7.0 / 3)
    let pseudo = [3.0, 2.5, 1.5].map { 3 * theta - 2 * log($0) }
    let centre = pseudo.reduce(0, +) / 3
    let error = (pseudo.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 6).squareRoot()
    // t(0.975; 2) = 4.302652730.
    let result = try #require(Intervals.mean([1, 2, 4], within: .positive))
    let interval = try #require(result.interval)
    #expect(abs(log(interval.lowerBound) - (theta - 4.302652730 * error)) < 1e-9)
    // The tail is above: Hall's end there, of skewness 20/27 over (14/9)^1.5, lies below the logarithm's.
    #expect(abs(log(interval.upperBound) - (theta + 4.302652730 * error)) < 1e-9)
    let share = try #require(Intervals.mean([0.1, 0.2, 0.4], within: .share)?.interval)
    let kept = try #require(Intervals.mean([0.9, 0.8, 0.6], within: .share)?.interval)
    #expect(abs(share.lowerBound + kept.upperBound - 1) < 1e-12)
    #expect(abs(share.upperBound + kept.lowerBound - 1) < 1e-12)
  }

  /// Ten values of skewness 8/3, a tail above. Hall's end is the mean at which t + a t^2/3 + a^2 t^3/27 + a/6 = -t(0.975; 9).
  @Test func theEndTowardsTheTailIsCorrected() throws {
    let values = [1.0] + Array(repeating: 0.0, count: 9)
    let interval = try #require(Intervals.mean(values, within: .real)?.interval)
    let error = (0.09 / 9).squareRoot()
    let t = (0.1 - interval.upperBound) / error
    let a = 8 / 3 / 10.0.squareRoot()
    #expect(abs(t + a * t * t / 3 + a * a * t * t * t / 27 + a / 6 + 2.262157163) < 1e-8)
    #expect(abs(interval.lowerBound - (0.1 - 2.262157163 * error)) < 1e-9)
    #expect(interval.upperBound > 0.1 + 2.262157163 * error)
  }

  /// What one replication alone shows has no place on a logit when it is left out: Student's ends, cut at 0.
  @Test func endsLieWithinTheRange() throws {
    let share = try #require(Intervals.mean([0, 0, 0.3], within: .share)?.interval)
    #expect(share.lowerBound == 0 && share.upperBound > 0.1 && share.upperBound <= 1)
    let kept = try #require(Intervals.mean([1, 1, 0.7], within: .share)?.interval)
    #expect(kept.upperBound == 1 && kept.lowerBound < 0.9 && kept.lowerBound >= 0)
    let latency = try #require(Intervals.mean([1, 2, 6], within: .positive)?.interval)
    #expect(latency.lowerBound > 0)
  }

  /// One value a thousand times the others: ends on the logarithm would be 79 [0.009, 713,000].
  @Test func oneValueThatStandsOutDoesNotBlowUpTheEnds() throws {
    let values = [1, 1.1, 0.9, 1.2, 0.8, 1, 1.1, 0.9, 1, 781]
    let result = try #require(Intervals.mean(values, within: .positive))
    let interval = try #require(result.interval)
    #expect(interval.lowerBound == 0 && interval.upperBound < 10 * result.mean)
    #expect(interval.upperBound > 300)
  }

  @Test func twoValuesHaveNoInterval() throws {
    for values in [[7.0], [7, 8]] {
      let result = try #require(Intervals.mean(values, within: .positive))
      #expect(result.mean == values.reduce(0, +) / Double(values.count) && result.interval == nil)
      #expect(Intervals.pValue(ofDifferences: values) == nil)
      #expect(Intervals.ratio(values, to: values.map { $0 * $0 })?.interval == nil)
    }
    #expect(Intervals.mean([], within: .real) == nil)
  }

  @Test func aPValueAgreesWithTheIntervalOfDifferences() throws {
    var stream = RandomStream(seed: 4, stream: RandomStreamID(rawValue: 900), entity: 0)
    var outside = 0
    for _ in 0..<400 {
      let values = (0..<6).map { _ in -2 * log(stream.uniform()) - 1 }
      let interval = try #require(Intervals.mean(values, within: .real)?.interval)
      let p = try #require(Intervals.pValue(ofDifferences: values))
      #expect((p < 0.05) == !interval.contains(0))
      if p < 0.05 { outside += 1 }
    }
    #expect(outside > 20 && outside < 380, "both cases were seen")
  }

  @Test func theRatioOfProportionalValuesIsSure() throws {
    let result = try #require(Intervals.ratio([2, 4, 6], to: [1, 2, 3]))
    let interval = try #require(result.interval)
    #expect(result.ratio == 2)
    #expect(interval.upperBound - interval.lowerBound < 1e-12)
  }

  @Test func aRatioByHand() throws {
    // theta = ln(9/6); leaving one out gives ln(8/5), ln(6/4) and ln(4/3); t(0.975; 2) = 4.302652730.
    let result = try #require(Intervals.ratio([1, 3, 5], to: [1, 2, 3]))
    let theta = log(1.5)
    let pseudo = [8.0 / 5, 6.0 / 4, 4.0 / 3].map { 3 * theta - 2 * log($0) }
    let centre = pseudo.reduce(0, +) / 3
    let error = (pseudo.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 6).squareRoot()
    let interval = try #require(result.interval)
    #expect(abs(result.ratio - 1.5) < 1e-12)
    #expect(abs(log(interval.upperBound) - theta - 4.302652730 * error) < 1e-9)
    #expect(abs(log(interval.lowerBound) - theta + 4.302652730 * error) < 1e-9)
  }

  @Test func zeroesHaveNoRatio() {
    #expect(Intervals.ratio([0, 0], to: [1, 2]) == nil)
    #expect(Intervals.ratio([1, 2], to: [0, 0]) == nil)
    // Leaving the only violation out leaves none: a ratio, but no interval.
    #expect(Intervals.ratio([0, 0, 1], to: [1, 1, 1])?.interval == nil)
  }
}
