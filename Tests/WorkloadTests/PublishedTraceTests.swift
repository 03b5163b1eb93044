import EventEngine
import Testing

@testable import Workload

/// Exact totals of the published files, which are not shipped.
@Suite struct PublishedTraceTests {
  static let hint: Comment =
    "skipped: the published traces are not at ../shared/traces nor in $QOSDIFF_TRACES"

  @Test(.disabled(if: PublishedTraces.isMissing(PublishedTraces.gentd26), hint))
  func gentd26Totals() throws {
    let path = try #require(PublishedTraces.path(PublishedTraces.gentd26))
    let trace = try TraceLoader.load(path: path)
    #expect(trace.formatName == "gentd26")
    #expect(trace.report.rowsInFile == 26_823)
    #expect(trace.report.rowsReplayed == 26_392)
    #expect(trace.rows.count == 26_392)
    #expect(
      trace.report.skipped.map { [$0.reason, "\($0.count)"] }
        == [["predict_status is not SUCCEED", "431"]])
    #expect(trace.report.rowsOutOfOrder == 0)
    #expect(
      trace.report.notes.prefix(3) == [
        "predict_status of all rows: SUCCEED 26392, FAILED 398, PENDING 30, PROCESSING 3",
        "rows without a number of steps or images: 25, of which 25 are not SUCCEED",
        "rows replayed as text-to-image: IMG_2_IMG 2152, INPAINTING 180 "
          + "(in the file: IMG_2_IMG 2199, INPAINTING 186)",
      ])
    #expect(trace.rows.first?.arrival == .zero)
    // 15 November 16:57:50 to 8 December 17:33:45.
    #expect(trace.span.nanoseconds / 1_000_000_000 == 23 * 86_400 + 35 * 60 + 55)
  }

  @Test(.disabled(if: PublishedTraces.isMissing(PublishedTraces.gentd26), hint))
  func gentd26WithFailures() throws {
    let path = try #require(PublishedTraces.path(PublishedTraces.gentd26))
    let trace = try TraceLoader.load(path: path, options: TraceOptions(includeFailed: true))
    #expect(trace.report.rowsReplayed == 26_798)
    #expect(
      trace.report.skipped.map { [$0.reason, "\($0.count)"] }
        == [["without a number of steps or images", "25"]])
    let statistics = TraceStatistics(trace)
    #expect(statistics.images.first?.count == 15_494)
    #expect(statistics.steps.first { $0.value == 30 }?.count == 24_305)
    let steps = statistics.steps.reduce(0) { $0 + $1.count }
    #expect(steps == 26_798)
  }

  @Test(.disabled(if: PublishedTraces.isMissing(PublishedTraces.azure), hint))
  func azureTotals() throws {
    let path = try #require(PublishedTraces.path(PublishedTraces.azure))
    let trace = try TraceLoader.load(path: path)
    #expect(trace.report.rowsInFile == 19_366)
    #expect(trace.rows.count == 19_366)
    #expect(trace.rows.first?.arrival.nanoseconds == 680_590_000)
    let statistics = TraceStatistics(trace)
    let rate = try #require(statistics.meanRate)
    let cv = try #require(statistics.gapCV)
    #expect(abs(rate - 5.53) < 0.005)
    #expect(abs(cv - 1.09) < 0.005)
  }
}
