@testable import Cluster
import EventEngine
import LatencyProfiles
import Testing
import Workload

/// A cluster as a policy sees it at 100 s, made by hand: node 0 is 'slow' (a step takes 20 ms), node 1
/// 'fast' (10 ms); nothing but denoising takes time.
struct Situation {
  static let now = SimulationTime(seconds: 100)
  var workers: [WorkerView]
  var centralWork = SimulationDuration.zero
  let times: ServiceTimes

  /// One worker for each node index.
  init(nodes: [Int32]) throws {
    workers = nodes.enumerated().map { index, node in
      WorkerView(id: WorkerID(rawValue: Int32(index)), node: NodeID(rawValue: node))
    }
    let cluster = ClusterConfiguration(
      nodes: [0.02, 0.01].map { step in
        NodeConfiguration(
          name: "step \(step)", accelerators: 1,
          accelerator: Device(synthetic: [.denoise: .deterministic(step)]), cores: 1,
          cpu: Device(synthetic: [:]), link: Link(bytesPerSecond: .infinity, latency: .zero))
      }, binding: .perWorker(stealing: false))
    times = try ServiceTimes(
      cluster: cluster,
      shapes: [Shape(model: "sd15", size: ImageSize(height: 512, width: 512))], guidance: true,
      maximumBatch: 4, placement: Placement())
  }

  var view: ClusterView { view(arrived: 0) }

  func view(arrived: Int) -> ClusterView {
    ClusterView(
      now: Self.now, workers: workers, arrived: arrived, centralParts: 0, centralImages: 0,
      centralWork: centralWork,
      models: ["sd15"], times: times,
      options: ServingOptions(batchLimit: 4, pipelining: .none), speedup: 1)
  }

  /// Which worker a dispatcher picks.
  func choice(
    _ dispatcher: inout some Dispatcher, _ query: QueryView = .make(), seed: UInt64 = 1
  ) -> Int32 {
    var stream = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1))
    return dispatcher.chooseWorker(for: query, among: view, using: &stream).rawValue
  }
}

extension QueryView {
  /// A query of one image and 10 steps that arrived just now.
  static func make(
    arrival: Double = 100, deadline: Double = 101, steps: Int = 10, service: Double = 0.1,
    model: UInt16 = 0
  ) -> QueryView {
    QueryView(
      id: QueryID(rawValue: 0), arrival: SimulationTime(seconds: arrival),
      deadline: SimulationTime(seconds: deadline), model: ModelID(rawValue: model),
      shape: ShapeID(rawValue: 0), images: 1, requestedSteps: steps, promptSeed: 0,
      serviceClass: 0, predictedService: SimulationDuration(seconds: service), resubmissions: 0)
  }
}

extension StepContext {
  /// At 100 s; a step takes 10 ms, everything else 50 ms, batches hold 4.
  static func make(
    evaluation: Double = 0.01, other: Double = 0.05, queuedImages: Int = 0, workers: Int = 1
  ) -> StepContext {
    StepContext(
      now: Situation.now, worker: WorkerID(rawValue: 0),
      evaluationTime: SimulationDuration(seconds: evaluation),
      otherTime: SimulationDuration(seconds: other), queuedImages: queuedImages,
      workersOfQueue: workers, batchLimit: 4)
  }
}
