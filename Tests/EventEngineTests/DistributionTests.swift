import CGSL
import EventEngine
import Testing

/// Sample moments within five standard errors of the exact ones; the seed was fixed beforehand.
@Suite struct DistributionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let distribution: Distribution
    let mean: Double
    let variance: Double
    /// Fourth central moment over the variance squared: sets the spread of the sample variance.
    let kurtosis: Double
    var testDescription: String { "\(distribution)" }
  }

  static let branches: [Distribution.Branch] = [
    .init(probability: 0.3, value: 1), .init(probability: 0.7, value: 4),
  ]

  /// Raw moments of the hyperexponential: sum of p x n! m^n; of the discrete one: sum of p v^n.
  static func mixture(_ distribution: Distribution, _ factorials: [Double]) -> Case {
    let raw = (1...4).map { n in
      branches.reduce(0.0) { sum, branch in
        sum + branch.probability * factorials[n]
          * (0..<n).reduce(1.0) { power, _ in power * branch.value }
      }
    }
    let mean = raw[0]
    let variance = raw[1] - mean * mean
    let fourth =
      raw[3] - 4 * mean * raw[2] + 6 * mean * mean * raw[1] - 3 * mean * mean * mean * mean
    return Case(
      distribution: distribution, mean: mean, variance: variance,
      kurtosis: fourth / (variance * variance))
  }

  static let cases: [Case] = [
    Case(distribution: .exponential(mean: 2), mean: 2, variance: 4, kurtosis: 9),
    Case(
      distribution: .erlang(shape: 4, mean: 2), mean: 2, variance: 1, kurtosis: 3 + 6.0 / 4),
    Case(
      distribution: .gamma(mean: 3, cv: 0.5), mean: 3, variance: 2.25, kurtosis: 3 + 6 * 0.25),
    Case(
      distribution: .gamma(mean: 3, cv: 2), mean: 3, variance: 36, kurtosis: 3 + 6 * 4),
    Case(distribution: .uniform(low: 1, high: 4), mean: 2.5, variance: 0.75, kurtosis: 1.8),
    mixture(.hyperexponential(branches), [1, 1, 2, 6, 24]),
    mixture(.discrete(branches), [1, 1, 1, 1, 1]),
  ]

  @Test(arguments: cases)
  func momentsAreTheStatedOnes(_ item: Case) {
    var random = RandomStream(seed: 20_241_203, stream: RandomStreamID(rawValue: 1))
    var welford = Welford()
    let n = 200_000.0
    for _ in 0..<Int(n) { welford.add(item.distribution.sample(using: &random)) }
    #expect(abs(item.distribution.mean - item.mean) < 1e-12)
    #expect(abs(welford.mean - item.mean) < 5 * (item.variance / n).squareRoot())
    let spread = item.variance * ((item.kurtosis - 1) / n).squareRoot()
    #expect(abs(welford.variance - item.variance) < 5 * spread)
  }

  @Test func certaintyIsExactAndDrawsNothing() {
    var random = RandomStream(seed: 1, stream: RandomStreamID(rawValue: 1))
    var untouched = random
    #expect(Distribution.deterministic(0.1).sample(using: &random) == 0.1)
    #expect(Distribution.gamma(mean: 0.1, cv: 0).sample(using: &random) == 0.1)
    #expect(Distribution.deterministic(0.1).mean == 0.1)
    #expect(random.next() == untouched.next())
  }

  @Test func discreteGivesOnlyItsValues() {
    var random = RandomStream(seed: 1, stream: RandomStreamID(rawValue: 2))
    let values = (0..<1000).map { _ in Distribution.discrete(Self.branches).sample(using: &random) }
    #expect(Set(values) == [1, 4])
  }
}

/// What is computed here instead of in GSL is GSL's, bit for bit.
@Suite struct ExponentialTests {
  @Test func exponentialsAreThoseOfGSL() {
    var ours = RandomStream(seed: 5, stream: RandomStreamID(rawValue: 7))
    var theirs = ours
    for index in 1...10_000 {
      let mean = Double(index) / 7
      let expected = theirs.withGSL { gsl_ran_exponential($0, mean) }
      #expect(Distribution.exponential(mean: mean).sample(using: &ours) == expected)
    }
  }
}
