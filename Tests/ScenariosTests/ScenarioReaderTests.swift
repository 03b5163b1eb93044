import Cluster
import Diagnostics
import EventEngine
import Policies
import Scenarios
import Testing
import Workload

/// Known answers of the scenario reader.
@Suite struct ScenarioReaderTests {
  static let text = """
    name: known
    model: sd15
    query: { size: 768x512, steps: 30, images: 2, guidance: false, slo: { time: 1.5 min } }
    workload:
      arrivals: { gamma: { rate: 120 query/min, cv: 2 } }
      duration: 2 h
      load: 0.7
    cluster:
      queue: { per-worker: { stealing: true } }
      nodes:
        - name: a
          count: 2
          accelerators: { count: 3, synthetic: { denoise: { erlang: { shape: 4, mean: 250 ms } } } }
          link: { bandwidth: 12.5 GB/s, latency: 5 us }
        - name: b
          accelerators:
            slow_factor: 1.5
            synthetic: { denoise: { uniform: { low: 1 s, high: 2 s } } }
          cpu: { cores: 8 }
    policies:
      base:
        steps: fixed
        dispatcher: round-robin
        batching: { static: { images: 4, wait: 50 ms } }
      full:
        extends: base
        steps: { slack: { min: 7 } }
        dispatcher: earliest-finish
        batching: { continuous: { images: 8 } }
        pipelining: { cpu-gpu: { buffer: 3 } }
        placement: { decode: cpu }
      ablated: { extends: full, without: [batching, pipelining, placement] }
    run: { baseline: base, seed: 7, replications: 3, warmup: 10 s, horizon: 1 h }
    """

  private func read(_ overrides: [String] = [], _ text: String = text) throws -> Scenario {
    try ScenarioReader().read(text: text, path: "known.yaml", overrides: overrides)
  }

  @Test func valuesAndUnits() throws {
    let scenario = try read()
    #expect(scenario.query.size == ImageSize(height: 768, width: 512))
    #expect(scenario.query.slo == .time(SimulationDuration(seconds: 90)))
    #expect(scenario.query.images == 2 && !scenario.query.guidance)
    guard case .generated(let process, _, let duration, nil) = scenario.workload.source else {
      Issue.record("not generated")
      return
    }
    #expect(process == .gamma(rate: 2, cv: 2))
    #expect(duration == SimulationDuration(seconds: 7200))
    #expect(scenario.workload.load == 0.7)
    #expect(scenario.cluster.binding == .perWorker(stealing: true))
    #expect(scenario.cluster.nodes.map(\.name) == ["a-0", "a-1", "b"])
    #expect(scenario.cluster.workerCount == 7)
    #expect(scenario.cluster.nodes[0].link.bytesPerSecond == 12.5e9)
    #expect(scenario.cluster.nodes[0].link.latency == SimulationDuration(nanoseconds: 5000))
    #expect(scenario.cluster.nodes[2].slowFactor == 1.5 && scenario.cluster.nodes[2].cores == 8)
    #expect(scenario.run.seed == 7 && scenario.run.horizon == SimulationDuration(seconds: 3600))
  }

  @Test func policiesExtendAndLeaveOut() throws {
    let scenario = try read()
    let full = try #require(scenario.policy("full"))
    #expect(full.steps is SlackSteps && full.dispatcher is EarliestFinish)
    #expect(full.batching.maximumImages == 8 && full.batching.joinsBetweenSteps)
    #expect(full.pipelining == .cpuGPU(buffer: 3))
    #expect(full.placement == Placement(decodeOnCPU: true))
    let ablated = try #require(scenario.policy("ablated"))
    #expect(ablated.steps is SlackSteps && ablated.dispatcher is EarliestFinish)
    #expect(ablated.batching.maximumImages == 4 && !ablated.batching.joinsBetweenSteps)
    #expect(ablated.pipelining == .none && ablated.placement == Placement())
  }

  @Test func overridesReachEverything() throws {
    let scenario = try read([
      "workload.load=0.9", "cluster.nodes.b.accelerators.count=5", "cluster.nodes.0.count=1",
      "policies.base.steps.slack.min=3", "run.seed=11",
    ])
    #expect(scenario.workload.load == 0.9)
    #expect(scenario.cluster.nodes.map(\.accelerators) == [3, 5])
    #expect(scenario.policy("base")?.steps is SlackSteps)
    #expect(scenario.run.seed == 11)
  }

  @Test(arguments: [
    ("extends: base", "extends: full", "in a circle: full -> full"),
    ("extends: base", "extends: bass", "did you mean 'base'?"),
    ("baseline: base", "baseline: bse", "did you mean 'base'?"),
    ("min: 7", "min: 7, max: 5", "min 7 is above max 5"),
    ("low: 1 s", "low: 3 s", "low is not below high"),
    ("name: b\n", "name: a\n", "two nodes are named 'a'"),
    ("  duration: 2 h\n", "", "have no end"),
    ("size: 768x512", "size: 769x512", "multiples of 8"),
    ("cores: 8", "cores: 8, profile: none.json", "there is no profile"),
    ("duration: 2 h", "duration: 1e999 h", "not a quantity"),
    ("images: 2", "images: 012x", "whole number"),
    ("load: 0.7", "load: .nan", "must be a number"),
  ])
  func contradictionsAreLocated(from: String, to: String, says: String) throws {
    #expect(Self.text.contains(from))
    let changed = Self.text.replacing(from, with: to)
    let error = try #require(throws: InputError.self) { try read([], changed) }
    #expect(error.description.contains(says), "said: \(error)")
    #expect(error.diagnostics.allSatisfy { $0.location?.line != nil && $0.location?.column != nil })
  }

  @Test func aCycleOfPoliciesIsToldOnce() throws {
    let text = Self.text.replacing(
      "base:\n", with: "base:\n    extends: ablated\n")
    let error = try #require(throws: InputError.self) { try read([], text) }
    #expect(error.diagnostics.count == 1)
    #expect(error.description.contains("in a circle: base -> ablated -> full -> base"))
  }

  /// YAML 1.1 reads 012 as 10, 12:30 as 750 and yes as true; a scenario does not.
  @Test func yamlsOwnIdeasOfNumbersPlayNoPart() throws {
    #expect(try read(["query.steps=012"]).query.steps == 12)
    #expect(throws: InputError.self) { try read(["query.steps=12:30"]) }
    #expect(throws: InputError.self) { try read(["query.guidance=yes"]) }
    #expect(throws: InputError.self) { try read(["query.steps=0x10"]) }
  }
}
