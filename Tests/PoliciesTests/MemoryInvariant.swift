import Cluster
import EventEngine
import Testing
import Workload

/// What an accelerator's memory holds, worked out anew from the work that is told: the models used last, as many as
/// fit beside the batch.
extension InvariantCheck {
  mutating func workFindsItsWeights() {
    // Of scaling it is not told when memory was emptied, nor of random failures; helpers' steps are told as if
    // they were their own.
    guard setting.policy.controller == nil,
      setting.policy.steps.requirements.maximumAccelerators == 1
    else {
      return
    }
    for (worker, node) in setting.nodes.enumerated() {
      guard let memory = setting.cluster.nodes[node].memory else { continue }
      var outages: [SimulationTime] = []
      switch setting.cluster.nodes[node].failures {
      case .none: break
      case .listed(let list): outages = list.map(\.start)
      case .random: continue
      }
      hold(
        run.spans.filter {
          Int($0.worker.rawValue) == worker
            && ($0.resource == .accelerator || $0.resource == .weights)
        }, in: memory, outages)
    }
  }

  private mutating func hold(
    _ spans: [Span], in memory: AcceleratorMemory, _ outages: [SimulationTime]
  ) {
    var outages = outages[...]
    var resident: [String] = []
    let largest =
      setting.queries.map { query in
        setting.models.map { memory.activations(of: Shape(model: $0, size: query.size)) }
          .max() ?? 0
      }.max() ?? 0
    var left = memory.capacity - largest
    for model in memory.preloaded where memory.weights[model] ?? 0 <= left {
      left -= memory.weights[model] ?? 0
      resident.append(model)
    }
    for span in spans {
      let query = setting.queries[Int(span.query.rawValue)]
      let model = setting.models[Int(span.model.rawValue)]
      while let outage = outages.first, outage <= span.start {
        resident.removeAll()
        outages.removeFirst()
      }
      let activations =
        memory.activations(of: Shape(model: model, size: query.size)) * Double(span.images)
      if span.resource == .weights {
        require(.memory, !resident.contains(model), "\(model) is loaded twice at \(span.start)")
      } else {
        require(.memory, resident.contains(model), "\(model) is not there at \(span.start)")
      }
      resident.removeAll { $0 == model }
      resident.append(model)
      func used() -> Double {
        resident.reduce(activations) { $0 + (memory.weights[$1] ?? 0) }
      }
      while used() > memory.capacity, resident.count > 1 { resident.removeFirst() }
      require(.memory, used() <= memory.capacity, "\(used()) bytes at \(span.start)")
    }
  }
}
