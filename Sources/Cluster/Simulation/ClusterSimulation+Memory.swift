import EventEngine
import LatencyProfiles
import Workload

/// An accelerator's memory as indices: bytes by model and shape.
struct NodeMemory {
  let capacity: Double
  let source: Link
  /// By `ModelID`.
  let weights: [Double]
  /// For one image, by `ShapeID`.
  let activations: [Double]
  /// Most images of a batch, by `ShapeID`.
  let maximumImages: [Int]
  /// Models there at the start.
  let preloaded: [ModelID]

  init(_ memory: AcceleratorMemory, models: [String], shapes: [Shape]) {
    capacity = memory.capacity
    source = memory.source
    weights = models.map { memory.weights[$0] ?? 0 }
    activations = shapes.map { memory.activations(of: $0) }
    maximumImages = shapes.map { max(memory.maximumImages(of: $0), 1) }
    var left = memory.capacity - (activations.max() ?? 0)
    var preloaded: [ModelID] = []
    for name in memory.preloaded {
      guard let index = models.firstIndex(of: name), weights[index] <= left else { continue }
      left -= weights[index]
      preloaded.append(ModelID(rawValue: UInt16(index)))
    }
    self.preloaded = preloaded
  }
}

/// Weights in the memory of accelerators: who is there, who makes room, what a load takes.
extension ClusterSimulation {
  /// Most images of a shape that the worker's memory takes at once.
  func memoryLimit(_ w: Int, shape: Int) -> Int {
    let fitting = memories[Int(workers[w].node)]?.maximumImages[shape] ?? .max
    return batchLimits.isEmpty ? fitting : min(fitting, batchLimits[shape])
  }

  /// Most images of a shape that fit into the memory of every accelerator that serves it: parts are no
  /// larger.
  func partLimit(shape: Int) -> Int {
    memories.indices.reduce(.max) { limit, node in
      let serves = servedShapes.isEmpty || servedShapes[node * times.shapes.count + shape]
      return serves ? min(limit, memories[node]?.maximumImages[shape] ?? .max) : limit
    }
  }

  /// Whether work of these parts can begin; if not, the weights it needs are on their way, and the work
  /// begins when they are there.
  mutating func hasWeights(_ w: Int, for stage: Stage, _ group: [Int32], as operation: Operation)
    -> Bool
  {
    guard let memory = memories[Int(workers[w].node)] else { return true }
    let part = parts[Int(group[0])]
    if let place = workers[w].resident.firstIndex(of: part.model) {
      workers[w].resident.remove(at: place)
      workers[w].resident.append(part.model)
      evictModels(w, memory, for: part, images: imageCount(group), isThere: true)
      return true
    }
    evictModels(w, memory, for: part, images: imageCount(group), isThere: false)
    let node = Int(workers[w].node)
    let time = transferTime(
      nodes[node].loadsOverLink ? .host : .disk, of: node,
      bytes: memory.weights[Int(part.model.rawValue)])
    workers[w].pending = PendingWork(stage: stage, group: group, operation: operation)
    workers[w].operation = .loading
    interruptSteps(w)
    enter(.loading, group)
    if loop.now >= countingFrom { usage.modelLoads = (usage.modelLoads ?? 0) + 1 }
    let charged = charged(time, on: node)
    workers[w].loading += counted(charged).nanoseconds
    if wantsSpans {
      report(
        .weights, stage, of: w, group: group, images: imageCount(group), batch: workers[w].batch,
        for: charged)
    }
    scheduleEnd(.acceleratorDone(worker: Int32(w)), ofWorkOn: node, after: time)
    return false
  }

  /// Weights have arrived: what waited for them begins.
  mutating func loaded(_ w: Int) {
    guard let pending = workers[w].pending else { return }
    workers[w].pending = nil
    workers[w].resident.append(parts[Int(pending.group[0])].model)
    refreshResident(w)
    start(pending.stage, on: w, pending.group, as: pending.operation)
  }

  /// Evicts the models that were used least recently until the batch fits beside what stays.
  private mutating func evictModels(
    _ w: Int, _ memory: NodeMemory, for part: Part, images: Int, isThere: Bool
  ) {
    let activations = memory.activations[Int(part.shape.rawValue)] * Double(images)
    let own = isThere ? 0 : memory.weights[Int(part.model.rawValue)]
    func used() -> Double {
      workers[w].resident.reduce(own + activations) { $0 + memory.weights[Int($1.rawValue)] }
    }
    var hasEvicted = false
    while let oldest = workers[w].resident.first, oldest != part.model, used() > memory.capacity {
      workers[w].resident.removeFirst()
      hasEvicted = true
    }
    if hasEvicted { refreshResident(w) }
  }

  /// Tells policies which models an accelerator holds.
  mutating func refreshResident(_ w: Int) { views[w].residentModels = workers[w].resident }
}
