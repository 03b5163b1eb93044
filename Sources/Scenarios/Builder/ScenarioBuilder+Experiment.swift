import Diagnostics

extension ScenarioBuilder {
  /// The points of a comparison; nil where the scenario has none, or they are wrong.
  mutating func experiment(_ root: LocatedValue, _ workload: WorkloadPlan?) -> ExperimentPlan? {
    guard let value = root["experiment"], let workload else { return nil }
    var workloads: [(name: String, plan: WorkloadPlan)] = []
    for field in value["workloads"]?.fields ?? [] {
      if let plan = self.workload(field.value, at: field.location) {
        workloads.append((field.key, plan))
      }
    }
    if value["workloads"] == nil { workloads = [("workload", workload)] }
    var scales = (value["slo_scales"]?.list ?? []).compactMap(\.number)
    if scales.isEmpty { scales = [root["query"]?["slo"]?.variant?.value?.number ?? 3] }
    return ExperimentPlan(
      loads: (value["loads"]?.list ?? []).compactMap(\.number), sloScales: scales,
      workloads: workloads, claims: policyNames(value["claims"], root),
      controls: policyNames(value["controls"], root))
  }

  private mutating func policyNames(_ value: LocatedValue?, _ root: LocatedValue) -> [String] {
    let known = root["policies"]?.fields.map(\.key) ?? []
    return (value?.list ?? []).compactMap { item in
      let name = item.string ?? ""
      if known.contains(name) { return name }
      fault(
        item.location, "there is no policy '\(name)'",
        Suggestion.hint(for: name, in: known, noun: "policy"))
      return nil
    }
  }
}
