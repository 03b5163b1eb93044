@testable import Analysis
import EventEngine
import Foundation
import Results
import Testing

@testable import Experiments

/// How often queues are called steady, growing or neither, over experiments on systems of which it is known. The number of
/// experiments is that of ``CoverageTableTests``.
@Suite struct QueueVerdictTests {
  private static let experiments = CoverageTableTests.experiments

  /// Queues of mean service 1 s, by name and by their load.
  private static let systems: [(name: String, queue: @Sendable (Double) -> Queue)] = [
    ("M/M/1", { Queue(rates: ($0, $0), queries: 10_000) }),
    ("M/M/8", { Queue(rates: (8 * $0, 8 * $0), servers: 8, queries: 10_000) }),
    ("modulated", { Queue(rates: (0.5 * $0, 1.5 * $0), stay: 100, queries: 10_000) }),
  ]

  /// What the verdict reads of a run: as ``QueueGrowth`` has it, of the cluster's records.
  private static func metrics(_ run: QueueRun) -> MetricValues {
    let first = run.arrivals[0]
    let span = run.arrivals[run.arrivals.count - 1] - first
    func time(_ from: Double, _ to: Double, in window: ClosedRange<Double>) -> Double {
      max(
        min(to, first + span * window.upperBound) - max(from, first + span * window.lowerBound), 0)
    }
    var (second, last, inSystem) = (0.0, 0.0, 0.0)
    for ((arrival, wait), latency) in zip(zip(run.arrivals, run.waits), run.latencies) {
      second += time(arrival, arrival + wait, in: 0.2...0.4)
      last += time(arrival, arrival + wait, in: 0.8...1)
      inSystem += time(arrival, arrival + latency, in: 0...1)
    }
    var values = MetricValues()
    values[.waitOfWorst] = run.waits.reduce(0, +) / Double(run.waits.count)
    values[.busiestIdle] = run.idle
    values[.queueGrowth] = 5 * (last - second) / inSystem
    values[.completed] = Double(run.waits.count)
    values[.throughputQueries] = Double(run.waits.count) / span
    return values
  }

  private static let read: [Metric] = [
    .waitOfWorst, .busiestIdle, .queueGrowth, .completed, .throughputQueries,
  ]

  /// Loads, and the least share of experiments that must be called so.
  static let loads: [(load: Double, state: QueueState?)] = [
    (0.5, .steady), (0.8, .steady), (0.985, nil), (1.1, .growing),
  ]

  @Test(arguments: systems.indices, loads.indices) func verdictsAreRight(
    system: Int, load: Int
  ) async {
    let (name, make) = Self.systems[system]
    let (load, expected) = Self.loads[load]
    let queue = make(load)
    let population = Population(name: name, statistics: []) { random in
      let values = Self.metrics(queue.run(&random))
      return Self.read.map { values[$0] ?? .nan }
    }
    for n in CoverageTableTests.isPrinted ? [3, 5, 10] : [5] {
      let pool = await CoverageTable.pool(
        of: population, count: Self.experiments * n,
        seed: UInt64(400 + 10 * system) << 40 + UInt64(1000 * load))
      var counts: [QueueState: Int] = [:]
      for experiment in 0..<Self.experiments {
        let runs = pool[experiment * n..<(experiment + 1) * n].map { row in
          var values = MetricValues()
          for (metric, value) in zip(Self.read, row) { values[metric] = value }
          return values
        }
        if let state = SteadyState.verdict(runs)?.state { counts[state, default: 0] += 1 }
      }
      func share(_ state: QueueState) -> Double {
        Double(counts[state] ?? 0) / Double(Self.experiments)
      }
      let wrong = share(expected == .growing ? .steady : .growing)
      if CoverageTableTests.isPrinted {
        let shares = [QueueState.steady, .growing, .unknown].map {
          "\($0.rawValue) \(String(format: "%.3f", share($0)))"
        }
        print(
          "queue: \(name.padding(toLength: 10, withPad: " ", startingAt: 0)) load \(load), n = \(n): "
            + shares.joined(separator: ", "))
      }
      // Four standard deviations.
      let error = 4 * (0.9 * 0.1 / Double(Self.experiments)).squareRoot()
      if let expected { #expect(share(expected) > 0.9 - error, "\(name) \(load) \(counts)") }
      if expected != nil { #expect(wrong <= 0.05 + error, "\(name) \(load) \(counts)") }
      // So near to capacity the runs are too short to see it settle.
      if expected == nil { #expect(share(.steady) < 0.01, "\(name) \(load) \(counts)") }
    }
  }

  /// The verdicts of the cluster's own runs, with and without pipelining: an accelerator of 20 ms and a core of 10 ms, one
  /// after the other or side by side.
  @Test(arguments: ["none", "cpu-gpu"]) func aClustersVerdictsAreRight(pipelining: String) throws {
    let experiments = CoverageTableTests.isPrinted ? 200 : 10
    let capacity = pipelining == "none" ? 1 / 0.03 : 50
    for (load, expected) in Self.loads {
      guard let expected else { continue }
      let text = """
        name: queue
        query: { steps: 1, slo: { time: 1 s } }
        workload: { arrivals: { poisson: { rate: \(load * capacity) query/s } }, queries: 10000 }
        cluster:
          queue: central
          nodes:
            - name: n
              accelerators: { synthetic: { denoise: { exponential: { mean: 20 ms } } } }
              cpu: { cores: 1, synthetic: { post-process: { exponential: { mean: 10 ms } } } }
        policies: { p: { batching: none, pipelining: \(pipelining) } }
        """
      let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
      var right = 0
      for index in 0..<experiments {
        let runs = (0..<5).map { replication in
          RunMetrics.values(
            of: experiment.simulate(policy: 0, replication: 5 * index + replication), warmup: .zero)
        }
        let state = SteadyState.verdict(runs)?.state
        #expect(state == expected || state == .unknown, "\(load)")
        if state == expected { right += 1 }
      }
      if CoverageTableTests.isPrinted {
        print(
          "queue: cluster, pipelining \(pipelining), load \(load), n = 5: \(expected.rawValue) \(right) of \(experiments)"
        )
      }
      #expect(Double(right) >= 0.9 * Double(experiments), "\(pipelining) \(load)")
    }
  }
}
