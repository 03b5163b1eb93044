import Testing

@testable import LatentDynamics

/// The monotone fit by hand, and what lies beyond its pairs.
@Suite struct QualityCalibrationTests {
  /// Errors 1 2 3 4 with scores 10 13 11 20: 13 and 11 violate the order and pool to 12.
  private let fit = QualityCalibration([(8, 3, 11), (20, 1, 10), (5, 4, 20), (10, 2, 13)])

  @Test func adjacentViolatorsArePooled() {
    #expect(fit.pairs.map(\.fitted) == [10, 12, 12, 20])
    #expect(fit.pairs.map(\.steps) == [20, 10, 8, 5])
    // Residuals 0, 1, -1, 0.
    #expect(abs(fit.residual - 0.5.squareRoot()) < 1e-12)
  }

  @Test func scoresLieOnLinesBetweenPairsAndNowhereElse() {
    #expect(fit.score(meanError: 1) == 10)
    #expect(fit.score(meanError: 1.5) == 11)
    #expect(fit.score(meanError: 2.5) == 12)
    #expect(fit.score(meanError: 3.25) == 14)
    #expect(fit.score(meanError: 4) == 20)
    #expect(fit.score(meanError: 0.99) == nil && fit.score(meanError: 4.01) == nil)
    #expect(fit.bound(meanError: 0.5) == 10 && fit.bound(meanError: 9) == 20)
  }

  @Test func aTableGivesOnePairForEachPublishedSchedule() throws {
    let table = TableGenerator(prompts: 12, height: 128, width: 128).generate(version: "test")
    let fit = try #require(QualityCalibration(table))
    #expect(fit.pairs.map(\.steps) == [20, 15, 12, 10, 8, 6, 5])
    let errors = (0..<12).map { table.solverError(row: $0, steps: 8) }
    let pair = try #require(fit.pairs.first { $0.steps == 8 })
    #expect(abs(pair.error - errors.reduce(0, +) / 12) < 1e-12)
    #expect(pair.published == 16.40)
    // 15.78 at 12 steps and 15.84 at 15: the only violation of the published figures.
    #expect(fit.pairs[1].fitted == fit.pairs[2].fitted)
    #expect(abs(fit.pairs[1].fitted - 15.81) < 1e-9)
  }
}
