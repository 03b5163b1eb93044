import Foundation
import Results
import Testing

@testable import Experiments

/// Whether intervals hold the truth as often as is printed, over experiments of populations whose truth is known: the mean of
/// all their replications. `make coverage` has 4000 experiments of each, and prints the table.
@Suite struct CoverageTableTests {
  static let experiments =
    ProcessInfo.processInfo.environment["COVERAGE"].flatMap { Int($0) } ?? 200
  static let isPrinted = ProcessInfo.processInfo.environment["COVERAGE"] != nil
  static let replications = isPrinted ? [3, 5, 10, 30] : [5, 10]

  static let populations: [Population] = [
    // `../shared/repro/none.yaml` at 40 s.
    .queue(
      "M/M/1 0.9, 40 s", Queue(rates: (0.9, 0.9), queries: 20_000, warmup: 300, slo: 40)),
    .queue("M/M/1 0.8, 10 s", Queue(rates: (0.8, 0.8), queries: 2000, slo: 10)),
    .queue("M/M/1 0.9, 90 s", Queue(rates: (0.9, 0.9), queries: 20_000, warmup: 300, slo: 90)),
    .queue("M/M/8 0.9, 5 s", Queue(rates: (7.2, 7.2), servers: 8, queries: 20_000, slo: 5)),
    .queue("M/M/8 0.9, short", Queue(rates: (7.2, 7.2), servers: 8, queries: 5000, slo: 5)),
    .queue(
      "modulated 0.8, 60 s", Queue(rates: (0.4, 1.2), stay: 100, queries: 5000, slo: 60)),
    .queue(
      "mixture 0.6 or 0.85", mixed: Queue(rates: (0.85, 0.85), queries: 2000), share: 0.3,
      Queue(rates: (0.6, 0.6), queries: 2000, slo: 10)),
    .lognormal(0.3), .lognormal(0.6), .lognormal(1),
  ]

  /// Nominal coverage where it is promised, from 10 replications on where none less is printed; elsewhere what is
  /// printed.
  @Test(arguments: populations.indices) func intervalsHoldTheTruth(index: Int) async {
    let population = Self.populations[index]
    let rows = await CoverageTable.rows(
      of: population, experiments: Self.experiments, replications: Self.replications,
      seed: UInt64(index + 1) << 40)
    if Self.isPrinted {
      if index == 0 { print(CoverageTable.head) }
      for row in rows { print(row.text) }
    }
    for row in rows where row.experiments > 100 {
      // Four standard deviations, so that all rows pass.
      let error = (0.95 * 0.05 / Double(row.experiments)).squareRoot()
      if row.doubtful < row.experiments / 10, row.replications >= 5 {
        #expect(row.coverage < 0.97 + 4 * error, "\(row.text)")
      }
      let isNominal = row.replications >= 10 && row.expected > 0.93
      #expect(
        row.coverage > (isNominal ? 0.93 : min(row.expected, 0.93) - 0.02) - 4 * error
          // What is printed of so few: a mixture may show them of one kind alone, and no interval knows of the other.
          || row.replications < 10 && population.name.hasPrefix("mixture")
            && row.coverage > (row.replications < 5 ? 0.74 : 0.84) - 0.02 - 4 * error,
        "\(row.text)")
    }
  }
}
