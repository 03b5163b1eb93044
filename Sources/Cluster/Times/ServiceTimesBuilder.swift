import EventEngine
import LatencyProfiles
import Workload

/// Fills the flat tables device by device.
struct ServiceTimesBuilder {
  let shapes: [Shape]
  let maximumBatch: Int
  let guidance: Bool
  let latencyModels: [String: String]
  let unguidedModels: Set<String>
  var nanoseconds: [Int64] = []
  var synthetic: [Distribution?] = []
  var exists: [Bool] = []
  var residuals: [ResidualDistribution?] = []
  var bases: [TimeBasis] = []
  var extrapolatedFrom: [Int] = []
  var scaled: [ScaledLatency] = []
  /// Nodes of one kind share their tables: scaling one to another size takes a while.
  private var tables: [TableKey: StageLatencyTable] = [:]
  var missing: [MissingLatency] = []

  private struct TableKey: Hashable {
    var profile: String
    var stage: Stage
    var shape: Shape
    var guidance: Bool
  }

  init(
    shapes: [Shape], maximumBatch: Int, guidance: Bool, latencyModels: [String: String],
    unguidedModels: Set<String>
  ) {
    self.unguidedModels = unguidedModels
    self.latencyModels = latencyModels
    self.shapes = shapes
    self.maximumBatch = maximumBatch
    self.guidance = guidance
  }

  /// - Parameter speedups: by stage, what a speedup among the factors rests on; slow factors change nothing.
  mutating func add(
    _ device: Device, of node: String, isCPU: Bool, needing stages: [Stage], factors: [Double],
    speedups: [TimeBasis] = Stage.allCases.map { _ in .measured }
  ) {
    for stage in Stage.allCases {
      switch device.stages[stage.index] {
      case .profile:
        synthetic.append(nil)
        exists.append(stages.contains(stage))
      case .synthetic(let distribution):
        synthetic.append(distribution)
        exists.append(stages.contains(stage))
      case .absent:
        synthetic.append(nil)
        exists.append(false)
      }
    }
    for shape in shapes {
      for stage in Stage.allCases {
        guard stages.contains(stage) else {
          append(constant: 0)
          continue
        }
        switch device.stages[stage.index] {
        case .profile(let model):
          append(
            model, stage: stage, shape: shape, node: node, isCPU: isCPU,
            slowFactor: factors[stage.index], speedup: speedups[stage.index])
        case .synthetic(let distribution):
          let mean = SimulationDuration(seconds: distribution.mean * factors[stage.index])
          append(constant: mean.nanoseconds)
        case .absent:
          append(constant: 0)
        }
      }
    }
  }

  /// A stage that the accelerator could do must not vanish by being placed on a CPU that cannot.
  mutating func check(_ node: NodeConfiguration, has stage: Stage) {
    guard !node.cpu.has(stage), node.accelerator.has(stage) else { return }
    for shape in shapes {
      missing.append(
        MissingLatency(
          node: node.name, isCPU: true, stage: stage, shape: shape,
          hint:
            "\(stage.rawValue) is placed on the CPU: give node '\(node.name)' a 'cpu' with times"))
    }
  }

  /// A time that the scenario states, or none.
  private mutating func append(constant: Int64) {
    nanoseconds.append(contentsOf: repeatElement(constant, count: maximumBatch))
    residuals.append(contentsOf: repeatElement(nil, count: maximumBatch))
    bases.append(contentsOf: repeatElement(.assumed, count: maximumBatch))
    extrapolatedFrom.append(.max)
  }

  private mutating func append(
    _ model: StageLatencyModel, stage: Stage, shape: Shape, node: String, isCPU: Bool,
    slowFactor: Double, speedup: TimeBasis
  ) {
    let height = Int(shape.size.height)
    let width = Int(shape.size.width)
    var shape = shape
    let guidance = guidance && !unguidedModels.contains(shape.model)
    shape.model = latencyModels[shape.model] ?? shape.model
    let key = TableKey(
      profile: model.profile.contentHash, stage: stage, shape: shape, guidance: guidance)
    let known = tables[key]
    guard
      let table = known
        ?? model.table(
          stage, model: shape.model, height: height, width: width, guidance: guidance,
          maximumBatch: maximumBatch)
    else {
      let hint =
        model.missing(
          stage: stage, model: shape.model, height: height, width: width, guidance: guidance) ?? ""
      missing.append(
        MissingLatency(node: node, isCPU: isCPU, stage: stage, shape: shape, hint: hint))
      append(constant: 0)
      return
    }
    for batch in 1...maximumBatch {
      let median = Double(table.medians[batch - 1])
      nanoseconds.append(SimulationDuration(seconds: median / 1e9 * slowFactor).nanoseconds)
      bases.append(.weaker(speedup, table.basis(batch: batch)))
    }
    residuals.append(contentsOf: table.residuals)
    if known == nil, let size = table.scaledFrom {
      scaled.append(
        ScaledLatency(profile: model.profile.name, stage: stage, shape: shape, from: size))
    }
    tables[key] = table
    extrapolatedFrom.append(table.firstExtrapolatedBatch ?? .max)
  }
}
