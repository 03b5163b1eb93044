import EventEngine
import Testing

@testable import Workload

@Suite struct TransformTests {
  @Test func theWindowIsHalfOpenAndMovedToZero() {
    let cut = trace(at: [0, 1, 2, 3, 4]).windowed(
      from: SimulationDuration(seconds: 1), length: SimulationDuration(seconds: 2))
    #expect(nanoseconds(cut) == [0, 1_000_000_000])
    #expect(
      cut.report.skipped == [SkippedRows(reason: "outside the window", count: 3, firstRow: 1)])
    #expect(cut.report.rowsReplayed == 2)
    #expect(cut.report.rowsInFile == cut.report.rowsReplayed + cut.report.rowsSkipped)
    #expect(cut.report.notes == ["time window: 1.0 s to 3.0 s, moved to 0"])
  }

  @Test func aWindowToTheEndKeepsTheRest() {
    let cut = trace(at: [0, 1.5, 2]).windowed(from: SimulationDuration(seconds: 1.5))
    #expect(nanoseconds(cut) == [0, 500_000_000])
  }

  @Test func compressionDividesTimes() {
    let fast = trace(at: [0, 1, 10]).compressed(by: 4)
    #expect(nanoseconds(fast) == [0, 250_000_000, 2_500_000_000])
    #expect(fast.report.notes == ["time is compressed by 4.0"])
    let scaled = trace(at: [0, 1, 10]).rateScaled(by: 0.5)
    #expect(nanoseconds(scaled) == [0, 2_000_000_000, 20_000_000_000])
    #expect(scaled.report.notes == ["the rate is scaled by 0.5: time is compressed"])
  }

  @Test func superposingWholeCopiesMultipliesRowsAndKeepsTheSpan() {
    let original = trace(at: [5, 6, 9.5, 14])
    let dense = original.superposed(factor: 3, seed: 7)
    #expect(dense.rows.count == 12)
    #expect(original.wrapPeriod == SimulationDuration(seconds: 10))
    let range = SimulationTime(seconds: 5)..<SimulationTime(seconds: 15)
    #expect(dense.rows.allSatisfy { range.contains($0.arrival) })
    #expect(zip(dense.rows, dense.rows.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
    for row in 1...4 { #expect(dense.rows.count { $0.sourceRow == Int32(row) } == 3) }
    // Copy 0 stands as it was.
    for row in original.rows { #expect(dense.rows.contains(row)) }
    #expect(dense.rows == original.superposed(factor: 3, seed: 7).rows)
    #expect(dense.rows != original.superposed(factor: 3, seed: 8).rows)
    #expect(original.superposed(factor: 1, seed: 7).rows == original.rows)
  }

  @Test func theRowsOfACopyKeepTheirDistances() {
    let dense = trace(at: [0, 1, 4]).superposed(factor: 2, seed: 1)
    let times = { (row: Int32) in
      dense.rows.filter { $0.sourceRow == row }.map(\.arrival.nanoseconds).sorted()
    }
    let period: Int64 = 5_000_000_000
    let shift = times(1).first { $0 != 0 } ?? 0
    #expect(times(2) == [1_000_000_000, (1_000_000_000 + shift) % period].sorted())
    #expect(times(3) == [4_000_000_000, (4_000_000_000 + shift) % period].sorted())
  }

  @Test func aFractionOfACopyIsThinnedRowByRow() {
    let n = 20_000
    let original = trace(at: (0..<n).map { Double($0) })
    let dense = original.superposed(factor: 2.3, seed: 3)
    let extra = Double(dense.rows.count - 2 * n)
    // Binomial(n, 0.3) within four standard deviations.
    #expect(abs(extra - 0.3 * Double(n)) < 4 * (Double(n) * 0.3 * 0.7).squareRoot())
    let thin = original.superposed(factor: 0.3, seed: 3)
    #expect(Double(thin.rows.count) == extra)
    #expect(dense.report.rowsReplayed == n)
    #expect(
      dense.report.notes == ["2.3 copies superposed: 20000 rows became \(dense.rows.count) queries"]
    )
  }

  @Test func superposingKeepsEveryRowsProperties() {
    var original = trace(at: [0, 1])
    original.rows = original.rows.changing { $0.steps = $0.sourceRow == 1 ? 20 : 40 }
    let dense = original.superposed(factor: 4, seed: 1)
    #expect(dense.rows.allSatisfy { $0.steps == ($0.sourceRow == 1 ? 20 : 40) })
  }

  @Test func minMaxHitsBothEnds() throws {
    // Counts 1, 3, 2 per 10 s become 2, 6, 4 query/s.
    let original = trace(at: [0, 10, 11, 12, 20, 29])
    let scaled = original.minMaxRescaled(low: 2, high: 6, bin: SimulationDuration(seconds: 10))
    let counts = (0..<3).map { bin in
      scaled.rows.count { Int($0.arrival.seconds / 10) == bin }
    }
    #expect(counts == [20, 60, 40])
    #expect(scaled.rows.first?.arrival.nanoseconds == 250_000_000)
    #expect(scaled.rows[1].arrival.nanoseconds == 750_000_000)
    #expect(scaled.rows.prefix(7).map(\.sourceRow) == [1, 2, 3, 4, 5, 6, 1])
    let note = try #require(scaled.report.notes.first)
    #expect(note.hasPrefix("rates rescaled to 2.0 to 6.0 query/s (min-max over bins of 10.0 s"))
  }

  @Test func minMaxOfAConstantTraceTakesTheMiddle() {
    let scaled = trace(at: [0, 10]).minMaxRescaled(
      low: 1, high: 3, bin: SimulationDuration(seconds: 10))
    #expect(scaled.rows.count == 40)
  }

  @Test func emptyTracesStayEmpty() {
    let empty = trace(at: [])
    #expect(empty.span == .zero)
    #expect(empty.superposed(factor: 3, seed: 1).rows.isEmpty)
    #expect(empty.compressed(by: 3).rows.isEmpty)
    #expect(empty.windowed(from: .zero).rows.isEmpty)
    let bin = SimulationDuration(seconds: 1)
    #expect(empty.minMaxRescaled(low: 1, high: 2, bin: bin).rows.isEmpty)
    #expect(TraceStatistics(empty).meanRate == nil)
  }
}
