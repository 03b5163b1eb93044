public import EventEngine
import LatencyProfiles
import Workload

/// What may be predicted of a query from medians alone: nothing here knows a true service time.
extension ServiceTimes {
  /// The longest time of one stage for one batch anywhere, to check sums against overflow.
  public var slowestStage: SimulationDuration {
    SimulationDuration(nanoseconds: tables.nanoseconds.max() ?? 0)
  }

  /// Least time of one evaluation of one image on `node`'s accelerators, over all batches that these times are made for,
  /// in nanoseconds.
  public func leastEvaluation(node: NodeID, shape: ShapeID) -> Double {
    let all = (1...max(maximumBatch, 1)).map { images in
      let batch = prediction(
        node: Int(node.rawValue), shape: shape, images: images, placement: Placement())
      return Double(batch.evaluation) / Double(images)
    }
    return all.min() ?? 0
  }

  /// Whether any stage's time is drawn: by a distribution, or by residuals about a median.
  package var hasRandomTimes: Bool {
    residuals.contains { $0 != nil }
      || synthetic.contains {
        guard let distribution = $0 else { return false }
        if case .deterministic = distribution { return false }
        return true
      }
  }

  /// Whether an evaluation always takes the time predicted for it: no residuals, no random service, and all guided alike.
  public var hasFixedEvaluations: Bool {
    guard !tables.mixesGuidance else { return false }
    return nodesOfPool.joined().allSatisfy { node in
      let device = StageTables.accelerator(of: node)
      if case .deterministic? = distribution(device: device, stage: .denoise) { return true }
      return distribution(device: device, stage: .denoise) == nil
        && shapes.indices.allSatisfy { shape in
          (1...maximumBatch).allSatisfy {
            residual(
              device: device, shape: ShapeID(rawValue: UInt16(shape)), stage: .denoise, batch: $0)
              == nil
          }
        }
    }
  }

  /// Whether two nodes are predicted to take the same time for everything.
  func isAlike(_ a: Int, _ b: Int, placement: Placement) -> Bool {
    a == b
      || shapes.indices.allSatisfy { shape in
        (1...maximumBatch).allSatisfy { images in
          let shape = ShapeID(rawValue: UInt16(shape))
          return prediction(node: a, shape: shape, images: images, placement: placement)
            == prediction(node: b, shape: shape, images: images, placement: placement)
        }
      }
  }

  /// Time for which a look at one image's latent holds a worker of `node` up.
  public func probeTime(of node: NodeID, shape: ShapeID) -> SimulationDuration {
    SimulationDuration(nanoseconds: probeTime(node: Int(node.rawValue), shape: shape))
  }

  /// Time of the whole query standing alone on `node`: no queue, no pipelining, one batch; its evaluations are
  /// `speedup` times as fast where accelerators share them.
  public func standalone(
    node: NodeID, shape: ShapeID, images: Int, evaluations: Int, placement: Placement,
    speedup: Double = 1
  ) -> SimulationDuration {
    let batch = prediction(
      node: Int(node.rawValue), shape: shape, images: images, placement: placement)
    return SimulationDuration(
      nanoseconds: batch.denoising(evaluations, speedup: speedup) + batch.encodeAndDecode
        + batch.onCPU)
  }

  /// The standalone time where it is shortest: what SLO scales multiply. With several pools, the sum of
  /// the shortest times in `from` and those after it, and of what the network takes between them.
  public func fastestStandalone(
    shape: ShapeID, images: Int, evaluations: Int, placement: Placement, from first: Int = 0
  ) -> SimulationDuration {
    guard first < nodesOfPool.count else { return .zero }
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
  /// Without pipelining the worker also stands still for the CPU stages. Of what is encoded already, the encoding is
  /// not counted.
  public func amortisedTime(
    node: NodeID, shape: ShapeID, images: Int, evaluations: Int, isEncoded: Bool = false,
    options: ServingOptions
  ) -> SimulationDuration {
    let batch = options.batchLimit ?? images
    let full = prediction(
      node: Int(node.rawValue), shape: shape, images: batch, placement: options.placement)
    var time = full.evaluation * Int64(evaluations) + full.decode
    if !isEncoded { time += full.encode }
    if case .none = options.pipelining {
      time += full.finishOnCPU + (isEncoded ? 0 : full.encodeOnCPU)
    }
    let share = Double(time) * Double(images) / Double(max(batch, 1))
    return SimulationDuration(nanoseconds: Int64(share.rounded()))
  }
}
