import Foundation
import Results

/// How often a 95 % interval of a mean holds it where replications are few and their values spread widely.
///
/// A table, by simulation, of lognormal values and, for shares, of gamma values of mean 0.01, whose few
/// large values are like violations of a few busy periods: what `ExpectedCoverageTests` prints. The last value of a row
/// stands for wider spreads too, of which no more is known than that it is that or less: of a few values, those of a
/// spread twice as wide look the same.
enum ExpectedCoverage {
  /// Under this the coverage is said; Assumed.
  static let nominal = 0.93

  /// What intervals of shares hold that under 5 replications show, of events in clusters as uneven as gamma values of
  /// shape 0.4, whatever their number: 0.77 to 0.93 by simulation, for M/M/1 at load 0.9 0.82 to 0.99.
  static let seenInFew = 0.8

  /// The coverage that intervals of such values have; nil where it is nominal, or nothing is known. A share and what is
  /// left of it have the same.
  static func of(_ values: [Double], within range: ValueRange) -> Double? {
    guard range != .real, values.count >= Intervals.minimumReplications else { return nil }
    if range == .share, values.contains(where: { $0 == 0 || $0 == 1 }) {
      // Where some replications show no event the spread says nothing: the number of those that do is reported instead.
      let withAny = rarer(values).count { $0 > 0 }
      return (1..<min(values.count, StoredSummary.minimumWithAny)).contains(withAny)
        ? seenInFew : nil
    }
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
        (0.32, 0.962), (0.45, 0.956), (0.56, 0.948), (0.65, 0.935), (0.71, 0.918), (0.79, 0.885),
        (0.91, 0.806),
      ]
    ),
    (
      5,
      [
        (0.35, 0.955), (0.49, 0.944), (0.61, 0.932), (0.71, 0.913), (0.79, 0.895), (0.89, 0.858),
        (1.00, 0.764),
      ]
    ),
    (
      7,
      [
        (0.36, 0.952), (0.51, 0.942), (0.64, 0.928), (0.75, 0.911), (0.83, 0.894), (0.94, 0.859),
        (1.07, 0.767),
      ]
    ),
    (
      10,
      [
        (0.37, 0.953), (0.53, 0.940), (0.66, 0.925), (0.78, 0.914), (0.88, 0.897), (1.00, 0.869),
        (1.14, 0.794),
      ]
    ),
    (
      20,
      [
        (0.38, 0.952), (0.55, 0.944), (0.70, 0.938), (0.84, 0.924), (0.95, 0.914), (1.09, 0.887),
        (1.26, 0.843),
      ]
    ),
    (
      50,
      [
        (0.39, 0.951), (0.57, 0.950), (0.74, 0.945), (0.89, 0.938), (1.03, 0.929), (1.20, 0.908),
        (1.40, 0.873),
      ]
    ),
    (
      100,
      [
        (0.39, 0.952), (0.58, 0.953), (0.76, 0.952), (0.93, 0.946), (1.07, 0.938), (1.26, 0.921),
        (1.49, 0.884),
      ]
    ),
  ])

  static let gamma = Table(rows: [
    (
      3,
      [
        (0.33, 0.966), (0.51, 0.964), (0.67, 0.959), (0.80, 0.952), (0.94, 0.932), (1.13, 0.894),
        (1.18, 0.651),
      ]
    ),
    (
      5,
      [
        (0.36, 0.961), (0.54, 0.960), (0.70, 0.954), (0.86, 0.943), (1.00, 0.920), (1.19, 0.869),
        (1.34, 0.742),
      ]
    ),
    (
      7,
      [
        (0.37, 0.959), (0.55, 0.955), (0.73, 0.950), (0.88, 0.940), (1.03, 0.923), (1.23, 0.876),
        (1.44, 0.764),
      ]
    ),
    (
      10,
      [
        (0.38, 0.957), (0.56, 0.953), (0.74, 0.950), (0.91, 0.943), (1.07, 0.931), (1.28, 0.897),
        (1.54, 0.775),
      ]
    ),
    (
      20,
      [
        (0.39, 0.956), (0.58, 0.951), (0.76, 0.948), (0.94, 0.944), (1.11, 0.943), (1.35, 0.929),
        (1.67, 0.809),
      ]
    ),
    (
      50,
      [
        (0.40, 0.952), (0.59, 0.952), (0.78, 0.951), (0.97, 0.950), (1.16, 0.950), (1.42, 0.950),
        (1.79, 0.872),
      ]
    ),
    (
      100,
      [
        (0.40, 0.951), (0.60, 0.952), (0.79, 0.953), (0.98, 0.951), (1.18, 0.952), (1.45, 0.950),
        (1.86, 0.926),
      ]
    ),
  ])
}
