import Cluster
import EventEngine
import LatencyProfiles
import Scenarios

/// Settings of the cluster that no policy of the scenario brings into play.
extension IdleSettings {
  /// Stages that a node's CPU pool does under a policy.
  func cpuStages(_ node: NodeConfiguration, _ policy: PolicySet) -> [Stage] {
    node.cpuStages(under: policy.placement).filter(node.cpu.has)
  }

  mutating func ofCluster() {
    let cluster = scenario.cluster
    // Nodes of one element are alike but for their names.
    var first = 0
    for index in scenario.given("cluster.nodes.*").indices {
      let place = "cluster.nodes.\(index)"
      guard cluster.nodes.indices.contains(first) else { break }
      ofNode(cluster.nodes[first], place)
      first += scenario.copies(ofNode: index)
    }
    let maximumShared = scenario.policies.map(\.steps.requirements.maximumAccelerators).max() ?? 1
    note(
      "cluster.parallelism", unless: maximumShared > 1 || scenario.run.bounds,
      "no policy shares a query's steps among accelerators")
    if cluster.workerCount == 1 {
      note("cluster.queue.per-worker.stealing", "there is one worker, and nobody to steal from")
    }
  }

  private mutating func ofNode(_ node: NodeConfiguration, _ place: String) {
    let stages = Set(scenario.policies.flatMap { cpuStages(node, $0) })
    for stage in [Stage.encode, .decode] where !stages.contains(stage) {
      let reason = "no policy places this stage on the CPU"
      note("\(place).cpu.tasks.\(stage.rawValue)", reason)
      note("\(place).cpu.synthetic.\(stage.rawValue)", reason)
    }
    for stage in [Stage.encode, .decode] {
      let isDone = scenario.policies.contains { !$0.placement.isOnCPU(stage) }
      note(
        "\(place).accelerators.synthetic.\(stage.rawValue)", unless: isDone,
        "every policy places this stage on the CPU")
    }
    if stages.isEmpty {
      let reason = "the CPU pool has no work under any policy"
      note("\(place).cpu.cores", unless: node.corePower != nil, reason)
      note("\(place).cpu.scaling", reason)
      note("\(place).cpu.tasks.post-process", reason)
      let maintainsViews =
        (node.probe?.isOnHost ?? false)
        && scenario.policies.contains { $0.steps.requirements.probes?.readsLatent ?? false }
      note(
        "\(place).link",
        unless: maintainsViews || (node.memory != nil && !scenario.isGiven("\(place).disk")),
        "nothing is handed over between accelerators and CPU")
    } else {
      let isScaled = stages.contains { node.cpuTasks[$0.index].cores > 1 }
      note(
        "\(place).cpu.scaling", unless: isScaled || scenario.isGiven("\(place).cpu.tasks.*"),
        "every task takes one core")
    }
    let scales = scenario.policies.contains { $0.controller != nil }
    note(
      "\(place).accelerators.startup", unless: scales, "no policy activates accelerators")
  }
}
