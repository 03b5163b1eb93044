import EventEngine
import Testing

@testable import Workload

@Suite struct StatisticsTests {
  @Test func knownAnswers() throws {
    // Minutes from the first arrival hold 3, 0, 1 queries.
    var sample = trace(at: [10, 10.5, 11, 150])
    var rows = Array(sample.rows)
    rows[0].steps = 30
    rows[1].steps = 30
    rows[2].steps = 20
    rows[3].images = 4
    sample.rows = SpillingArray(rows)
    let statistics = TraceStatistics(sample)
    #expect(statistics.rows == 4)
    #expect(statistics.span == SimulationDuration(seconds: 140))
    #expect(statistics.meanRate == 3 / 140.0)
    #expect(statistics.peakSecond == 2)
    #expect(statistics.peakMinute == 3)
    #expect(statistics.peakHour == 4)
    let dispersion = try #require(statistics.dispersion)
    // The third minute is cut short by the end: 3 and 0 remain, mean 1.5, variance 4.5.
    #expect(abs(dispersion - 3) < 1e-12)
    // Gaps 0.5, 0.5, 139: mean 140/3, standard deviation 138.5 / sqrt(3).
    let cv = try #require(statistics.gapCV)
    #expect(abs(cv - 138.5 / 3.0.squareRoot() / (140 / 3.0)) < 1e-12)
    #expect(statistics.hourlyCV == nil)
    #expect(statistics.steps.map { [$0.value, $0.count] } == [[20, 1], [30, 2]])
    #expect(statistics.images.map { [$0.value, $0.count] } == [[4, 1]])
  }

  @Test func aPoissonProcessHasADispersionOfOne() throws {
    // A day holds 1439 whole minutes: the ratio's standard error is sqrt(2 / 1438).
    let arrivals = ArrivalProcess.poisson(rate: 1).arrivals(
      duration: SimulationDuration(seconds: 86_400), seed: 21)
    let statistics = TraceStatistics(trace(at: arrivals.map(\.seconds)))
    let dispersion = try #require(statistics.dispersion)
    #expect(abs(dispersion - 1) < 4 * (2.0 / 1438).squareRoot())
  }

  @Test func aLongSilenceCostsNothing() {
    let statistics = TraceStatistics(trace(at: [0, 946_728_000]))
    #expect(statistics.peakSecond == 1)
    #expect(statistics.span == TraceLimits.longest)
  }
}
