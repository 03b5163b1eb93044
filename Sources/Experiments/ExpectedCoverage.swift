import Foundation
import Results

/// How often a 95 % interval of a mean holds it where replications are few and their values spread widely.
///
/// A table, by simulation, of lognormal values and, for shares, of gamma values of mean 0.01, whose few
/// large values are like violations of a few busy periods: what `ExpectedCoverageTests` prints.
enum ExpectedCoverage {
  /// Under this the coverage is said; Assumed.
  static let nominal = 0.93

  /// The coverage that intervals of such values have; nil where it is nominal, or nothing is known. A share and what is
  /// left of it have the same.
  static func of(_ values: [Double], within range: ValueRange) -> Double? {
    guard range != .real, values.count >= Intervals.fewest else { return nil }
    // Where some replications show no event the spread says nothing: the number of those that do is reported instead.
    if range == .share, values.contains(where: { $0 == 0 || $0 == 1 }) { return nil }
    let coverage = (range == .share ? gamma : lognormal).coverage(
      replications: values.count, spread: spread(range == .share ? rarer(values) : values))
    return coverage < nominal ? coverage : nil
  }

  /// Shares, or what is left of them, whichever is less.
  private static func rarer(_ shares: [Double]) -> [Double] {
    shares.reduce(0, +) > Double(shares.count) / 2 ? shares.map { 1 - $0 } : shares
  }

  /// The spread of lognormal values with such a coefficient of variation: the standard deviation of their logarithms.
  static func spread(_ values: [Double]) -> Double {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
    return mean > 0 ? log(1 + variance / (mean * mean)).squareRoot() : 0
  }

  /// Coverages by the number of replications and by the median spread of their values.
  struct Table {
    let rows: [(replications: Int, points: [(spread: Double, coverage: Double)])]

    /// Linear between its points, in the logarithm of the number.
    func coverage(replications n: Int, spread: Double) -> Double {
      func at(_ row: Int) -> Double {
        Self.value(at: spread, rows[row].points.map { ($0.spread, $0.coverage) })
      }
      return Self.value(
        at: log(Double(n)), rows.indices.map { (log(Double(rows[$0].replications)), at($0)) })
    }

    private static func value(at x: Double, _ points: [(x: Double, y: Double)]) -> Double {
      guard let above = points.firstIndex(where: { $0.x >= x }) else { return points.last?.y ?? 1 }
      guard above > 0 else { return points[0].y }
      let (a, b) = (points[above - 1], points[above])
      return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    }
  }

  static let lognormal = Table(rows: [
    (
      3,
      [
        (0.32, 0.954), (0.45, 0.953), (0.56, 0.946), (0.65, 0.933), (0.71, 0.918), (0.79, 0.889),
        (0.90, 0.830),
      ]
    ),
    (
      5,
      [
        (0.35, 0.954), (0.49, 0.944), (0.61, 0.931), (0.71, 0.916), (0.79, 0.895), (0.89, 0.854),
        (1.00, 0.774),
      ]
    ),
    (
      7,
      [
        (0.36, 0.952), (0.51, 0.941), (0.64, 0.926), (0.74, 0.912), (0.83, 0.892), (0.94, 0.855),
        (1.07, 0.773),
      ]
    ),
    (
      10,
      [
        (0.37, 0.950), (0.53, 0.939), (0.66, 0.927), (0.78, 0.910), (0.88, 0.895), (0.99, 0.864),
        (1.14, 0.800),
      ]
    ),
    (
      20,
      [
        (0.38, 0.949), (0.55, 0.943), (0.70, 0.934), (0.84, 0.922), (0.95, 0.911), (1.09, 0.889),
        (1.26, 0.845),
      ]
    ),
    (
      50,
      [
        (0.39, 0.952), (0.57, 0.950), (0.74, 0.944), (0.90, 0.938), (1.03, 0.928), (1.20, 0.909),
        (1.40, 0.876),
      ]
    ),
    (
      100,
      [
        (0.39, 0.953), (0.58, 0.952), (0.76, 0.950), (0.92, 0.946), (1.07, 0.939), (1.26, 0.921),
        (1.49, 0.886),
      ]
    ),
  ])

  static let gamma = Table(rows: [
    (
      3,
      [
        (0.34, 0.959), (0.51, 0.960), (0.67, 0.959), (0.80, 0.951), (0.95, 0.935), (1.13, 0.892),
        (1.18, 0.647),
      ]
    ),
    (
      5,
      [
        (0.36, 0.960), (0.54, 0.957), (0.71, 0.954), (0.86, 0.942), (1.00, 0.920), (1.19, 0.870),
        (1.34, 0.742),
      ]
    ),
    (
      7,
      [
        (0.37, 0.959), (0.55, 0.955), (0.72, 0.949), (0.89, 0.941), (1.03, 0.925), (1.23, 0.875),
        (1.44, 0.764),
      ]
    ),
    (
      10,
      [
        (0.38, 0.957), (0.56, 0.953), (0.74, 0.948), (0.91, 0.941), (1.07, 0.933), (1.28, 0.894),
        (1.54, 0.775),
      ]
    ),
    (
      20,
      [
        (0.39, 0.952), (0.58, 0.952), (0.77, 0.948), (0.94, 0.946), (1.12, 0.942), (1.35, 0.928),
        (1.67, 0.809),
      ]
    ),
    (
      50,
      [
        (0.40, 0.952), (0.59, 0.952), (0.78, 0.954), (0.97, 0.949), (1.16, 0.948), (1.42, 0.949),
        (1.79, 0.875),
      ]
    ),
    (
      100,
      [
        (0.40, 0.954), (0.59, 0.952), (0.79, 0.954), (0.98, 0.950), (1.17, 0.952), (1.45, 0.951),
        (1.86, 0.926),
      ]
    ),
  ])
}
