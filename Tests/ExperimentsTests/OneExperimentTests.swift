@testable import Sweeps
import Cluster
import Diagnostics
import EventEngine
import Foundation
import LatencyProfiles
import Results
import Scenarios
import Testing
import Workload

@testable import Experiments

/// One policy of a scenario is one experiment, whatever command runs it: `run`, `live`, `compare`, `sweep` and `capacity` take
/// load, capacity and deadlines from the scenario's baseline, and replication 0 is the same query by query.
@Suite struct OneExperimentTests {
  /// Every shipped scenario but the oracles, cut short; a table of latents that is quick to read.
  static let shipped: [(name: String, settings: [String])] = {
    let latents = "latents=../Tests/CommandLineTests/Fixtures/small.table"
    let cuts: [String: [String]] = [
      "quickstart": ["workload.window.length=300s", latents],
      "heterogeneous": ["workload.queries=80", latents], "fleet": ["workload.queries=150"],
      "mixed-sizes": ["workload.queries=60"], "live": [],
      // No test measures the machine that it runs on.
      "here": [
        "workload.queries=60", latents,
        "cluster.nodes.here.accelerators.profile=Profiles/cpu-socket-64.json",
      ] + ["t4", "here"].map { "cluster.nodes.\($0).cpu.profile=Profiles/epyc-zen5-core.json" },
      "rivals": [
        "workload.queries=60", "workload.load=0.9", "run.bounds=false", latents,
        "policies.nirvana.steps={ approximate-caching: { capacity: 20 } }",
      ],
      "qosdiff-paper": ["workload.queries=100", "workload.load=0.95", latents],
    ]
    let files =
      (try? FileManager.default.contentsOfDirectory(atPath: Support.root + "/Scenarios")) ?? []
    return files.filter { $0.hasSuffix(".yaml") && $0 != "gentd26.yaml" }.sorted().map { file in
      let name = String(file.dropLast(5))
      // A scenario that is new here is run as it is.
      return (name, cuts[name] ?? [])
    }
  }()

  /// What a run shows of a policy: its queries with deadlines and what became of them.
  private static func queries(_ experiment: Experiment, _ policy: String) throws -> String {
    let index = try #require(experiment.policies.firstIndex { $0.name == policy })
    var hash = ContentHash()
    for record in experiment.simulate(policy: index, replication: 0).records {
      hash.add("\(record)")
    }
    return "\(experiment.loadFactor ?? 0) \(experiment.offeredLoad ?? 0) \(hash.hex)"
  }

  @Test(arguments: shipped.indices) func everyCommandRunsTheSame(_ index: Int) throws {
    let (name, settings) = Self.shipped[index]
    let scenario = try Support.scenario("\(name).yaml", settings)
    // `compare`, of all policies and of some, and with another one that ratios are to.
    let all = try Experiment(scenario)
    let last = try #require(scenario.policies.last?.name)
    let turned = try Experiment(scenario, baseline: last)
    // `sweep`: a point of one axis, as the scenario has it.
    let swept = try SweepPlan([(["run.seed=1"], scenario)]).experiment(at: 0)
    for policy in scenario.policies.map(\.name) {
      let expected = try Self.queries(all, policy)
      // `run`, and `live` but for who serves: it makes its experiment the same way.
      let alone = try Experiment(scenario, runningOnly: policy)
      #expect(alone.policies.map(\.name) == [policy] && alone.baseline == scenario.run.baseline)
      #expect(try Self.queries(alone, policy) == expected, "\(name), run \(policy)")
      let few = try Experiment(scenario, policies: [policy])
      #expect(try Self.queries(few, policy) == expected, "\(name), compare \(policy)")
      #expect(
        try Self.queries(turned, policy) == expected, "\(name), compare --baseline, \(policy)")
      #expect(try Self.queries(swept, policy) == expected, "\(name), sweep \(policy)")
      // `capacity` looks at loads.
      let search = CapacitySearch(scenario, attainment: 0.9, loads: [0.7])
      var loaded = scenario
      loaded.workload.load = 0.7
      #expect(
        try Self.queries(search.experiment(at: 0.7, policy), policy)
          == Self.queries(Experiment(loaded), policy), "\(name), capacity \(policy)")
      // Runs of `run` and of `compare` may stand for each other.
      #expect(alone.stored().content == all.stored().content)
      #expect(turned.stored().content == all.stored().content)
      #expect(alone.stored().id != all.stored().id && turned.stored().id != all.stored().id)
    }
  }

  /// p: 2 s a query, one at a time; q: its images in batches, and so another capacity, and decoding on the CPU.
  private static let two = """
    name: two
    query: { steps: 10, slo: { scale: 3 } }
    workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 50, load: 0.8 }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 2, synthetic: { denoise: { deterministic: 100 ms }, decode: { deterministic: 1 s } } }
          cpu: { cores: 2, synthetic: { decode: { deterministic: 3 s } } }
    policies:
      p: { steps: fixed }
      q: { steps: fixed, batching: { continuous: { images: 4 } }, placement: { decode: cpu } }
    """

  /// The baseline takes 2 s on each of two accelerators: 1 query/s, of which 0.8 are offered; the objective is 6 s.
  @Test func loadAndDeadlinesAreTheBaselines() throws {
    let scenario = try Support.scenario(text: Self.two)
    for experiment in [
      try Experiment(scenario, runningOnly: "q"), try Experiment(scenario, baseline: "q"),
      try Experiment(scenario),
    ] {
      #expect(abs(experiment.arrivalRate - 0.8) < 1e-9)
      let slos = Set(experiment.queries(0).map(\.slo))
      #expect(slos == [SimulationDuration(seconds: 6)])
    }
    // Where q is the scenario's baseline, all is told in it: decoding on the CPU takes 3 s, 4 s alone.
    let other = try Support.scenario(text: Self.two, ["run.baseline=q"])
    let slos = Set(try Experiment(other, runningOnly: "p").queries(0).map(\.slo))
    #expect(slos == [SimulationDuration(seconds: 12)])
  }

  /// A policy whose light model nobody has measured keeps no other from being run.
  @Test func oneRunNeedsOnlyItsOwnLatencies() throws {
    let text = """
      name: lacking
      query: { steps: 10 }
      workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 20, load: 0.5 }
      cluster: { nodes: [{ name: n, accelerators: { profile: Profiles/a100-diffusers-eager.json } }] }
      policies:
        p: { steps: fixed }
        q: { steps: fixed, dispatcher: random, batching: { static: { images: 4 } } }
        cascade: { steps: cascade }
      """
    let scenario = try Support.scenario(text: text)
    #expect(throws: InputError.self) { try Experiment(scenario) }
    #expect(throws: InputError.self) { try Experiment(scenario, runningOnly: "cascade") }
    let alone = try Experiment(scenario, runningOnly: "q")
    let expected = try Self.queries(Experiment(scenario, policies: ["p", "q"]), "q")
    #expect(try Self.queries(alone, "q") == expected)
  }

  /// MSER-5 deletes a start of its own finding from what is counted, not from the queries.
  @Test func aWarmupThatIsFoundLeavesTheQueriesAlone() throws {
    let scenario = try Support.scenario(
      text: Self.two, ["run.warmup=mser-5", "workload.queries=400"])
    let alone = try Experiment(scenario, runningOnly: "q")
    #expect(try Self.queries(alone, "q") == Self.queries(Experiment(scenario), "q"))
    // What is counted depends on who is compared, and such runs do not stand for each other.
    #expect(try alone.stored().content != Experiment(scenario).stored().content)
  }
}
