package import Experiments
import Cluster
package import Diagnostics
import Scenarios

extension ExperimentGrid {
  /// Refuses what an experiment asks for and its points cannot give, whichever policies are run.
  package func check() throws(InputError) {
    var faults: [Diagnostic] = []
    let loads = Set(plan.loads)
    let isJudged = plan.sloScales.count == 1 || plan.sloScales.contains(ClaimJudge.sloScale)
    let primary = loads.intersection(ClaimJudge.loads)
    func fault(_ list: String, _ what: String, _ hint: String) {
      faults.append(scenario.fault(of: "experiment.\(list)", what: what, hint: hint))
    }
    let kind: String? =
      switch scenario.query.slo {
      case .scale: nil
      case .time: "a time"
      case .drawn: "drawn"
      }
    if let kind {
      faults.append(
        scenario.fault(
          of: "query.slo",
          what: "the points of an experiment are SLO scales, and this objective is \(kind)",
          hint: "remove it, or the experiment: each of its points would drop it"))
    }
    if !plan.claims.isEmpty {
      if primary.isEmpty, !loads.contains(ClaimJudge.overload) {
        fault(
          "claims", "no claim is judged at these loads",
          "give 'loads' one of 0.5, 0.8, 0.95 (violations, latency) or 1.5 (throughput)")
      }
      if !isJudged {
        fault(
          "claims", "claims are judged at SLO scale 3, which is not among these",
          "add it to 'slo_scales'")
      }
    }
    for (index, name) in plan.claims.enumerated() where name == scenario.run.baseline {
      fault(
        "claims.\(index)", "'\(name)' is the baseline: there is nothing to hold it against",
        "remove it")
    }
    if !plan.controls.isEmpty {
      if primary.isEmpty || !isJudged {
        fault(
          "controls",
          "controls are run at loads 0.5, 0.8 and 0.95 and SLO scale 3, and none of these is among the points",
          "add one, or remove 'controls'")
      }
      if scenario.latents == nil {
        fault(
          "controls", "controls show what a signal is worth to images, and none are judged",
          "give 'latents'")
      }
    }
    for (index, name) in plan.controls.enumerated() {
      guard let policy = scenario.policy(name),
        policy.steps.requirements.probes?.readsLatent != true
      else {
        continue
      }
      fault(
        "controls.\(index)", "'\(name)' looks at no latent: there is no signal to control for",
        "name a policy whose steps are 'entropy' or 'entropy-probe'")
    }
    if !faults.isEmpty { throw InputError(faults) }
  }

  /// What of the scenario the points have no use for, where `policies` are run (nil = all).
  package func idleSettings(policies: [String]?) -> [IdleSetting] {
    var found: [IdleSetting] = []
    func note(_ path: String, _ reason: String) {
      found += IdleSetting.all(at: path, of: scenario, reason)
    }
    if scenario.isGiven("experiment.workloads"),
      !plan.workloads.contains(where: { $0.plan == scenario.workload })
    {
      note("workload", "experiment.workloads takes its place here")
    }
    note("workload.load", "experiment.loads says what is offered here")
    note("experiment.workloads.*.load", "experiment.loads says what is offered here")
    if case .scale(let scale) = scenario.query.slo, !plan.sloScales.contains(scale) {
      note("query.slo", "experiment.slo_scales takes its place here")
    }
    guard let policies else { return found }
    for (list, names) in [("claims", plan.claims), ("controls", plan.controls)] {
      for (index, name) in names.enumerated() where !policies.contains(name) {
        note("experiment.\(list).\(index)", "'\(name)' is not among the policies that are run")
      }
    }
    return found
  }
}
