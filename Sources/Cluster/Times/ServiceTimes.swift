import EventEngine
public import LatencyProfiles
import Workload

/// A latency that a scenario needs and a profile does not have.
public struct MissingLatency: Hashable, Sendable {
  /// Name of the node.
  public var node: String
  /// Whether it is the CPU's profile (else the accelerator's).
  public var isCPU: Bool
  /// The stage without a latency.
  public var stage: Stage
  /// The shape without a latency.
  public var shape: Shape
  /// What the profile has instead.
  public var hint: String
}

/// Median stage times of every (worker kind, shape, stage, batch) as one flat table, and the
/// predictions that policies and the definitions of load and SLO scale are built on.
public final class ServiceTimes: Sendable {
  let tables: StageTables
  /// Where stages run.
  let placement: Placement
  /// By (node, shape, images - 1).
  private let predictions: [BatchPrediction]
  /// For synthetic stages, by (device, stage).
  let synthetic: [Distribution?]
  /// Residuals by (device, shape, stage, batch - 1).
  let residuals: [ResidualDistribution?]
  /// What times rest on, by (device, shape, stage, batch - 1).
  private let bases: [TimeBasis]
  /// The same of steps without guidance; empty where all steps are alike.
  private let unguidedBases: [TimeBasis]
  /// Smallest batch from which a time is extrapolated, by (device, shape, stage); `Int.max` = none.
  let extrapolatedFrom: [Int]
  /// The latencies of sizes that profiles lack, each once, in the order of nodes, shapes and stages.
  public let scaled: [ScaledLatency]
  private let networks: [Link]
  private let latentProbes: [LatentProbe?]
  let pools: StagePools
  let nodesOfPool: [[Int]]
  private let shapeIndex: [Shape: ShapeID]

  /// Tables for a cluster and the shapes it will see.
  ///
  /// - Throws: the latencies that profiles lack, all of them.
  public init(
    cluster: ClusterConfiguration, shapes: [Shape], guidance: Bool, guidedSteps: Double = 1,
    maximumBatch: Int, placement: Placement
  ) throws(MissingLatencies) {
    precondition(maximumBatch >= 1, "a batch without an image")
    var builder = ServiceTimesBuilder(
      shapes: shapes, maximumBatch: maximumBatch, guidance: guidance,
      latencyModels: cluster.latencyModels, unguidedModels: cluster.unguidedModels)
    for node in cluster.nodes {
      builder.add(
        node.accelerator, of: node.name, isCPU: false,
        needing: node.stages.filter { !placement.isOnCPU($0) },
        factors: Stage.allCases.map { _ in node.slowFactor })
      let onCPU = node.cpuStages(under: placement)
      for stage in onCPU where stage != .postProcess { builder.check(node, has: stage) }
      builder.add(
        node.cpu, of: node.name, isCPU: true, needing: onCPU,
        factors: node.cpuTasks.map { 1 / $0.speedup },
        speedups: node.cpuTasks.map(\.basis))
    }
    let isMixed = guidance && guidedSteps < 1
    var unguided: [Int64] = []
    var unguidedBases: [TimeBasis] = []
    if isMixed {
      // Of the other steps, denoising alone; the other rows keep the places alike.
      var other = ServiceTimesBuilder(
        shapes: shapes, maximumBatch: maximumBatch, guidance: false,
        latencyModels: cluster.latencyModels, unguidedModels: cluster.unguidedModels)
      for node in cluster.nodes {
        other.add(
          node.accelerator, of: node.name, isCPU: false,
          needing: node.stages.filter { $0 == .denoise },
          factors: Stage.allCases.map { _ in node.slowFactor })
        other.add(
          node.cpu, of: node.name, isCPU: true, needing: [],
          factors: Stage.allCases.map { _ in 1 })
      }
      builder.missing += other.missing
      unguided = other.nanoseconds
      unguidedBases = other.bases
    }
    guard builder.missing.isEmpty else { throw MissingLatencies(list: builder.missing) }
    let tables = StageTables(
      shapes: shapes, maximumBatch: maximumBatch, nanoseconds: builder.nanoseconds,
      unguided: unguided, guidedShare: isMixed ? guidedSteps : 1, exists: builder.exists,
      links: cluster.nodes.map(\.link), cores: cluster.nodes.map(\.cores),
      cpuTasks: cluster.nodes.map(\.cpuTasks))
    self.tables = tables
    self.placement = placement
    predictions = cluster.nodes.indices.flatMap { node in
      shapes.indices.flatMap { shape in
        (1...maximumBatch).map { images in
          tables.prediction(
            node: node, shape: ShapeID(rawValue: UInt16(shape)), images: images,
            placement: placement)
        }
      }
    }
    synthetic = builder.synthetic
    residuals = builder.residuals
    bases = builder.bases
    self.unguidedBases = unguidedBases
    extrapolatedFrom = builder.extrapolatedFrom
    scaled = builder.scaled
    networks = cluster.nodes.map(\.network)
    pools = cluster.pools
    nodesOfPool = pools.nodesOfPool
    latentProbes = cluster.nodes.map(\.probe)
    shapeIndex = Dictionary(
      uniqueKeysWithValues: shapes.enumerated().map {
        ($1, ShapeID(rawValue: UInt16($0)))
      })
  }

  /// The index of a shape, or nil if the tables were not made for it.
  public func id(of shape: Shape) -> ShapeID? { shapeIndex[shape] }

  /// The shapes, by `ShapeID`.
  public var shapes: [Shape] { tables.shapes }
  /// Largest batch in images that the tables hold.
  public var maximumBatch: Int { tables.maximumBatch }

  /// What is predicted of one batch of at least one image; a row of the table where it is one.
  @inline(__always)
  func prediction(
    node: Int, shape: ShapeID, images: Int, placement: Placement
  ) -> BatchPrediction {
    guard images >= 1, images <= tables.maximumBatch, placement == self.placement else {
      return tables.prediction(node: node, shape: shape, images: images, placement: placement)
    }
    let row = node * tables.shapes.count + Int(shape.rawValue)
    return predictions[row * tables.maximumBatch + images - 1]
  }

  @inline(__always) func distribution(device: Int, stage: Stage) -> Distribution? {
    synthetic[device * StageTables.stageCount + stage.index]
  }

  /// How a stage's times for this batch scatter; nil = not at all.
  @inline(__always)
  func residual(device: Int, shape: ShapeID, stage: Stage, batch: Int) -> ResidualDistribution? {
    residuals[tables.row(device: device, shape: shape, stage: stage) * maximumBatch + batch - 1]
  }

  /// What a stage's time for this batch rests on.
  @inline(__always)
  func basis(device: Int, shape: ShapeID, stage: Stage, batch: Int) -> TimeBasis {
    bases[tables.row(device: device, shape: shape, stage: stage) * maximumBatch + batch - 1]
  }

  /// What the time of a step rests on of whose images a share is guided: where some are and others are not, on the
  /// figures with and without guidance.
  func stepBasis(device: Int, shape: ShapeID, batch: Int, guided: Double) -> TimeBasis {
    let with = basis(device: device, shape: shape, stage: .denoise, batch: batch)
    if guided >= 1 { return with }
    let row = tables.row(device: device, shape: shape, stage: .denoise)
    let without = unguidedBases[row * maximumBatch + batch - 1]
    return guided <= 0 ? without : .weaker(with, without)
  }

  /// Whether a stage's time for this batch lies outside what the profile holds.
  func isExtrapolated(device: Int, shape: ShapeID, stage: Stage, batch: Int) -> Bool {
    batch >= extrapolatedFrom[tables.row(device: device, shape: shape, stage: stage)]
  }

  /// Time for which a look at one image's latent holds its worker up, in nanoseconds: the entropy of
  /// its values, after their transfer (fp16) where the host computes it.
  func probeTime(node: Int, shape: ShapeID) -> Int64 {
    guard let probe = latentProbes[node] else { return 0 }
    let size = shapes[Int(shape.rawValue)].size
    let values = Int(size.height) * Int(size.width) / 64 * 4
    let transfer = probe.isOnHost ? tables.links[node].time(bytes: values * 2) : .zero
    return (transfer + SimulationDuration(seconds: probe.secondsPerValue * Double(values)))
      .nanoseconds
  }

  /// Time to hand `images` images over to the next pool, whose first stage is `stage`.
  func networkTime(node: Int, shape: ShapeID, before stage: Stage, images: Int)
    -> SimulationDuration
  {
    networks[node].time(bytes: tables.bytes(shape: shape, before: stage, images: images))
  }

  /// Bytes of all hand-overs of an image of the largest shape.
  public var bytesHandedOver: Int {
    shapes.indices.reduce(0) { most, shape in
      max(
        most,
        Stage.allCases.reduce(0) {
          $0 + tables.bytes(shape: ShapeID(rawValue: UInt16(shape)), before: $1, images: 1)
        })
    }
  }
}

/// All the latencies that are missing for a run.
public struct MissingLatencies: Error, Sendable {
  /// Never empty.
  public var list: [MissingLatency]
}
