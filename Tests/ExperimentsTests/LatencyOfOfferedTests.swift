@testable import Analysis
import EventEngine
import Foundation
import Results
import Scenarios
import Testing

@testable import Experiments

/// The 99th percentile of all that is offered, of which a drop's latency is infinite.
@Suite struct LatencyOfOfferedTests {
  /// 1001 queries of 1 s on one accelerator, of which so many arrive while it is busy and are dropped.
  private func metrics(dropped: Int) throws -> MetricValues {
    let trace = NSTemporaryDirectory() + "/offered-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: trace) }
    let served = 1001 - dropped
    let arrivals = (0..<served).flatMap { Array(repeating: 2 * $0, count: $0 < dropped ? 2 : 1) }
    try ("arrival_s\n" + arrivals.map { "\($0)\n" }.joined()).write(
      toFile: trace, atomically: true, encoding: .utf8)
    let scenario = try Support.scenario(
      text: """
        name: offered
        query: { steps: 1, slo: { time: 3 s } }
        workload: { trace: \(trace) }
        cluster:
          queue: central
          nodes:
            - { name: n, accelerators: { synthetic: { denoise: { deterministic: 1 s } } } }
        policies: { p: { batching: none, admission: { queue-limit: { waiting: 0 } } } }
        """)
    let recorder = try Experiment(scenario).simulate(policy: 0, replication: 0)
    return RunMetrics.values(of: recorder, warmup: .zero)
  }

  /// The percentile stands at place 990 of 0 to 1000: the last that is served, with ten drops behind it.
  @Test(arguments: [(10, 1), (11, Double.infinity), (500, .infinity)])
  func aDropIsInfinite(dropped: Int, seconds: Double) throws {
    let metrics = try metrics(dropped: dropped)
    #expect(metrics[.dropped] == Double(dropped))
    #expect(metrics[.latencyP99Offered] == seconds)
  }

  private func summaries(_ runs: [[MetricValues]]) -> [StoredSummary] {
    Summaries.make(policies: ["p", "q"], metrics: runs).filter { $0.metric == .latencyP99Offered }
  }

  @Test func itSaysInfiniteAndWhatWasDropped() throws {
    let (few, many) = (try metrics(dropped: 10), try metrics(dropped: 500))
    let infinite = summaries([[few, few], [many, many]])
    #expect(infinite[0].mean == 1 && infinite[0].note == nil)
    #expect(infinite[1].mean == nil && infinite[1].ratio == nil)
    #expect(infinite[1].note == .infinite(dropped: 1000.0 / 2002, replications: 2, of: 2))
    let partly = summaries([[many, few], [few, few]])
    #expect(partly[0].mean == nil)
    #expect(partly[0].note == .infinite(dropped: 1000.0 / 2002, replications: 1, of: 2))
    #expect(partly[1].mean == 1 && partly[1].note == .baselineInfinite)
    var all = many
    all[.dropRatio] = 1
    #expect(summaries([[all], [all]])[0].note == .infinite(dropped: 1, replications: 1, of: 1))
    let tooFew = summaries([[MetricValues()], [MetricValues()]])
    #expect(tooFew[0].note == .tooFew(least: 1000, of: .queries))
  }
}
