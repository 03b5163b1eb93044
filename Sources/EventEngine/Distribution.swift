private import CGSL
private import Glibc

/// A distribution of positive quantities (service times, gaps) whose draws come from GSL.
public enum Distribution: Hashable, Sendable {
  /// Always the same value.
  case deterministic(Double)
  /// Exponential with this mean.
  case exponential(mean: Double)
  /// Sum of `shape` exponentials, with this mean in all; squared coefficient of variation 1/shape.
  case erlang(shape: Int, mean: Double)
  /// Exponential with a mean drawn from `branches` by their probabilities.
  case hyperexponential([Branch])
  /// Uniform on [low, high).
  case uniform(low: Double, high: Double)
  /// One of the given values, by their probabilities.
  case discrete([Branch])
  /// Gamma with this mean and coefficient of variation.
  case gamma(mean: Double, cv: Double)

  /// A value (or a mean) and its probability.
  public struct Branch: Hashable, Sendable {
    /// Probability, in (0, 1].
    public var probability: Double
    /// The value, or the mean of the exponential.
    public var value: Double
    /// A branch from its parts.
    public init(probability: Double, value: Double) {
      self.probability = probability
      self.value = value
    }
  }

  /// The mean.
  public var mean: Double {
    switch self {
    case .deterministic(let value): value
    case .exponential(let mean), .erlang(_, let mean), .gamma(let mean, _): mean
    case .hyperexponential(let branches), .discrete(let branches):
      branches.reduce(0) { $0 + $1.probability * $1.value }
    case .uniform(let low, let high): (low + high) / 2
    }
  }

  /// One draw.
  public func sample(using stream: inout RandomStream) -> Double {
    switch self {
    case .deterministic(let value): value
    case .exponential(let mean): Self.exponential(mean: mean, stream.uniform())
    case .erlang(let shape, let mean):
      stream.withGSL { gsl_ran_erlang($0, mean / Double(shape), Double(shape)) }
    case .hyperexponential(let branches):
      Self.exponential(mean: Self.choose(branches, using: &stream)).sample(using: &stream)
    case .uniform(let low, let high): stream.withGSL { gsl_ran_flat($0, low, high) }
    case .discrete(let branches): Self.choose(branches, using: &stream)
    case .gamma(let mean, let cv):
      cv == 0 ? mean : stream.withGSL { gsl_ran_gamma($0, 1 / (cv * cv), mean * cv * cv) }
    }
  }

  /// One draw for each place of a block.
  func fill(_ block: UnsafeMutableBufferPointer<Double>, using stream: inout RandomStream) {
    if case .exponential(let mean) = self {
      stream.fill(block)
      for i in block.indices { block[i] = Self.exponential(mean: mean, block[i]) }
    } else {
      for i in block.indices { block[i] = sample(using: &stream) }
    }
  }

  /// gsl_ran_exponential's own formula, bit for bit, without its two calls through pointers.
  @inline(__always)
  private static func exponential(mean: Double, _ uniform: Double) -> Double {
    -mean * log1p(-uniform)
  }

  /// A few branches are searched in order; the last one takes what rounding leaves.
  private static func choose(_ branches: [Branch], using stream: inout RandomStream) -> Double {
    var u = stream.uniform()
    for branch in branches.dropLast() {
      if u < branch.probability { return branch.value }
      u -= branch.probability
    }
    return branches[branches.count - 1].value
  }
}
