@testable import Analysis
import Cluster
import EventEngine
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// What an image costs, and what utilisation is of, computed by hand: steps of 1 s, two of them a query, at 10 W idle,
/// 100 W busy and 1 USD a second. Of five queries two arrive at 0, one
/// at 4 and two at 6 s, the last of two images.
@Suite struct CostTests {
  private func metrics(
    _ accelerators: String = "", node: String = "", cluster: String = "", policy: String = "",
    warmup: Double = 0
  ) throws -> MetricValues {
    let trace = NSTemporaryDirectory() + "/cost-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: trace) }
    try "arrival_s,images\n0,1\n0,1\n4,1\n6,1\n6,2\n".write(
      toFile: trace, atomically: true, encoding: .utf8)
    let scenario = try Support.scenario(
      text: """
        name: cost
        query: { steps: 2, slo: { time: 100 s } }
        workload: { trace: \(trace) }
        cluster:
          queue: central
          nodes:
            - name: n
              accelerators:
                { count: 2, synthetic: { denoise: { deterministic: 1 s } }, power: { idle: 10 W, busy: 100 W }, price: 3600 USD/h\(accelerators) }
              \(node)
          \(cluster)
        policies: { p: { batching: none\(policy) } }
        """)
    let warmup = SimulationTime(seconds: warmup)
    let recorder = try Experiment(scenario).simulate(policy: 0, replication: 0, warmup: warmup)
    #expect(recorder.usage.completed == 5)
    return RunMetrics.values(of: recorder, warmup: warmup)
  }

  private func expect(
    _ metrics: MetricValues, joules: Double, dollars: Double, ofInstalled: Double,
    ofActive: Double?, active: Double, _ place: SourceLocation = #_sourceLocation
  ) {
    #expect(metrics[.energyPerImage] == joules, sourceLocation: place)
    #expect(metrics[.costPer1000Images] == 1000 * dollars, sourceLocation: place)
    #expect(metrics[.utilisationOfInstalled] == ofInstalled, sourceLocation: place)
    #expect(metrics[.utilisationOfActive] == ofActive, sourceLocation: place)
    #expect(metrics[.acceleratorsActive] == active, sourceLocation: place)
  }

  @Test func ofAcceleratorsThatAreAlwaysThere() throws {
    // Until 8 s: 10 s of work, 6 s of idling, six images.
    expect(
      try metrics(), joules: 1060 / 6, dollars: 16.0 / 6, ofInstalled: 10.0 / 16,
      ofActive: nil, active: 2)
  }

  @Test func afterTheWarmUp() throws {
    // From 5 to 8 s: 5 s of work, 1 s of idling; the four images that are done then.
    expect(
      try metrics(warmup: 5), joules: 510 / 4, dollars: 6.0 / 4,
      ofInstalled: 5.0 / 6, ofActive: nil, active: 2)
  }

  @Test func underScaling() throws {
    // One is off from 2.5 to 5, and starts until 7: the last image is done at 9. Active for 15.5 s of 18, 10 s of work.
    let plan =
      "{ at: 0 s, accelerators: 2 }, { at: 2.5 s, accelerators: 1 }, { at: 5 s, accelerators: 2 }"
    expect(
      try metrics(
        ", startup: 2 s", policy: ", scaling: { scheduled: { plan: [\(plan)] } }"),
      joules: 1055 / 6, dollars: 15.5 / 6, ofInstalled: 10.0 / 18, ofActive: 10 / 15.5,
      active: 15.5 / 9)
  }

  @Test func underFailures() throws {
    // Both are down from 4.5 to 6; half a second of work is lost, and the last image is done at 10.
    expect(
      try metrics(cluster: "failures: [{ node: n, at: 4.5 s, repair: 1.5 s }]"),
      joules: 1115 / 6, dollars: 17.0 / 6, ofInstalled: 10.5 / 20, ofActive: 10.5 / 17,
      active: 17.0 / 10)
  }

  @Test func ofStragglers() throws {
    // Slow from some milliseconds on, for ever: but for the first step of the first two, each takes 2 s. Until 8, 10 and 12.
    expect(
      try metrics(node: "stragglers: { every: 1 ms, lasting: 10000 h, factor: 2 }"),
      joules: 1860 / 6, dollars: 24.0 / 6, ofInstalled: 18.0 / 24, ofActive: nil, active: 2)
  }
}
