import EventEngine
import Testing

@testable import Workload

extension ArrivalProcess {
  /// The arrivals of a generated trace.
  func arrivals(
    duration: SimulationDuration? = nil, count: Int? = nil, seed: UInt64, replication: UInt64 = 0
  ) -> [SimulationTime] {
    GeneratedRows(
      process: self, mix: QueryMix(), duration: duration, count: count, seed: seed,
      replication: replication
    ).map(\.arrival)
  }
}

/// Bounds come from the central limit theorem: four standard errors, a false alarm in 16,000.
@Suite struct ArrivalTests {
  /// Mean and coefficient of variation of the gaps of `n` arrivals.
  func gaps(_ process: ArrivalProcess, _ n: Int, seed: UInt64) -> (mean: Double, cv: Double) {
    let times = process.arrivals(count: n, seed: seed).map(\.seconds)
    var gaps = Welford()
    for (a, b) in zip([0] + times, times) { gaps.add(b - a) }
    return (gaps.mean, gaps.coefficientOfVariation)
  }

  @Test(arguments: [0.25, 1, 2.0])
  func gammaHasItsRateAndVariation(cv: Double) {
    let n = 40_000
    let found = gaps(.gamma(rate: 5, cv: cv), n, seed: 11)
    let root = Double(n).squareRoot()
    #expect(abs(found.mean * 5 - 1) < 4 * cv / root)
    // A gamma variable's kurtosis is 3 + 6 cv^2, its skewness 2 cv: by the delta method the
    // relative variance of the sample's coefficient of variation is (1 + cv^2) / 2 over n.
    #expect(abs(found.cv / cv - 1) < 4 * ((1 + cv * cv) / 2).squareRoot() / root)
  }

  @Test func poissonHasItsRateAndVariation() {
    let n = 40_000
    let found = gaps(.poisson(rate: 0.2), n, seed: 3)
    #expect(abs(found.mean * 0.2 - 1) < 4 / Double(n).squareRoot())
    #expect(abs(found.cv - 1) < 4 / Double(n).squareRoot())
  }

  @Test func gammaWithoutVariationIsEven() {
    let times = ArrivalProcess.gamma(rate: 4, cv: 0).arrivals(count: 4, seed: 1)
    #expect(times.map(\.nanoseconds) == [250_000_000, 500_000_000, 750_000_000, 1_000_000_000])
  }

  @Test func modulatedRateIsWeightedByDwell() {
    let process = ArrivalProcess.markovModulated([
      .init(rate: 1, meanDwell: 30), .init(rate: 10, meanDwell: 10), .init(rate: 0, meanDwell: 5),
    ])
    #expect(abs(process.meanRate - 130 / 45.0) < 1e-12)
    // Counts of 60 independent replications of 2000 s: Student's t with 59 degrees of freedom,
    // 4.0 standard errors.
    var counts = Welford()
    for replication in 0..<60 {
      let times = process.arrivals(
        duration: SimulationDuration(seconds: 2000), seed: 9, replication: UInt64(replication))
      counts.add(Double(times.count))
    }
    let error = counts.standardDeviation / 60.0.squareRoot()
    #expect(abs(counts.mean - 2000 * process.meanRate) < 4 * error)
    // Far burstier than Poisson.
    #expect(counts.variance > 2 * counts.mean)
  }

  @Test func oneStateIsAPoissonProcess() {
    let found = gaps(.markovModulated([.init(rate: 2, meanDwell: 3)]), 40_000, seed: 2)
    #expect(abs(found.mean * 2 - 1) < 4 / 200)
    #expect(abs(found.cv - 1) < 4 / 200)
  }

  @Test func aDailyCurveMovesArrivalsAndKeepsTheirNumber() {
    let curve = RateCurve.sinusoid(amplitude: 0.8, peak: 21_600, period: 86_400)
    let process = ArrivalProcess.diurnal(.poisson(rate: 0.5), curve)
    let times = process.arrivals(duration: SimulationDuration(seconds: 86_400), seed: 4)
    let n = 43_200.0
    #expect(abs(Double(times.count) - n) < 4 * n.squareRoot())
    // The half day around the peak holds 1/2 + 0.8 / pi of the arrivals.
    let share = 0.5 + 0.8 / Double.pi
    let peak = times.count { $0.seconds < 43_200 }
    #expect(abs(Double(peak) - n * share) < 4 * (n * share).squareRoot())
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func evenArrivalsUnderAnHourlyCurveAreExact() {
    // Twice the rate in the first twelve hours, none after.
    let curve = RateCurve.hourly(
      [Double](repeating: 3, count: 12) + [Double](repeating: 0, count: 12))
    let process = ArrivalProcess.diurnal(.gamma(rate: 1 / 7200.0, cv: 0), curve)
    let hours = process.arrivals(count: 14, seed: 1).map { $0.seconds / 3600 }
    for (i, hour) in hours.enumerated() {
      let expected = i < 12 ? Double(i + 1) : Double(i - 12 + 25)
      #expect(abs(hour - expected) < 1e-6)
    }
  }

  static let curves: [RateCurve] = [
    .sinusoid(amplitude: 1, peak: 75_600, period: 86_400),
    .sinusoid(amplitude: 0, peak: 0, period: 10),
    .sinusoid(amplitude: 0.5, peak: -30, period: 100),
    .hourly((0..<24).map { Double($0 % 5) }),
    .steps([1], period: 3),
  ]

  @Test(arguments: curves)
  func theInverseUndoesTheIntegral(curve: RateCurve) {
    #expect(curve.fault == nil)
    for i in 0...2000 {
      let u = Double(i) * 137.3
      #expect(abs(curve.cumulative(curve.inverse(u)) - u) < 1e-6)
    }
  }

  @Test func limitsOnlyCutTheSequence() {
    let process = ArrivalProcess.gamma(rate: 3, cv: 2)
    let long = process.arrivals(count: 500, seed: 8)
    #expect(process.arrivals(count: 100, seed: 8) == Array(long.prefix(100)))
    let end = SimulationDuration(seconds: 20)
    let inTime = long.filter { $0 < .zero + end }
    #expect(process.arrivals(duration: end, seed: 8) == inTime)
    #expect(process.arrivals(count: 500, seed: 8, replication: 1) != long)
    #expect(process.arrivals(count: 500, seed: 9) != long)
  }

  @Test(arguments: [
    ArrivalProcess.poisson(rate: 0), .poisson(rate: .nan), .gamma(rate: 1, cv: -1),
    .gamma(rate: .infinity, cv: 1), .markovModulated([]),
    .markovModulated([.init(rate: 0, meanDwell: 1)]),
    .markovModulated([.init(rate: 1, meanDwell: 0)]),
    .diurnal(.poisson(rate: 1), .sinusoid(amplitude: 1.1, peak: 0, period: 1)),
    .diurnal(.poisson(rate: 1), .hourly([0, 0])), .diurnal(.poisson(rate: -1), .hourly([1])),
  ])
  func unusableParametersAreNamed(process: ArrivalProcess) {
    #expect(process.fault != nil)
  }
}

@Suite struct QueryMixTests {
  let mix = QueryMix(
    steps: [Weighted(30, weight: 9), Weighted(40, weight: 1)],
    images: [Weighted(1, weight: 1), Weighted(4, weight: 1)],
    sizes: [Weighted(ImageSize(height: 512, width: 768), weight: 1)],
    models: [Weighted("a", weight: 0), Weighted("b", weight: 1)],
    prompts: PromptPopularity(count: 100, exponent: 1))

  @Test func sharesComeOutByWeight() {
    let n = 20_000
    let trace = TraceGenerator.generate(
      process: .poisson(rate: 1), mix: mix, count: n, seed: 6)
    let forty = Double(trace.rows.count { $0.steps == 40 })
    #expect(abs(forty - 2000) < 4 * 1800.0.squareRoot())
    let four = Double(trace.rows.count { $0.images == 4 })
    #expect(abs(four - 10_000) < 4 * 5000.0.squareRoot())
    #expect(trace.rows.allSatisfy { $0.height == 512 && $0.width == 768 && $0.model == 1 })
    let harmonic = (1...100).reduce(0.0) { $0 + 1 / Double($1) }
    let first = Double(trace.rows.count { $0.prompt == 0 })
    #expect(abs(first - Double(n) / harmonic) < 4 * (Double(n) / harmonic).squareRoot())
    #expect(trace.rows.allSatisfy { ($0.prompt ?? 100) < 100 })
  }

  @Test func addingAPropertyLeavesTheOthers() {
    var lean = mix
    lean.images = []
    lean.prompts = nil
    let process = ArrivalProcess.poisson(rate: 1)
    let full = TraceGenerator.generate(process: process, mix: mix, count: 500, seed: 2)
    let bare = TraceGenerator.generate(process: process, mix: lean, count: 500, seed: 2)
    #expect(full.rows.map(\.steps) == bare.rows.map(\.steps))
    #expect(bare.rows.allSatisfy { $0.images == nil && $0.prompt == nil })
  }

  @Test func unusableMixesAreNamed() {
    #expect(mix.fault == nil)
    #expect(QueryMix().fault == nil)
    #expect(QueryMix(steps: [Weighted(0, weight: 1)]).fault != nil)
    #expect(QueryMix(images: [Weighted(-4, weight: 1)]).fault != nil)
    #expect(QueryMix(images: [Weighted(4, weight: 0)]).fault != nil)
    #expect(QueryMix(images: [Weighted(4, weight: -1)]).fault != nil)
    let odd = ImageSize(height: 510, width: 512)
    #expect(QueryMix(sizes: [Weighted(odd, weight: 1)]).fault != nil)
    #expect(QueryMix(prompts: PromptPopularity(count: 0, exponent: 1)).fault != nil)
  }
}
