private import Foundation

/// From the mean latent error of a run's images to a perceptual score: published FIDs of full
/// DPM-Solver++(2M) schedules, put at the mean errors that the table has for the same schedules.
///
/// FID belongs to a set of images: the score is one of a run, never of one image. Between the pairs it
/// is linear in the error after an isotonic fit; beyond them it is not established.
public struct QualityCalibration: Hashable, Sendable {
  /// Published FID by steps: Stable Diffusion 1.4, DPM-Solver++, guidance 7.5, MS-COCO 2014, 10 000
  /// images; DPM-Solver-v3 (Zheng et al. 2023), appendix H. Lower is better.
  public static let published: [(steps: Int, fid: Double)] = [
    (5, 18.87), (6, 17.44), (8, 16.40), (10, 15.93), (12, 15.78), (15, 15.84), (20, 15.72),
  ]

  /// A pair of the calibration.
  public struct Pair: Hashable, Sendable {
    /// Steps of the full schedule.
    public let steps: Int
    /// The table's mean error at these steps.
    public let error: Double
    /// The published score.
    public let published: Double
    /// The monotone fit's score.
    public fileprivate(set) var fitted: Double
  }

  /// The pairs, the smallest error first.
  public let pairs: [Pair]

  /// The calibration of a table; nil where it lacks an error of the published schedules.
  public init?(_ table: TrajectoryTable) {
    let pairs = Self.published.map { steps, fid in
      let errors = (0..<table.prompts).map { table.solverError(row: $0, steps: steps) }
      return Pair(
        steps: steps, error: errors.reduce(0, +) / Double(errors.count), published: fid, fitted: fid
      )
    }
    guard pairs.allSatisfy({ !$0.error.isNaN }) else { return nil }
    self.init(pairs.map { ($0.steps, $0.error, $0.published) })
  }

  /// A calibration from pairs of error and score; at least one.
  init(_ pairs: [(steps: Int, error: Double, score: Double)]) {
    precondition(!pairs.isEmpty, "a calibration without a pair")
    var sorted = pairs.map {
      Pair(steps: $0.steps, error: $0.error, published: $0.score, fitted: $0.score)
    }
    sorted.sort { $0.error < $1.error }
    // Pool adjacent violators (Ayer et al. 1955): the least-squares fit that never falls.
    var blocks: [(sum: Double, count: Int)] = []
    for pair in sorted {
      blocks.append((pair.published, 1))
      while blocks.count > 1,
        blocks[blocks.count - 2].sum / Double(blocks[blocks.count - 2].count)
          > blocks[blocks.count - 1].sum / Double(blocks[blocks.count - 1].count)
      {
        let last = blocks.removeLast()
        blocks[blocks.count - 1].sum += last.sum
        blocks[blocks.count - 1].count += last.count
      }
    }
    var index = 0
    for block in blocks {
      for _ in 0..<block.count {
        sorted[index].fitted = block.sum / Double(block.count)
        index += 1
      }
    }
    self.pairs = sorted
  }

  /// The errors between which scores are established.
  public var range: ClosedRange<Double> { pairs[0].error...pairs[pairs.count - 1].error }

  /// Root mean square of published minus fitted scores.
  public var residual: Double {
    let squares = pairs.map { ($0.published - $0.fitted) * ($0.published - $0.fitted) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// The score of a run by its mean error; nil beyond the pairs.
  public func score(meanError: Double) -> Double? {
    range.contains(meanError) ? bound(meanError: meanError) : nil
  }

  /// The score at a mean error, beyond the pairs that of the nearest: there the true one is at most
  /// that (on the good side) or at least that (on the bad side), if it is monotone at all.
  public func bound(meanError: Double) -> Double {
    guard let above = pairs.firstIndex(where: { $0.error >= meanError }) else {
      return pairs[pairs.count - 1].fitted
    }
    guard above > 0 else { return pairs[0].fitted }
    let (low, high) = (pairs[above - 1], pairs[above])
    let fraction = (meanError - low.error) / (high.error - low.error)
    return low.fitted + fraction * (high.fitted - low.fitted)
  }
}
