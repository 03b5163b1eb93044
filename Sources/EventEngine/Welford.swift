/// Running mean and variance in one pass (Welford, Technometrics 1962).
public struct Welford: Hashable, Sendable {
  /// Number of observations.
  public private(set) var count = 0
  /// Their mean; 0 while there is none.
  public private(set) var mean = 0.0
  private var squares = 0.0

  /// No observations.
  public init() {}

  /// Takes one observation in.
  public mutating func add(_ x: Double) {
    count += 1
    let delta = x - mean
    mean += delta / Double(count)
    squares += delta * (x - mean)
  }

  /// Unbiased sample variance; 0 below two observations.
  public var variance: Double { count < 2 ? 0 : squares / Double(count - 1) }
  /// Square root of ``variance``.
  public var standardDeviation: Double { variance.squareRoot() }
  /// Standard deviation over mean; 0 where the mean is 0.
  public var coefficientOfVariation: Double { mean == 0 ? 0 : standardDeviation / mean }
}
