import EventEngine
import Results
import Scenarios
import Testing
import Workload

@testable import Experiments

/// The load that each replication offers: normalised for a trace, left to the process for generated arrivals.
@Suite struct RealisedLoadTests {
  private static let cluster = """
    query: { steps: 10, slo: { time: 100 s } }
    cluster:
      queue: central
      nodes: [{ name: n, accelerators: { synthetic: { denoise: { deterministic: 10 ms } } } }]
    policies: { a: { batching: none }, b: { batching: none, dispatcher: round-robin } }
    """

  /// A scenario of a trace whose first half has few long queries and whose second has many short ones.
  private static func traced(_ workload: String, replications: Int) throws -> Experiment {
    let few = (0..<500).map { "\(Double($0) * 2),40" }
    let many = (0..<4000).map { "\(1000 + Double($0) * 0.25),10" }
    return try Support.experiment(
      tracing: ["arrival_s,steps"] + few + many, replications: replications
    ) { "name: load\n\(cluster)\nworkload: { trace: \($0), \(workload) }\n" }
  }

  /// By definition: queries over their span, over queries that one worker of 10 ms a step serves of them a second.
  private func load(_ experiment: Experiment, _ replication: Int) -> Double {
    let queries = Array(experiment.queries(replication))
    let span = queries[queries.count - 1].arrival - queries[0].arrival
    let work = queries.reduce(0) { $0 + 0.01 * Double($1.steps) }
    return work / span.seconds
  }

  /// Blocks of 100 s are of one half or the other: the load of 0.8 came out between 0.69 and 0.96.
  @Test(arguments: [
    "load: 0.8, resample: { block: 100 s }",
    "load: 0.8, resample: { block: 100 s }, load_by: superpose", "load: 0.8, load_by: superpose",
    "load: 0.8",
  ]) func replicationsOfATraceHaveTheLoadAsked(workload: String) async throws {
    let experiment = try Self.traced(workload, replications: 5)
    let loads = (0..<5).map { load(experiment, $0) }
    // To the rounding of arrivals to a nanosecond.
    for load in loads { #expect(abs(load - 0.8) < 1e-6, "\(loads)") }
    let outcome = try await ExperimentRunner(experiment).run(into: nil)
    for runs in outcome.metrics {
      for (run, load) in zip(runs, loads) {
        #expect(abs(try #require(run[.loadRealised]) - load) < 1e-9)
      }
    }
    #expect(!outcome.experiment.notes.contains { $0.code == "load-realised" })
  }

  /// What no load is asked of is told, and not changed.
  @Test func theLoadOfBlocksIsTold() async throws {
    let experiment = try Self.traced("resample: { block: 100 s }", replications: 10)
    let loads = (0..<10).map { load(experiment, $0) }
    #expect((loads.max() ?? 0) - (loads.min() ?? 0) > 0.02, "\(loads)")
    let outcome = try await ExperimentRunner(experiment).run(into: nil)
    let stored = outcome.metrics[1].map { $0[.loadRealised] ?? 0 }
    for (stored, load) in zip(stored, loads) { #expect(abs(stored - load) < 1e-9) }
    #expect(
      outcome.metrics[0].map { $0[.loadRealised] } == outcome.metrics[1].map { $0[.loadRealised] })
    #expect(outcome.experiment.notes.contains { $0.code == "load-realised" })
  }

  /// A process keeps its rate, set once by the expectation of its mix: 10 and 40 steps in equal parts take 0.25 s.
  @Test func aProcessKeepsItsRate() async throws {
    let text = """
      name: load
      \(Self.cluster.replacing("steps: 10, ", with: ""))
      workload:
        arrivals: { poisson: { rate: 7 query/s } }
        queries: 500
        mix: { steps: { 10: 1, 40: 1 } }
        load: 0.8
      """
    let experiment = try Experiment(Support.scenario(text: text), replications: 40)
    #expect(abs(experiment.arrivalRate - 0.8 / 0.25) < 1e-12)
    let loads = (0..<40).map { load(experiment, $0) }
    let mean = loads.reduce(0, +) / 40
    // Its standard deviation is 0.8 (1 + 0.36)^(1/2) / 500^(1/2): gaps and steps are random.
    #expect(abs(mean - 0.8) < 0.03, "\(mean)")
    #expect((loads.max() ?? 0) - (loads.min() ?? 0) > 0.05)
  }
}
