@testable import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import Policies
import Testing
import Workload

/// Shortest remaining time first against theory, with sizes known by step counts: geometric, 100 steps of 10 ms in the mean,
/// which is exponential to within a step.
@Suite struct RemainingTimeOracleTests {
  private static let rate = 0.8

  /// Mean response of M/M/1 with mean service 1 s under SRPT, by Schrage and Miller (Oper. Res. 14, 1966):
  /// E[T] = int f(x) { lambda (m2(x) + x^2 F'(x)) / (2 (1 - rho(x))^2) + int_0^x dt / (1 - rho(t)) } dx,
  /// F' the share of longer ones, rho(x) and m2(x) / lambda^-1 the load and the second moment of those up to x.
  private static var theory: Double {
    let step = 1e-3
    var (residence, mean) = (0.0, 0.0)
    for i in 0..<40_000 {
      let x = (Double(i) + 0.5) * step
      let tail = exp(-x)
      let load = rate * (1 - (1 + x) * tail)
      let second = 2 - (x * x + 2 * x + 2) * tail
      residence += step / (1 - load)
      let wait = rate * (second + x * x * tail) / (2 * (1 - load) * (1 - load))
      mean += step * tail * (wait + residence)
    }
    return mean
  }

  @Test func theoryGivesItsValue() { #expect(abs(Self.theory - 2.3535) < 5e-4) }

  /// The mean response of a replication, in seconds.
  private func response(_ seed: UInt64, _ discipline: any QueueDiscipline) throws -> Double {
    var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1))
    var now = 0.0
    let queries = (0..<20_000).map { index in
      now -= log(1 - random.uniform()) / Self.rate
      // Geometric from 1 on, of mean 100.
      let steps = 1 + Int(log(1 - random.uniform()) / log(1 - 0.01))
      return Query(
        id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: now),
        slo: SimulationDuration(seconds: 1000), model: ModelID(rawValue: 0),
        size: ImageSize(height: 512, width: 512), images: 1, steps: steps)
    }
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "one", accelerators: 1,
          accelerator: Device(synthetic: [.denoise: .deterministic(0.01)]), cores: 1,
          cpu: Device(synthetic: [:]), link: .instant)
      ], binding: .central)
    var policy = try policySet([.named(.batching, "none")])
    policy.discipline = discipline
    let records = try simulate(
      QueryStream(queries: queries, models: ["m"]), on: cluster, under: policy
    ).records
    return records.reduce(0) { $0 + $1.latency.seconds } / Double(records.count)
  }

  /// To the 95 % interval of ten replications plus a step, which the arrival of a shorter one may have to wait.
  @Test func srptIsThatOfTheory() throws {
    let means = try (1...10).map { try response(UInt64($0), ShortestRemainingFirst()) }
    let mean = means.reduce(0, +) / 10
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9
    let half = 2.262 * (variance / 10).squareRoot()
    #expect(half < 0.1, "an interval that tells something: \(half)")
    #expect(abs(mean - Self.theory) < half + 0.01, "\(mean) +- \(half)")
    // Other orders by size are others: whole services are not what is left.
    let whole = try response(1, PreemptiveShortestJobFirst())
    #expect(whole > means[0])
    let fixed = try response(1, ShortestJobFirst())
    #expect(fixed > means[0])
  }
}
