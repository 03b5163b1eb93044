import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import Policies
import Testing
import Workload

/// What holds for every policy part there is, and so for the ones to come: the list is the registry.
@Suite struct EveryPolicyTests {
  static let bindings: [QueueBinding] = [
    .central, .perWorker(stealing: false), .perWorker(stealing: true),
  ]
  static let placements = [
    Placement(), Placement(encodeOnCPU: true), Placement(decodeOnCPU: true),
    Placement(encodeOnCPU: true, decodeOnCPU: true),
  ]

  /// The settings that a choice meets: those of its own kind are left to it.
  static func settings(beside choice: Choice) throws -> [[Choice]] {
    let batchings =
      try [
        .named(.batching, "none"),
        .named(.batching, "static", ["wait": .duration(SimulationDuration(seconds: 0.02))]),
        .named(.batching, "continuous", ["images": .integer(5)]),
      ] as [Choice]
    let pipelinings =
      try [
        .named(.pipelining, "none"), .named(.pipelining, "cpu-gpu", ["buffer": .integer(1)]),
      ] as [Choice]
    return batchings.flatMap { batching in
      pipelinings.map { pipelining in
        [batching, pipelining].filter { $0.entry.kind != choice.entry.kind } + [choice]
      }
    }
  }

  @Test(arguments: Choice.all)
  func keepsTheInvariants(_ choice: Choice) throws {
    for (index, setting) in try Self.settings(beside: choice).enumerated() {
      for binding in Self.bindings {
        for placement in Self.placements {
          let policy = try policySet(setting, placement: placement)
          let stream = randomStream(24, seed: UInt64(index))
          let cluster = syntheticCluster(binding)
          let place = "\(setting.map(\.testDescription)), \(binding), \(placement)"
          let run = try simulate(stream, on: cluster, under: policy)
          check(run, of: stream, under: policy, cluster, place)
          #expect(try simulate(stream, on: cluster, under: policy) == run, "\(place)")
          // Half way: what is cut off is counted too.
          let horizon = SimulationTime(nanoseconds: run.usage.end.nanoseconds / 2)
          let half = try simulate(stream, on: cluster, under: policy, horizon: horizon)
          check(half, of: stream, under: policy, cluster, place, horizon: horizon)
        }
      }
    }
  }

  @Test(arguments: Choice.all)
  func servesOnOneWorker(_ choice: Choice) throws {
    for setting in try Self.settings(beside: choice) {
      for binding in Self.bindings {
        let policy = try policySet(setting)
        let stream = randomStream(16, seed: 77)
        let cluster = syntheticCluster(binding, nodes: 1, accelerators: 1)
        let run = try simulate(stream, on: cluster, under: policy)
        check(run, of: stream, under: policy, cluster, choice.testDescription)
      }
    }
  }

  @Test(arguments: Choice.all)
  func hasNothingToDoWithoutQueries(_ choice: Choice) throws {
    let empty = QueryStream(queries: [], models: ["sd15"])
    for binding in Self.bindings {
      let run = try simulate(
        empty, on: syntheticCluster(binding), under: try policySet([choice]))
      #expect(run.records.isEmpty && run.spans.isEmpty)
      #expect(run.usage.offered == 0 && run.usage.end == .zero && run.usage.events == 0)
    }
  }

  @Test(arguments: Choice.all)
  func runsOnShippedProfiles(_ choice: Choice) throws {
    let cluster = try shippedCluster(.perWorker(stealing: false))
    let queries = randomStream(24, seed: 5, meanGap: 2).map { query in
      var query = query
      query.size = ImageSize(height: 512, width: 512)
      query.slo = SimulationDuration(seconds: 20)
      query.steps *= 8
      return query
    }
    let stream = QueryStream(queries: queries, models: ["sd15"])
    for setting in try Self.settings(beside: choice) {
      let policy = try policySet(setting)
      let run = try simulate(stream, on: cluster, under: policy)
      check(run, of: stream, under: policy, cluster, choice.testDescription)
      #expect(try simulate(stream, on: cluster, under: policy) == run)
    }
  }

  private func shippedCluster(_ binding: QueueBinding) throws -> ClusterConfiguration {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Scenarios/Profiles")
    let load = { (name: String) in
      StageLatencyModel(
        profile: try LatencyProfile.load(path: folder.appending(path: name + ".json").path))
    }
    return ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "gpu", accelerators: 2,
          accelerator: Device(profile: try load("a100-diffusers-eager")), cores: 8,
          cpu: Device(profile: try load("epyc-zen5-core")),
          link: Link(bytesPerSecond: 25e9, latency: SimulationDuration(nanoseconds: 10_000)))
      ], binding: binding)
  }

  private func check(
    _ run: RunResult, of stream: QueryStream, under policy: PolicySet,
    _ cluster: ClusterConfiguration, _ place: String, horizon: SimulationTime? = nil
  ) {
    let setting = Setting(
      queries: Array(stream), models: stream.models, cluster: cluster, policy: policy,
      horizon: horizon)
    let breaches = InvariantCheck.breaches(of: run, in: setting)
    #expect(breaches.isEmpty, "\(place): \(breaches.prefix(3))")
  }
}
