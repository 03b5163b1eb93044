import Cluster
import Diagnostics
import LatencyProfiles

/// Settings that can have no effect, whatever the trace and the command: each is a fault. What depends on the queries or
/// on the command is noted when an experiment is made.
extension ScenarioBuilder {
  mutating func refuseIdle(_ root: LocatedValue) {
    idleOfQuery(root)
    idleOfModels(root)
    for item in root["cluster"]?["nodes"]?.list ?? [] { idleOfNode(item) }
    idleOfRun(root["run"])
  }

  private mutating func idle(_ value: LocatedValue?, _ why: String, _ hint: String) {
    guard let value else { return }
    fault(value.location, "this has no effect: \(why)", hint)
  }

  /// What generated arrivals, or a trace, have no use for.
  mutating func idleOfWorkload(_ value: LocatedValue) {
    if value["trace"] != nil {
      for key in ["queries", "duration"] {
        idle(
          value[key], "the trace says which queries arrive",
          "remove it; 'window' takes a part of the trace")
      }
      idle(
        value["mix"], "the trace says what its queries ask for",
        "remove it, or give 'arrivals' instead of the trace")
      return
    }
    for key in ["format", "published", "include_failed", "ignore_unknown"] {
      idle(value[key], "it is for a trace, and these arrivals are generated", "remove it")
    }
    for key in ["models", "steps", "slo"] {
      idle(
        value[key], "it chooses between a trace and the scenario, and these arrivals are generated",
        "remove it; 'mix' says what generated queries ask for")
    }
    idle(
      value["rate_scale"], "it is for a trace, and these arrivals are generated",
      "remove it, and write the rate wanted")
    idle(
      value["load_by"], "generated arrivals reach a load by their rate", "remove it")
  }

  private mutating func idleOfQuery(_ root: LocatedValue) {
    let query = root["query"]
    let mix = root["workload"]?["mix"]
    guard root["experiment"]?["workloads"] == nil else { return }
    for key in ["steps", "images"] where mix?[key] != nil {
      idle(
        query?[key], "workload.mix.\(key) says it of every query", "keep one of the two")
    }
  }

  private mutating func idleOfModels(_ root: LocatedValue) {
    let hasMemory = (root["cluster"]?["nodes"]?.list ?? []).contains {
      $0["accelerators"]?["memory"] != nil
    }
    let isUnguided = root["query"]?["guidance"]?.boolean == false
    for field in root["models"]?.fields ?? [] {
      if !hasMemory {
        for key in ["weights", "activations"] {
          idle(
            field.value[key], "no node's accelerators have a 'memory'",
            "remove it, or give 'accelerators.memory'")
        }
      }
      if isUnguided, let guidance = field.value["guidance"], guidance.boolean == true {
        idle(
          guidance, "query.guidance is false for all models",
          "leave query.guidance true, and give 'guidance: false' to the models without")
      }
    }
  }

  private mutating func idleOfNode(_ item: LocatedValue) {
    if let stages = item["stages"]?.list.compactMap(\.string) {
      for field in item["accelerators"]?["synthetic"]?.fields ?? []
      where !stages.contains(field.key) {
        idle(
          field.value, "'\(field.key)' is not among the node's stages",
          "remove it, or name the stage")
      }
    }
    if let cpu = item["cpu"], cpu["profile"] == nil, cpu["synthetic"] == nil {
      for key in ["tasks", "scaling"] {
        idle(
          cpu[key], "this CPU pool has no times, and so no work",
          "give it a 'profile' or 'synthetic' times")
      }
    }
  }

  private mutating func idleOfRun(_ run: LocatedValue?) {
    if run?["precision"] == nil {
      idle(
        run?["most_replications"], "it bounds what run.precision asks for, and there is none",
        "remove it, or give run.precision")
    }
  }
}
