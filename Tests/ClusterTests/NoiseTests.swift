import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// Step noise drawn from a profile's residuals, with its lag-1 autocorrelation.
@Suite struct NoiseTests {
  struct Steps: Observer {
    var seconds: [Double] = []
    var wantsSpans: Bool { true }
    mutating func queryEnded(_ record: QueryRecord) {}
    mutating func runEnded(_ usage: RunUsage) {}
    mutating func spanEnded(_ span: Span) {
      if span.stage == .denoise { seconds.append((span.end - span.start).seconds) }
    }
  }

  private func steps(lag1: Double, queries: Int, each steps: Int) throws -> [Double] {
    let entry = { (stage: String, residuals: String) in
      """
      {"model": "m", "stage": "\(stage)", "height": 512, "width": 512, "guidance": true,
       "batch": 1, "median_s": 1.0, "provenance": "derived"\(residuals)}
      """
    }
    let noise = ", \"residual_quantiles\": [0.5, 1.0, 1.5], \"lag1_autocorrelation\": \(lag1)"
    let profile = try LatencyProfile(
      text: """
        {"schema": 1, "name": "p", "provenance": "derived", "device": "d", "source": "s",
         "mode": "m", "entries": [\(entry("encode", "")), \(entry("denoise", noise)),
         \(entry("decode", ""))]}
        """, file: "p.json")
    let arrivals = (0..<queries).map { Bench.Arrival(at: Double($0), steps: steps) }
    return try self.steps(of: profile, arrivals, Bench().policy)
  }

  /// Seconds of each step of one accelerator with this profile. No CPU times here: post-processing is left out by asking
  /// for none of a profile.
  private func steps(
    of profile: LatencyProfile, _ arrivals: [Bench.Arrival], _ policy: PolicySet
  ) throws -> [Double] {
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "n", accelerators: 1,
          accelerator: Device(profile: StageLatencyModel(profile: profile)), cores: 1,
          cpu: Device(synthetic: [:]), link: Link(bytesPerSecond: .infinity, latency: .zero))
      ], binding: .central)
    let stream = Bench().stream(arrivals)
    let times = try ServiceTimes(
      cluster: cluster, shapes: stream.shapes, guidance: true,
      maximumBatch: policy.batching.maximumImages ?? 1, placement: Placement())
    var simulation = ClusterSimulation(
      cluster: cluster, stream: stream, policy: policy, times: times, seed: 3, observer: Steps())
    return try #require(simulation.run() as? Steps).seconds
  }

  /// Residual quantiles 0.5, 1, 1.5 are a uniform factor: mean 1, variance 1/12.
  @Test(arguments: [0.0, 0.6]) func factorsHaveTheProfilesDistribution(lag1: Double) throws {
    let x = try steps(lag1: lag1, queries: 2000, each: 10)
    #expect(x.count == 20000)
    var sums = Welford()
    for value in x { sums.add(value) }
    // Correlated draws are worth fewer: (1 + 0.6) / (1 - 0.6) = 4 times the variance of a mean.
    let error = (1.0 / 12 / 20000 * 4).squareRoot()
    #expect(abs(sums.mean - 1) < 5 * error)
    let spread = abs(sums.variance - 1.0 / 12)
    #expect(spread < 0.005)
  }

  @Test(arguments: [0.0, 0.6]) func neighbouringStepsAreCorrelatedAsMeasured(lag1: Double) throws {
    let x = try steps(lag1: lag1, queries: 2000, each: 10)
    var products = Welford()
    for query in 0..<2000 {
      for step in 1..<10 {
        products.add((x[query * 10 + step] - 1) * (x[query * 10 + step - 1] - 1))
      }
    }
    // A Gaussian copula of correlation r gives uniform variates (6 / pi) asin(r / 2).
    let expected = lag1 == 0 ? 0 : 0.5819
    let difference = abs(products.mean * 12 - expected)
    #expect(difference < 0.04)
  }

  @Test func independentQueriesAreUncorrelated() throws {
    let x = try steps(lag1: 0.6, queries: 5000, each: 1)
    var products = Welford()
    for i in 1..<x.count { products.add((x[i] - 1) * (x[i - 1] - 1)) }
    let correlation = abs(products.mean * 12)
    #expect(correlation < 0.06)
  }

  /// Batches of two always take 1.25 of their median, single images scatter between 0.5 and 1.5.
  @Test func aBatchScattersAsItsOwnSizeDoes() throws {
    func entries(_ stage: String) -> String {
      [(1, "0.5, 1.0, 1.5"), (2, "1.25, 1.25, 1.25")].map { batch, residuals in
        let noise = stage == "denoise" ? ", \"residual_quantiles\": [\(residuals)]" : ""
        return """
          {"model": "m", "stage": "\(stage)", "height": 512, "width": 512, "guidance": true,
           "batch": \(batch), "median_s": \(batch), "provenance": "derived"\(noise)}
          """
      }.joined(separator: ",")
    }
    let profile = try LatencyProfile(
      text: """
        {"schema": 1, "name": "p", "provenance": "derived", "device": "d", "source": "s",
         "mode": "m", "entries": [\(["encode", "denoise", "decode"].map(entries).joined(separator: ","))]}
        """, file: "p.json")
    var policy = Bench().policy
    policy.batching = StaticBatching(images: 2, wait: SimulationDuration(seconds: 1))
    // Two at once, and one much later.
    let seconds = try steps(
      of: profile, [0.0, 0, 1000].map { .init(at: $0, steps: 6) }, policy)
    #expect(seconds.count == 12)
    #expect(seconds[..<6].allSatisfy { $0 == 2.5 })
    #expect(seconds[6...].allSatisfy { (0.5...1.5).contains($0) } && Set(seconds[6...]).count == 6)
  }
}
