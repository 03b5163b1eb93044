@testable import Cluster
import EventEngine
import LatencyProfiles
import Testing
import Workload

@testable import Results

/// Intervals of a run: sums are exact however often neighbours are joined.
@Suite struct RunSeriesTests {
  private func span(_ resource: SpanResource, _ start: Int64, _ end: Int64) -> Span {
    Span(
      worker: WorkerID(rawValue: 0), resource: resource, stage: .denoise,
      start: SimulationTime(nanoseconds: start), end: SimulationTime(nanoseconds: end), images: 1,
      query: QueryID(rawValue: 0), model: ModelID(rawValue: 0), batch: 1)
  }

  @Test func aSpanFallsIntoItsIntervals() {
    var series = RunSeries()
    series.add(span(.accelerator, 500_000, 2_250_000))
    series.add(span(.cpu, 1_000_000, 2_000_000))
    series.add(span(.link, 0, 9_000_000))
    #expect(series.width == 1_000_000)
    #expect(
      series.intervals == [[0, 0, 500_000, 0], [0, 0, 1_000_000, 1_000_000], [0, 0, 250_000, 0]])
  }

  @Test func joiningKeepsEverySum() {
    var series = RunSeries()
    var random = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 1), entity: 2)
    var total: Int64 = 0
    for step in 1...200 {
      let start = Int64(random.uniform() * Double(step) * 1e9)
      let length = Int64(random.uniform() * 5e9)
      series.add(span(.accelerator, start, start + length))
      total += length
      #expect(series.intervals.count <= RunSeries.maximumSpans)
    }
    #expect(
      series.intervals.reduce(0) { $0 + $1[RunSeries.Quantity.accelerators.rawValue] } == total)
    // 200 s in at most 240 intervals of 2^n ms: 1.024 s each.
    #expect(series.width == 1_024_000_000)
    #expect(series.intervals.count >= 120)
  }
}
