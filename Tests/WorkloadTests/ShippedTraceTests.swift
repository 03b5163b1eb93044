import EventEngine
import Foundation
import Testing

@testable import Workload

/// The look-alikes in `Traces` are whole, and what their README says they are.
@Suite struct ShippedTraceTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Traces")

  @Test(arguments: [
    ("t2i_day.csv", 2448, 4.57, 0.02952), ("gentd26_lookalike.csv", 25_277, 12.5, 0.01272),
    ("azure_conv_lookalike.csv", 19_256, 1.09, 5.499),
  ])
  func lookAlike(name: String, rows: Int, cv: Double, rate: Double) throws {
    let trace = try TraceLoader.load(path: Self.folder.appendingPathComponent(name).path)
    #expect(trace.report.rowsReplayed == rows)
    #expect(trace.report.rowsOutOfOrder == 0)
    let statistics = TraceStatistics(trace)
    let foundCV = try #require(statistics.gapCV)
    let foundRate = try #require(statistics.meanRate)
    #expect(abs(foundCV / cv - 1) < 0.005)
    #expect(abs(foundRate / rate - 1) < 0.001)
  }

  /// Regenerates the day as its README's command does. The C library's exp and cos may differ
  /// between platforms in the last bit, so times are compared to the microsecond.
  @Test func theDayComesOutOfItsCommand() throws {
    let process = ArrivalProcess.diurnal(
      .markovModulated([
        .init(rate: 0.5 / 3600, meanDwell: 7200), .init(rate: 100 / 3600.0, meanDwell: 7200),
        .init(rate: 0.15, meanDwell: 600),
      ]),
      .sinusoid(amplitude: 0.9, peak: 72_000, period: 86_400))
    let mix = QueryMix(
      steps: [
        Weighted(30, weight: 0.906), Weighted(40, weight: 0.05), Weighted(20, weight: 0.044),
      ],
      images: [
        Weighted(1, weight: 0.58), Weighted(4, weight: 0.19), Weighted(8, weight: 0.15),
        Weighted(2, weight: 0.08),
      ])
    let made = TraceGenerator.generate(
      process: process, mix: mix, duration: .init(seconds: 86_400), seed: 5)
    let shipped = try TraceLoader.load(
      path: Self.folder.appendingPathComponent("t2i_day.csv").path)
    #expect(made.rows.count == shipped.rows.count)
    for (a, b) in zip(made.rows, shipped.rows) {
      #expect(abs(a.arrival.nanoseconds - b.arrival.nanoseconds) < 1000)
      #expect(a.steps == b.steps && a.images == b.images)
    }
  }
}
