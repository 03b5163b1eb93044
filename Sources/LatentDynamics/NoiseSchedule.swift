private import Foundation

/// Stable Diffusion's noise schedule: sqrt(beta) linear from sqrt(0.00085) to sqrt(0.012) over 1000 times.
///
/// Source: the published configuration of Stable Diffusion 1.x and 2.x ('scaled linear').
public struct NoiseSchedule: Sendable {
  /// Times of the schedule.
  public static let times = 1000
  /// The level of each time, 0 (nearly clean) to 999 (nearly noise).
  public let levels: [NoiseLevel]

  /// The schedule.
  public init() {
    let first = 0.00085.squareRoot()
    let last = 0.012.squareRoot()
    var product = 1.0
    levels = (0..<Self.times).map { time in
      let root = first + (last - first) * Double(time) / Double(Self.times - 1)
      product *= 1 - root * root
      return NoiseLevel(cumulativeAlpha: product)
    }
  }

  /// Times of a DDIM pipeline, highest first: k x (1000 / steps) + 1 ('leading' with an offset of 1);
  /// 981, 961, ..., 1 for 50 steps. `steps` in 1...999.
  public func leadingTimes(steps: Int) -> [Int] {
    let stride = Self.times / steps
    return (0..<steps).map { min(stride * (steps - 1 - $0) + 1, Self.times - 1) }
  }

  /// `evaluations` times spread evenly from `time` downwards: round(time (1 - j / evaluations)). Covers
  /// what is left of the range: the step after the last one ends clean.
  public func times(from time: Int, evaluations: Int) -> [Int] {
    (0..<evaluations).map { j in
      Int((Double(time) * (1 - Double(j) / Double(evaluations))).rounded())
    }
  }

  /// The levels that a sampler walks through for these times, the clean end included.
  public func path(_ times: [Int]) -> [NoiseLevel] { times.map { levels[$0] } + [.clean] }

  /// A path of `steps` steps at equal distances in log signal-to-noise ratio, on the continuous
  /// schedule, from one lambda to another.
  public static func uniformLogSNR(
    from first: Double, to last: Double, steps: Int
  ) -> [NoiseLevel] {
    (0...steps).map { j in
      NoiseLevel(logSNR: first + (last - first) * Double(j) / Double(steps))
    }
  }
}
