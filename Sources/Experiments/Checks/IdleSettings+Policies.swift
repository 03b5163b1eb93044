import Cluster
import EventEngine
import LatencyProfiles
import Scenarios

/// Parts of policies that this cluster and these queries give nothing to do. Parts that a policy inherits are noted where
/// they are written alone.
extension IdleSettings {
  mutating func ofPolicies() {
    let cluster = scenario.cluster
    let fails = cluster.nodes.contains { $0.failures != .none }
    let priorities = Set(
      classesAsked.map { index in index.flatMap { streams.serviceClasses[$0] }?.priority })
    for policy in scenario.policies {
      let place = "policies.\(policy.name)"
      let queue = cluster.binding == .central
      note(
        "\(place).dispatcher", unless: !queue && cluster.workerCount > 1,
        queue ? "with 'queue: central' a free worker takes the next query" : "there is one worker")
      if policy.finish != .none {
        note(
          "\(place).finish", unless: policy.steps.requirements.endsEarly,
          "the policy's steps never end a query early")
      }
      note("\(place).recovery", unless: fails, "no node can fail")
      note(
        "\(place).discipline.priority",
        unless: priorities.count > 1 || !policy.discipline.readsPriority,
        "no two classes of the queries differ in priority")
      if policy.pipelining != .none {
        note(
          "\(place).pipelining", unless: hasCPUWork(policy),
          "the CPU pools have no work that could overlap with the accelerators'")
      }
      for stage in [Stage.encode, .decode] where policy.placement.isOnCPU(stage) {
        note(
          "\(place).placement.\(stage.rawValue)", unless: exists(stage), "no node has this stage")
      }
    }
  }

  private func hasCPUWork(_ policy: PolicySet) -> Bool {
    scenario.cluster.nodes.contains { !cpuStages($0, policy).isEmpty }
  }

  private func exists(_ stage: Stage) -> Bool {
    scenario.cluster.nodes.contains { $0.accelerator.has(stage) || $0.cpu.has(stage) }
  }
}
