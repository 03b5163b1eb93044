import Cluster
import Diagnostics
import LatencyProfiles
import Scenarios
import Workload

/// Models and nodes: what the workload asks for, and who can serve it.
extension Experiment {
  /// The scenario with what its nodes must know of the models that queries may ask for.
  static func knowing(_ models: [String], _ scenario: Scenario) -> Scenario {
    var scenario = scenario
    for model in models {
      let other = scenario.models.latencyModel(of: model)
      if other != model { scenario.cluster.latencyModels[model] = other }
      if scenario.models.isUnguided(model) { scenario.cluster.unguidedModels.insert(model) }
      for index in scenario.cluster.nodes.indices {
        scenario.cluster.nodes[index].memory?.weights[model] = scenario.models.weights(of: model)
        scenario.cluster.nodes[index].memory?.activationsPerPixel[model] =
          scenario.models.activationsPerPixel(of: model)
      }
    }
    return scenario
  }

  /// - Throws: models that nobody serves or asks for, and models that are too large for an accelerator.
  ///
  /// - Parameter asked: models that any policy's queries may ask for, those of policies left out included.
  static func checkModels(
    _ shapes: [Shape], asked: Set<String>, _ scenario: Scenario
  ) throws(InputError) {
    let nodes = scenario.cluster.nodes
    let served = Set(shapes.map(\.model))
    var faults: [Diagnostic] = []
    for (pool, stages) in scenario.cluster.pools.stages.enumerated() {
      let own = nodes.indices.filter { scenario.cluster.pools.poolOfNode[$0] == pool }
      for model in served.sorted()
      where !own.contains(where: { nodes[$0].models?.contains(model) ?? true }) {
        faults.append(
          scenario.modelFault(
            node: nodes[own[0]].name,
            "no node that does \(stages[0].rawValue) serves model '\(model)'",
            hint: "name it among a node's models"))
      }
    }
    var reported: Set<String> = []
    for node in nodes {
      for model in node.models ?? [] where !asked.contains(model) && reported.insert(model).inserted
      {
        faults.append(
          scenario.modelFault(
            node: node.name, "no query asks for model '\(model)'",
            hint: Suggestion.hint(for: model, in: asked.sorted(), noun: "model")))
      }
      if let fault = memoryFault(of: node, shapes, scenario), reported.insert(fault.what).inserted {
        faults.append(fault)
      }
    }
    if !faults.isEmpty { throw InputError(faults) }
  }

  private static func memoryFault(
    of node: NodeConfiguration, _ shapes: [Shape], _ scenario: Scenario
  ) -> Diagnostic? {
    guard let memory = node.memory else { return nil }
    for shape in shapes where node.models?.contains(shape.model) ?? true {
      guard let weights = memory.weights[shape.model],
        memory.activationsPerPixel[shape.model] != nil
      else {
        return scenario.memoryFault(
          node: node.name, "nothing is known of what model '\(shape.model)' needs of memory",
          hint: "give 'models: { \(shape.model): { weights: ..., activations: ... } }'")
      }
      if memory.maximumImages(of: shape) < 1 {
        let needed = weights + memory.activations(of: shape)
        return scenario.memoryFault(
          node: node.name,
          "model '\(shape.model)' at \(shape.size) needs \(gigabytes(needed)), and an accelerator has "
            + gigabytes(memory.capacity),
          hint: "give more memory, or leave the model to other nodes")
      }
    }
    return nil
  }

  private static func gigabytes(_ bytes: Double) -> String {
    "\((bytes / 1e9 * 100).rounded() / 100) GB"
  }
}
