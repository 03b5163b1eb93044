@testable import Analysis
import Foundation
import Results

@testable import Experiments

/// How often intervals of so many replications hold the truth, over experiments of a population.
struct CoverageTable {
  struct Row {
    let population: String
    let statistic: String
    /// Replications an experiment.
    let replications: Int
    /// Experiments in which the statistic was seen at all.
    let experiments: Int
    /// The share of them whose interval holds the truth.
    let coverage: Double
    /// The coverage that is printed, in the mean; 0.95 where none is.
    let expected: Double
    /// Experiments whose interval is marked as doubtful, since few replications have a violation.
    let doubtful: Int
    /// Experiments that print the nominal coverage, unmarked: how many, and the share of them that hold the truth.
    let nominal: (count: Int, coverage: Double)
    /// The median width over that of an interval that knows the standard deviation.
    let width: Double

    var text: String {
      func share(_ x: Double) -> String { String(format: "%.3f", x) }
      return [
        population.padding(toLength: 22, withPad: " ", startingAt: 0),
        statistic.padding(toLength: 11, withPad: " ", startingAt: 0),
        String(format: "%3d  %6d", replications, experiments), share(coverage), share(expected),
        String(format: "%6d  %6d", doubtful, nominal.count), share(nominal.coverage),
        String(format: "%.2f", width),
      ].joined(separator: "  ")
    }
  }

  static let head =
    "population              statistic      n  exper.  cover  print  marked  nominal  of them width"

  /// Experiments of each number of replications, of which none shares a replication with another.
  static func rows(
    of population: Population, experiments: Int, replications: [Int], seed: UInt64
  ) async -> [Row] {
    let most = replications.max() ?? 0
    let pool = await pool(of: population, count: experiments * most, seed: seed)
    return replications.flatMap { n in
      population.statistics.indices.map { statistic in
        row(population, statistic, pool.map { $0[statistic] }, n, experiments)
      }
    }
  }

  /// Replications, each from a seed of its own, on all cores.
  static func pool(
    of population: Population, count: Int, seed: UInt64
  ) async -> [[Double]] {
    let block = 500
    return await withTaskGroup(of: (Int, [[Double]]).self) { group in
      for start in stride(from: 0, to: count, by: block) {
        group.addTask {
          (
            start,
            (start..<min(start + block, count)).map { index in
              var random = FastRandom(seed: seed &+ UInt64(index))
              return population.draw(&random)
            }
          )
        }
      }
      var blocks: [Int: [[Double]]] = [:]
      for await (start, values) in group { blocks[start] = values }
      return blocks.sorted { $0.key < $1.key }.flatMap(\.value)
    }
  }

  private static func row(
    _ population: Population, _ statistic: Int, _ pool: [Double], _ n: Int, _ experiments: Int
  ) -> Row {
    let (name, range) = population.statistics[statistic]
    let truth = pool.reduce(0, +) / Double(pool.count)
    let variance =
      pool.reduce(0) { $0 + ($1 - truth) * ($1 - truth) } / Double(pool.count)
    let known = 2 * 1.96 * (variance / Double(n)).squareRoot()
    var (seen, held, expected, doubtful) = (0, 0, 0.0, 0)
    var nominal = (count: 0, held: 0)
    var widths: [Double] = []
    for experiment in 0..<experiments {
      let values = Array(pool[experiment * n..<(experiment + 1) * n])
      guard range != .share || values.contains(where: { $0 > 0 }),
        let interval = Intervals.mean(values, within: range)?.interval
      else { continue }
      seen += 1
      let holds = interval.contains(truth)
      if holds { held += 1 }
      let printed = ExpectedCoverage.of(values, within: range)
      expected += printed ?? 0.95
      let withAny = values.count { $0 > 0 }
      if range == .share, withAny < min(n, StoredSummary.minimumWithAny) {
        doubtful += 1
      } else if printed == nil {
        nominal.count += 1
        if holds { nominal.held += 1 }
      }
      widths.append((interval.upperBound - interval.lowerBound) / known)
    }
    widths.sort()
    return Row(
      population: population.name, statistic: name, replications: n, experiments: seen,
      coverage: Double(held) / Double(max(seen, 1)), expected: expected / Double(max(seen, 1)),
      doubtful: doubtful,
      nominal: (nominal.count, Double(nominal.held) / Double(max(nominal.count, 1))),
      width: widths.isEmpty ? 0 : widths[widths.count / 2])
  }
}
