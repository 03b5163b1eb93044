public import EventEngine
import LatencyProfiles
import Workload

/// What may be predicted of a query from medians alone: nothing here knows a true service time.
extension ServiceTimes {
  /// Time of `images` images and `evaluations` network evaluations on one accelerator of `node`,
  /// as one batch and alone: encode, denoise and decode there, or on its CPU where placed there.
  public func acceleratorTime(
    node: NodeID, shape: ShapeID, images: Int, evaluations: Int, placement: Placement
  ) -> SimulationDuration {
    let batch = min(max(images, 1), maximumBatch)
    let n = Int(node.rawValue)
    var total = evaluationTime(node: node, shape: shape, images: batch) * evaluations
    for stage in [Stage.encode, .decode] where !placement.isOnCPU(stage) {
      total += SimulationDuration(
        nanoseconds: median(
          device: Self.accelerator(of: n), shape: shape, stage: stage, batch: batch))
    }
    return total
  }

  /// The longest time of one stage for one batch anywhere, to check sums against overflow.
  public var slowestStage: SimulationDuration {
    SimulationDuration(nanoseconds: nanoseconds.max() ?? 0)
  }

  /// Time of one evaluation for a batch of `images` images on one accelerator of `node`.
  /// Where some steps are guided only, the mean over a schedule.
  public func evaluationTime(node: NodeID, shape: ShapeID, images: Int) -> SimulationDuration {
    let device = Self.accelerator(of: Int(node.rawValue))
    let batch = min(max(images, 1), maximumBatch)
    guard mixesGuidance else {
      return SimulationDuration(
        nanoseconds: median(device: device, shape: shape, stage: .denoise, batch: batch))
    }
    let mean = stepMedian(device: device, shape: shape, batch: batch, guided: guidedShare)
    return SimulationDuration(nanoseconds: Int64(mean.rounded()))
  }

  /// Time for which a look at one image's latent holds a worker of `node` up.
  public func lookTime(of node: NodeID, shape: ShapeID) -> SimulationDuration {
    SimulationDuration(nanoseconds: lookTime(node: Int(node.rawValue), shape: shape))
  }

  /// Time of the CPU stages and hand-offs of `images` images on an otherwise idle CPU pool.
  public func cpuTime(
    node: NodeID, shape: ShapeID, images: Int, placement: Placement
  ) -> SimulationDuration {
    let n = Int(node.rawValue)
    let device = Self.cpu(of: n)
    var total = SimulationDuration.zero
    for stage in Stage.allCases
    where placement.isOnCPU(stage) && stageExists(device: device, stage: stage) {
      let tasks = stage == .encode ? 1 : images
      let lanes = max(cores[n] / cpuTasks[n][stage.index].cores, 1)
      let rounds = (tasks + lanes - 1) / lanes
      let one = median(device: device, shape: shape, stage: stage, batch: 1)
      total += SimulationDuration(nanoseconds: one) * rounds
      if stage != .postProcess || !placement.isOnCPU(.decode) {
        total += handOff(node: n, shape: shape, before: stage, images: tasks)
      }
    }
    return total
  }

  /// Time of the whole query standing alone on `node`: no queue, no pipelining, one batch.
  public func standalone(
    node: NodeID, shape: ShapeID, images: Int, evaluations: Int, placement: Placement
  ) -> SimulationDuration {
    acceleratorTime(
      node: node, shape: shape, images: images, evaluations: evaluations, placement: placement)
      + cpuTime(node: node, shape: shape, images: images, placement: placement)
  }

  /// The standalone time where it is shortest: what SLO scales multiply. With several pools, the sum of
  /// the shortest times in `from` and those after it, and of what the network takes between them.
  public func fastestStandalone(
    shape: ShapeID, images: Int, evaluations: Int, placement: Placement, from first: Int = 0
  ) -> SimulationDuration {
    var total = SimulationDuration.zero
    for pool in nodesOfPool.indices.dropFirst(first) {
      total +=
        nodesOfPool[pool].map { node in
          standalone(
            node: NodeID(rawValue: Int32(node)), shape: shape, images: images,
            evaluations: evaluations, placement: placement)
            + toNextPool(node: node, shape: shape, images: images)
        }.min() ?? .zero
    }
    return total
  }

  /// Time on the network to the next pool; zero from the last one.
  private func toNextPool(node: Int, shape: ShapeID, images: Int) -> SimulationDuration {
    let next = pools.poolOfNode[node] + 1
    guard next < pools.stages.count, let stage = pools.stages[next].first else { return .zero }
    return networkTime(
      node: node, shape: shape, before: stage, images: stage == .denoise ? 1 : images)
  }

  /// The query's share of a worker's time at the batch limit: its images over the batch's images
  /// times the time of a full batch; without batching, the time of its own images.
  ///
  /// Without pipelining the worker also stands still for the CPU stages.
  public func amortisedTime(
    node: NodeID, shape: ShapeID, images: Int, evaluations: Int, options: ServingOptions
  ) -> SimulationDuration {
    let batch = options.batchLimit ?? images
    var time = acceleratorTime(
      node: node, shape: shape, images: batch, evaluations: evaluations,
      placement: options.placement)
    if case .none = options.pipelining {
      time += cpuTime(node: node, shape: shape, images: batch, placement: options.placement)
    }
    let share = Double(time.nanoseconds) * Double(images) / Double(max(batch, 1))
    return SimulationDuration(nanoseconds: Int64(share.rounded()))
  }
}

/// The baseline's capacity, by the definition of load.
public struct Capacity: Sendable {
  /// Queries per second that the cluster can serve: sum over workers of
  /// 1 / (mean service time at the batch limit, medians, this stream's mix); with several pools, that of
  /// the slowest.
  public let queriesPerSecond: Double

  /// Capacity of the cluster for a stream's mix under given options.
  ///
  /// - Complexity: O(queries x nodes).
  public init(
    cluster: ClusterConfiguration, times: ServiceTimes, stream: QueryStream,
    options: ServingOptions
  ) {
    let pools = cluster.pools
    var totals = [Double](repeating: 0, count: pools.stages.count)
    let shapes = stream.models.indices.map { _ in [ImageSize: ShapeID]() }
    var known = shapes
    for (n, node) in cluster.nodes.enumerated() {
      var sum = 0.0
      var count = 0
      for query in stream {
        count += 1
        let model = Int(query.model.rawValue)
        let shape: ShapeID
        if let id = known[model][query.size] {
          shape = id
        } else if let id = times.id(of: Shape(model: stream.models[model], size: query.size)) {
          known[model][query.size] = id
          shape = id
        } else {
          continue
        }
        sum +=
          times.amortisedTime(
            node: NodeID(rawValue: Int32(n)), shape: shape, images: Int(query.images),
            evaluations: Int(query.steps), options: options
          ).seconds
      }
      if sum > 0 {
        totals[pools.poolOfNode[n]] +=
          Double(node.accelerators) * Double(count) / sum
      }
    }
    queriesPerSecond = totals.filter { $0 > 0 }.min() ?? 0
  }
}
