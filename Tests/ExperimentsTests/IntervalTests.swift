import Foundation
import Testing

@testable import Experiments

/// Known answers for means and ratios over replications.
@Suite struct IntervalTests {
  @Test func meanOfFive() throws {
    // t(0.975; 4) = 2.776445105; s = sqrt(2.5); half = t s / sqrt(5).
    let result = try #require(Intervals.mean([1, 2, 3, 4, 5]))
    let interval = try #require(result.interval)
    #expect(result.mean == 3)
    #expect(abs(interval.upperBound - 3 - 2.776445105 * (2.5 / 5).squareRoot()) < 1e-8)
    #expect(abs(interval.lowerBound + interval.upperBound - 6) < 1e-12)
  }

  @Test func oneValueHasNoInterval() throws {
    let result = try #require(Intervals.mean([7]))
    #expect(result.mean == 7 && result.interval == nil)
    #expect(Intervals.mean([]) == nil)
  }

  @Test func theRatioOfProportionalValuesIsSure() throws {
    let result = try #require(Intervals.ratio([2, 4, 6], to: [1, 2, 3]))
    let interval = try #require(result.interval)
    #expect(result.ratio == 2)
    #expect(interval.upperBound - interval.lowerBound < 1e-12)
  }

  @Test func aRatioByHand() throws {
    // Two pairs: theta = ln(6/4); leaving one out gives ln(4/3) and ln(2/1); pseudo-values
    // 2 theta - theta_(i); t(0.975; 1) = 12.7062047.
    let result = try #require(Intervals.ratio([2, 4], to: [1, 3]))
    let theta = log(1.5)
    let pseudo = [2 * theta - log(4.0 / 3), 2 * theta - log(2.0)]
    let s = abs(pseudo[0] - pseudo[1]) / 2.0.squareRoot()
    let half = 12.7062047362 * s / 2.0.squareRoot()
    let interval = try #require(result.interval)
    #expect(abs(result.ratio - 1.5) < 1e-12)
    #expect(abs(log(interval.upperBound) - theta - half) < 1e-6)
    #expect(abs(log(interval.lowerBound) - theta + half) < 1e-6)
  }

  @Test func zeroesHaveNoRatio() {
    #expect(Intervals.ratio([0, 0], to: [1, 2]) == nil)
    #expect(Intervals.ratio([1, 2], to: [0, 0]) == nil)
    // Leaving the only violation out leaves none: a ratio, but no interval.
    #expect(Intervals.ratio([0, 1], to: [1, 1])?.interval == nil)
  }
}
