import EventEngine
import Testing
import Workload

/// The circular block bootstrap of traces.
@Suite struct ResampleTests {
  /// 600 rows over 10 minutes: many in the first minute, few later; row i has i as its prompt.
  private let trace = Trace(
    rows: (0..<600).map { i in
      var row = TraceRow(arrival: SimulationTime(seconds: i < 300 ? Double(i) / 5 : Double(i)))
      row.prompt = UInt64(i)
      return row
    }, formatName: "test", report: TraceReport())

  @Test func oneLongBlockTurnsTheTraceRound() {
    let turned = trace.resampled(block: SimulationDuration(seconds: 3600), seed: 4)
    #expect(turned.rows.count == 600)
    #expect(Set(turned.rows.map(\.prompt)).count == 600)
  }

  @Test func rowsAreInOrderAndWithinTheTrace() {
    for seed in UInt64(1)...20 {
      let rows = trace.resampled(block: SimulationDuration(seconds: 45), seed: seed).rows
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
      #expect(rows.allSatisfy { $0.arrival.seconds >= 0 && $0.arrival.seconds < 600 })
    }
  }

  @Test func neighboursOfABlockKeepTheirDistance() {
    let rows = trace.resampled(block: SimulationDuration(seconds: 60), seed: 9).rows
    var kept = 0
    for (a, b) in zip(rows, rows.dropFirst()) {
      guard let first = a.prompt, let second = b.prompt, second == first + 1 else { continue }
      kept += 1
      let gap = (b.arrival - a.arrival).seconds
      #expect(abs(gap - (second < 300 ? 0.2 : second == 300 ? 240.2 : 1)) < 1e-6)
    }
    #expect(kept > rows.count * 8 / 10)
  }

  /// Every row is equally likely: the mean number of rows is the trace's own.
  @Test func theMeanRateIsKept() {
    let counts = (UInt64(1)...400).map {
      trace.resampled(block: SimulationDuration(seconds: 60), seed: $0).rows.count
    }
    let mean = Double(counts.reduce(0, +)) / 400
    let variance = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 399
    #expect(abs(mean - 600) < 4 * (variance / 400).squareRoot())
    #expect(Set(counts).count > 50)
  }

  @Test func aSeedGivesTheSameAgain() {
    let block = SimulationDuration(seconds: 30)
    let one = trace.resampled(block: block, seed: 5)
    #expect(one.rows == trace.resampled(block: block, seed: 5).rows)
    #expect(one.rows != trace.resampled(block: block, seed: 6).rows)
  }
}
