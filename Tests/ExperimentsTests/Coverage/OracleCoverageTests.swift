import Diagnostics
import Foundation
@testable import Scenarios
import Testing

@testable import Experiments

/// How often a family of values that theory knows is judged wrongly, where all of theory holds: at most the 1 % that
/// ``OracleCheck`` promises.
@Suite struct OracleCoverageTests {
  /// 220 exact values and 4 bounds, each of 20 replications: as many as `Scenarios/oracles` has.
  private static let exact = 220
  private static let bounds = 4
  private static let replications = 20
  private static let families = 2000

  private func oracle(_ kind: Oracle.Kind) -> Oracle {
    Oracle(
      metric: .meanWait, kind: kind, value: 1, source: "test", location: .init(file: "test"))
  }

  /// Replications of gamma values of mean 1: their skewness is twice the coefficient of variation.
  private func familiesWithAFault(cv: Double, seed: UInt64) -> Int {
    let risk = OracleCheck.familyWise / Double(Self.exact + Self.bounds)
    var random = FastRandom(seed: seed)
    return (0..<Self.families).count { _ in
      var isFaulty = false
      for index in 0..<Self.exact + Self.bounds {
        let values = (0..<Self.replications).map { _ in random.gamma(cv: cv) }
        let kind: Oracle.Kind = index < Self.exact ? .exact : .upperBound
        let row = OracleCheck.row("s", oracle(kind), values, count: 1_000_000, risk: risk)
        // A bound that the mean attains is never kept for sure: what is wrong is to say so.
        if row.verdict == (kind == .exact ? .missed : .kept) { isFaulty = true }
      }
      return isFaulty
    }
  }

  @Test(arguments: [0.02, 0.1, 0.2]) func familiesAreSeldomJudgedWrongly(cv: Double) {
    let faulty = familiesWithAFault(cv: cv, seed: UInt64(1000 * cv))
    let share = Double(faulty) / Double(Self.families)
    if CoverageTableTests.isPrinted {
      print("oracles: skewness \(2 * cv), \(Self.families) families: \(share) with a fault")
    }
    // Four standard deviations of a share of 0.01.
    #expect(
      share <= 0.01 + 4 * (0.01 * 0.99 / Double(Self.families)).squareRoot(), "\(cv): \(share)")
  }
}
