@testable import Analysis
import Foundation
import Results
import Testing

@testable import Experiments

/// The table of what intervals of widely spread values are worth, made again.
@Suite struct ExpectedCoverageTests {
  static let spreads = [0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0]

  /// The median spread and the coverage of experiments of so many replications.
  private func point(_ spread: Double, isShare: Bool, _ n: Int, _ experiments: Int) -> (
    spread: Double, coverage: Double
  ) {
    let cv = (exp(spread * spread) - 1).squareRoot()
    let range: ValueRange = isShare ? .share : .positive
    var random = FastRandom(seed: UInt64(1000 * spread) &* 1009 &+ UInt64(n))
    var held = 0
    var spreads: [Double] = []
    for _ in 0..<experiments {
      let values = (0..<n).map { _ in
        isShare ? 0.01 * random.gamma(cv: cv) : exp(spread * random.normal() - spread * spread / 2)
      }
      if let interval = Intervals.mean(values, within: range)?.interval,
        interval.contains(isShare ? 0.01 : 1)
      {
        held += 1
      }
      spreads.append(ExpectedCoverage.spread(values))
    }
    spreads.sort()
    return (spreads[experiments / 2], Double(held) / Double(experiments))
  }

  /// Prints what experiments show where COVERAGE says of how many.
  @Test(arguments: [false, true]) func theTableIsWhatExperimentsShow(isShare: Bool) {
    let asked = ProcessInfo.processInfo.environment["COVERAGE"].flatMap { Int($0) }
    let experiments = asked ?? 1000
    for row in (isShare ? ExpectedCoverage.gamma : ExpectedCoverage.lognormal).rows {
      let points = Self.spreads.map {
        point($0, isShare: isShare, row.replications, experiments)
      }
      for (shown, known) in zip(points, row.points) {
        let error = (known.coverage * (1 - known.coverage) / Double(experiments)).squareRoot()
        #expect(abs(shown.coverage - known.coverage) < 4 * error + 0.001)
        #expect(abs(shown.spread - known.spread) < 0.1)
      }
      if asked != nil {
        let text = points.map { String(format: "(%.2f, %.3f)", $0.spread, $0.coverage) }
        print(
          "\(isShare ? "gamma" : "lognormal") \(row.replications): \(text.joined(separator: ", "))")
      }
    }
  }

  @Test func coverageIsLinearBetweenPoints() {
    let table = ExpectedCoverage.Table(rows: [
      (4, [(0.5, 0.9), (1, 0.8)]), (16, [(0.6, 0.94), (1, 0.9)]),
    ])
    // Under the first point and over the last it is theirs; 8 is half-way from 4 to 16.
    #expect(table.coverage(replications: 4, spread: 0.1) == 0.9)
    #expect(abs(table.coverage(replications: 4, spread: 0.75) - 0.85) < 1e-12)
    #expect(abs(table.coverage(replications: 8, spread: 1) - 0.85) < 1e-12)
    #expect(table.coverage(replications: 99, spread: 2) == 0.9)
    #expect(table.coverage(replications: 3, spread: 2) == 0.8)
  }

  @Test func onlyLowCoverageIsSaid() throws {
    #expect(ExpectedCoverage.of([1, 1.1, 0.9, 1.05, 1], within: .positive) == nil)
    #expect(ExpectedCoverage.of([1, 100], within: .positive) == nil)
    #expect(ExpectedCoverage.of([1, 2, 3, 4, 100], within: .real) == nil)
    let few = [0, 0, 0, 0, 0, 0, 0.2, 0.1, 0, 0]
    #expect(ExpectedCoverage.of(few, within: .share) == ExpectedCoverage.seenInFew)
    #expect(ExpectedCoverage.of(few.map { 1 - $0 }, within: .share) == ExpectedCoverage.seenInFew)
    #expect(ExpectedCoverage.of([0, 0, 0, 0, 0, 0], within: .share) == nil)
    let low = try #require(ExpectedCoverage.of([1, 2, 3, 4, 100], within: .positive))
    #expect(low < 0.8)
  }
}
