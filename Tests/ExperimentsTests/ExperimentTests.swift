@testable import Analysis
import Cluster
import Diagnostics
import EventEngine
import Foundation
import Results
import Scenarios
import Testing
import Workload

@testable import Experiments

/// Loads, deadlines and common random numbers.
@Suite struct ExperimentTests {
  private static let base = """
    name: test
    query: { size: 512x512, steps: 10, slo: { scale: 2 } }
    workload:
      arrivals: { poisson: { rate: 1 query/s } }
      queries: 2000
      mix: { images: { 1: 0.7, 4: 0.3 } }
      load: 0.6
    cluster:
      nodes:
        - name: gpu
          accelerators: { count: 2, profile: Profiles/a100-diffusers-eager.json }
          cpu: { cores: 4, profile: Profiles/epyc-zen5-core.json }
    policies:
      fixed: { batching: { static: { images: 4, wait: 0 s } } }
      adaptive: { extends: fixed, steps: { slack: { min: 5 } }, pipelining: cpu-gpu }
    run: { seed: 3, replications: 2 }
    """

  @Test func theLoadIsOfferedWorkOverTheBaselinesCapacity() throws {
    // One image, one size, no batching, no CPU stages: a query takes 2 s on one of 3 workers, so the
    // capacity is 1.5 query/s and a load of 0.5 is 0.75 query/s.
    let scenario = try Support.scenario(
      text: """
        name: load
        query: { steps: 1 }
        workload: { arrivals: { poisson: { rate: 10 query/s } }, queries: 4000, load: 0.5 }
        cluster:
          queue: central
          nodes:
            - name: n
              accelerators: { count: 3, synthetic: { denoise: { deterministic: 2 s } } }
        policies: { p: { batching: none } }
        """)
    let experiment = try Experiment(scenario)
    #expect(abs(try #require(experiment.loadFactor) - 0.075) < 1e-12)
    let recorder = experiment.simulate(policy: 0, replication: 0)
    let rate = Double(recorder.records.count) / recorder.usage.end.seconds
    // 4000 Poisson arrivals: a standard deviation of 1.6 %.
    #expect(abs(rate / 0.75 - 1) < 0.08)
  }

  /// Two workers of 10 ms, models a and b as 1 to 3 or 3 to 1, and nodes that serve some of them: by hand, the tightest of
  /// what a alone, b alone and both need.
  @Test(
    arguments: [
      (["[a]", "[b]"], "a: 3, b: 1", 400.0 / 3), (["[a, b]", "[b]"], "a: 3, b: 1", 400.0 / 3),
      (["[a, b]", "[b]"], "a: 1, b: 3", 200), (["[a, b]", "[a, b]"], "a: 1, b: 3", 200),
      (["[b]", "[a]"], "a: 1, b: 1", 200),
    ] as [([String], String, Double)]) func aNodeThatServesSomeModelsIsNoHelpToOthers(
      nodes: [String], mix: String, capacity: Double
    ) throws
  {
    let items = nodes.enumerated().map { index, models in
      "{ name: n\(index), models: \(models), accelerators: { synthetic: { denoise: { deterministic: 10 ms } } } }"
    }
    let scenario = try Support.scenario(
      text: """
        name: models
        query: { steps: 1, slo: { time: 1 s } }
        workload:
          arrivals: { poisson: { rate: 10 query/s } }
          queries: 100
          mix: { models: { \(mix) } }
        models: { a: { latency_of: sd15 }, b: { latency_of: sd15 } }
        cluster: { queue: central, nodes: [\(items.joined(separator: ", "))] }
        policies: { p: { batching: none } }
        """)
    let loads = try Experiment(scenario).notes.compactMap { note -> Double? in
      guard case .loadOffered(_, let capacity) = note else { return nil }
      return capacity
    }
    #expect(loads.count == 1 && abs(loads[0] / capacity - 1) < 1e-9, "\(loads)")
  }

  @Test func aSizeThatAProfileLacksIsScaledAndTheNotesSaySo() throws {
    let text = Self.base.replacingOccurrences(of: "512x512", with: "768x640")
    let experiment = try Experiment(try Support.scenario(text: text))
    #expect(
      experiment.notes.contains(
        .sizesScaled(
          profile: "a100-diffusers-eager", model: "sd15", size: "768x640", from: "512x512",
          others: 0)))
    // 1.8 times the tokens: more than 1.8 times the step, less than attention's 3.4 alone.
    func step(_ text: String) throws -> Double {
      let experiment = try Experiment(try Support.scenario(text: text))
      let times = experiment.times[0]
      let node = NodeID(rawValue: 0)
      func seconds(_ steps: Int) -> Double {
        times.standalone(
          node: node, shape: ShapeID(rawValue: 0), images: 1, evaluations: steps,
          placement: Placement()
        ).seconds
      }
      return seconds(2) - seconds(1)
    }
    let ratio = try step(text) / step(Self.base)
    #expect(ratio > 1.875 && ratio < 2.4)
  }

  @Test func superposingReachesTheLoadAndKeepsTheTimeScale() throws {
    let scenario = try Support.scenario("quickstart.yaml")
    let experiment = try Experiment(scenario)
    let factor = try #require(experiment.loadFactor)
    let stream = experiment.streams.sample()
    let queries = experiment.streams.queries(
      replication: 0, times: experiment.times[0], placement: Placement())
    let expected = Double(stream.count) * factor
    let all = Array(queries)
    #expect(abs(Double(all.count) - expected) < 0.02 * expected)
    let last = try #require(all.last)
    #expect(last.arrival.seconds <= 7201)
  }

  @Test func anSLOScaleMultipliesTheStandaloneLatency() throws {
    let experiment = try Experiment(Support.scenario(text: Self.base))
    let stream = experiment.streams.queries(
      replication: 0, times: experiment.times[0], placement: Placement())
    // Four images on an A100: encode 1.427 ms, ten steps of 86.21 ms, decode 134.933 ms, and four
    // PNGs of 104.707 ms on four cores.
    let four = try #require(stream.first { $0.images == 4 })
    let alone = 0.00142724002 + 10 * 0.08621 + 0.134933296 + 0.104706945
    #expect(abs(four.slo.seconds - 2 * alone) < 1e-8)
  }

  @Test func policiesSeeTheSameQueries() throws {
    let experiment = try Experiment(Support.scenario(text: Self.base))
    let a = experiment.simulate(policy: 0, replication: 1)
    let b = experiment.simulate(policy: 1, replication: 1)
    let byID = { (r: RunRecorder) in r.records.map(\.query).sorted { $0.id < $1.id } }
    #expect(byID(a) == byID(b))
    let other = experiment.simulate(policy: 0, replication: 0)
    #expect(byID(a) != byID(other))
  }

  @Test func jobsChangeNothing() async throws {
    let experiment = try Experiment(Support.scenario(text: Self.base))
    let one = try await ExperimentRunner(experiment, jobs: 1).run(into: nil)
    let two = try await ExperimentRunner(experiment, jobs: 2).run(into: nil)
    #expect(one.summaries == two.summaries)
    #expect(one.summaries.count == 2 * Metric.allCases.count)
  }

  @Test func aRareImageCountHasItsOwnTime() throws {
    // A 16-image query in one of 500 times 5 replications: 16 images on an A100 take 0.32895 s a step.
    let text = Self.base.replacing("queries: 2000", with: "queries: 500").replacing(
      "{ 1: 0.7, 4: 0.3 }", with: "{ 1: 0.999, 16: 0.001 }"
    ).replacing("{ batching: { static: { images: 4, wait: 0 s } } }", with: "{ batching: none }")
    let experiment = try Experiment(Support.scenario(text: text))
    var seen = 0
    for replication in 0..<5 {
      let recorder = experiment.simulate(policy: 0, replication: replication)
      for record in recorder.records where record.query.images == 16 {
        seen += 1
        #expect((record.latency - record.wait).seconds > 10 * 0.32895)
      }
    }
    #expect(seen > 0)
  }

  @Test func aSplitQueryIsDroppedOnce() throws {
    let text = Self.base.replacing(
      "batching: { static: { images: 4",
      with: "admission: drop-hopeless, batching: { static: { images: 1"
    ).replacing("scale: 2", with: "scale: 1").replacing("load: 0.6", with: "load: 1.2")
    let experiment = try Experiment(Support.scenario(text: text))
    let usage = experiment.simulate(policy: 0, replication: 0).usage
    #expect(usage.dropped > 0 && usage.offered == usage.completed + usage.dropped)
  }

  @Test func aWindowIsInTheTracesOwnTime() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "arrival_s\n100\n150\n200\n".write(
      toFile: folder + "/t.csv", atomically: true, encoding: .utf8)
    let text = Self.base.replacing(
      "arrivals: { poisson: { rate: 1 query/s } }\n  queries: 2000\n",
      with: "trace: \(folder)/t.csv\n  window: { from: 100 s, length: 60 s }\n"
    ).replacing("  mix: { images: { 1: 0.7, 4: 0.3 } }\n  load: 0.6\n", with: "")
    let records = try Experiment(Support.scenario(text: text)).simulate(policy: 0, replication: 0)
      .records
    #expect(records.map(\.query.arrival.seconds).sorted() == [0, 50])
  }

  @Test func aWarmupThatLeavesNothingIsRefused() throws {
    #expect(throws: InputError.self) {
      try Experiment(Support.scenario(text: Self.base, ["run.warmup=1000 h"]))
    }
  }

  @Test func partsOfAQueryDrawTheirOwnTimes() throws {
    // Two images on two workers, one each, exponential with mean 1 s: the longer of the two has mean
    // 1.5 s and variance 1.25 s^2; 20,000 queries give it a standard error of 0.008 s.
    let scenario = try Support.scenario(
      text: """
        name: parts
        query: { steps: 1, images: 2 }
        workload: { arrivals: { poisson: { rate: 0.01 query/s } }, queries: 20000 }
        cluster:
          queue: central
          nodes:
            - name: n
              accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 1 s } } } }
        policies: { p: { batching: { static: { images: 1, wait: 0 s } } } }
        """)
    let recorder = try Experiment(scenario).simulate(policy: 0, replication: 0)
    let service = recorder.records.map { ($0.latency - $0.wait).seconds }
    #expect(abs(service.reduce(0, +) / 20000 - 1.5) < 0.04)
  }

  @Test func tracesThatDifferInAnythingAreOtherExperiments() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var ids: Set<String> = []
    for row in ["7,10,1", "7,10,2", "8,10,1", "7,20,1"] {
      try "arrival_s,steps,slo_s\n5,10,1\n\(row)\n".write(
        toFile: folder + "/t.csv", atomically: true, encoding: .utf8)
      let text = Self.base.replacing(
        "arrivals: { poisson: { rate: 1 query/s } }\n  queries: 2000\n",
        with: "trace: \(folder)/t.csv\n"
      ).replacing("  mix: { images: { 1: 0.7, 4: 0.3 } }\n  load: 0.6\n", with: "")
      let experiment = try Experiment(Support.scenario(text: text))
      ids.insert(experiment.stored().id)
      // Time counts from the first arrival.
      #expect(
        experiment.simulate(policy: 0, replication: 0).records.contains {
          $0.query.arrival == .zero
        })
    }
    #expect(ids.count == 4)
  }

  @Test func timesBeyondSimulatedTimeAreRefused() throws {
    for change in [("rate: 1 query/s", "rate: 1 query/s"), ("scale: 2", "scale: 1000000")] {
      let text = Self.base.replacing("steps: 10", with: "steps: 1000").replacing(
        "profile: Profiles/a100-diffusers-eager.json",
        with: "synthetic: { denoise: { deterministic: 100 d } }"
      ).replacing(change.0, with: change.1)
      let error = try #require(throws: InputError.self) {
        try Experiment(Support.scenario(text: text))
      }
      #expect(error.exitCode == 65)
    }
  }

  @Test func metricsByHand() throws {
    // Two queries of 1 s on one worker at 0 and 0.5 s with an SLO of 1.2 s: 1 s and 1.5 s, one late.
    let scenario = try Support.scenario(
      text: """
        name: hand
        query: { steps: 1, slo: { time: 1.2 s } }
        workload: { arrivals: { gamma: { rate: 2 query/s, cv: 0.01 } }, queries: 2 }
        cluster:
          queue: central
          nodes:
            - name: n
              accelerators: { count: 1, synthetic: { denoise: { deterministic: 1 s } } }
        policies: { p: { batching: none } }
        """)
    let recorder = try Experiment(scenario).simulate(policy: 0, replication: 0)
    let metrics = RunMetrics.values(of: recorder, warmup: .zero)
    #expect(metrics[.violationRatio] == 0.5)
    #expect(metrics[.attainment] == 0.5)
    #expect(metrics[.completed] == 2)
    #expect(metrics[.latencyP99] == nil)
    let end = recorder.usage.end.seconds
    #expect(abs((metrics[.throughputQueries] ?? 0) - 2 / end) < 1e-12)
    #expect(abs((metrics[.goodputImages] ?? 0) - 1 / end) < 1e-12)
    #expect(abs((metrics[.utilisationOfInstalled] ?? 0) - 2 / end) < 1e-12)
    let second = try #require(Array(recorder.records).last)
    #expect(abs((metrics[.queueLengthMean] ?? 0) - second.wait.seconds / end) < 1e-12)
  }

  @Test func aMissingLatencyNamesTheProfileAndWhatItHas() throws {
    let scenario = try Support.scenario(text: Self.base, ["model=sdxl"])
    let error = try #require(throws: InputError.self) { try Experiment(scenario) }
    #expect(error.exitCode == 65)
    #expect(error.description.contains("a100-diffusers-eager"))
    #expect(error.description.contains("sd15"))
  }
}
