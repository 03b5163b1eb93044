import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// Dispatchers see a worker as busy for as long as it holds images, in whatever stage.
@Suite struct DispatchInRunTests {
  /// One step of 1 s, then 10 s in the named stage; the second query arrives in the midst of those.
  private func worker(
    ofSecondWith dispatcher: String, slow stage: Stage, pipelining: String
  ) throws -> Int32? {
    let onCPU = stage == .postProcess
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "two", accelerators: 2,
          accelerator: Device(
            synthetic: [.denoise: .deterministic(1)].merging(
              onCPU ? [:] : [stage: .deterministic(10)]
            ) { $1 }),
          cores: 4, cpu: Device(synthetic: onCPU ? [stage: .deterministic(10)] : [:]),
          link: Link(bytesPerSecond: .infinity, latency: .zero))
      ], binding: .perWorker(stealing: false))
    let queries = [0.0, 5.0].enumerated().map { index, arrival in
      Query(
        id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: arrival),
        slo: SimulationDuration(seconds: 100), model: ModelID(rawValue: 0),
        size: ImageSize(height: 512, width: 512), images: 1, steps: 1)
    }
    let policy = try policySet([
      .named(.dispatcher, dispatcher), .named(.batching, "none"),
      .named(.pipelining, pipelining),
    ])
    let run = try simulate(
      QueryStream(queries: queries, models: ["sd15"]), on: cluster, under: policy)
    return run.records.first { $0.query.id.rawValue == 1 }?.worker?.rawValue
  }

  @Test(
    arguments: ["join-shortest-queue", "least-work-left", "earliest-finish"],
    [Stage.encode, .decode, .postProcess])
  func busyWorkersAreSeenAsBusy(_ dispatcher: String, _ stage: Stage) throws {
    #expect(try worker(ofSecondWith: dispatcher, slow: stage, pipelining: "none") == 1)
  }

  /// With the hand-off behind it, the accelerator is free while the CPU works.
  @Test func handedOffImagesAreNotTheAccelerators() throws {
    #expect(
      try worker(
        ofSecondWith: "join-shortest-queue", slow: .postProcess, pipelining: "cpu-gpu") == 0)
  }
}
