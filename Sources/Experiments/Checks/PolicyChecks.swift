import Cluster
import Diagnostics
import EventEngine
import Scenarios
import Workload

/// What a policy cannot do with the workload at hand, told before anything runs.
enum PolicyChecks {
  /// Refuses a cache that the workload cannot fill, a cascade whose models do not suit it, and a name that is taken.
  static func check(
    _ policies: [PolicySet], _ sample: WorkloadSample, _ times: ServiceTimes, _ scenario: Scenario
  ) throws(InputError) {
    var faults: [Diagnostic] = []
    for policy in policies {
      if let fault = cacheFault(policy, sample, scenario)
        ?? cascadeFault(policy, sample, times, scenario) ?? plannerFault(policy, scenario)
      {
        faults.append(fault)
      }
    }
    if scenario.run.bounds, scenario.policy(ClairvoyantReference.name) != nil {
      faults.append(
        scenario.stepsFault(
          policy: ClairvoyantReference.name,
          "'\(ClairvoyantReference.name)' is what 'run.bounds' adds",
          hint: "call the policy something else"))
    }
    if !faults.isEmpty { throw InputError(faults) }
  }

  private static func cacheFault(
    _ policy: PolicySet, _ sample: WorkloadSample, _ scenario: Scenario
  ) -> Diagnostic? {
    let cached = policy.steps.requirements.cachedPrompts
    guard cached > 0 else { return nil }
    var prompts: Set<UInt64> = []
    var comesBack = false
    for query in sample.stream {
      if !prompts.insert(query.promptSeed).inserted { comesBack = true }
      if prompts.count >= cached, comesBack { return nil }
    }
    if prompts.count >= cached {
      return scenario.stepsFault(
        policy: policy.name,
        "policy '\(policy.name)' caches prompts, and none comes back: nothing is ever found",
        hint: "give 'workload.mix.prompts', or a trace that names prompts")
    }
    return scenario.stepsFault(
      policy: policy.name,
      "policy '\(policy.name)' caches \(cached) prompts, and the workload has \(prompts.count)",
      hint: "lower 'capacity', or give a longer trace")
  }

  /// Planners count all accelerators as alike workers for whole queries, and share them out.
  private static func plannerFault(_ policy: PolicySet, _ scenario: Scenario) -> Diagnostic? {
    guard policy.steps.planner != nil else { return nil }
    if scenario.cluster.pools.stages.count > 1 {
      return scenario.stepsFault(
        policy: policy.name,
        "policy '\(policy.name)' plans for nodes that do all stages, and these have pools of their own",
        hint: "remove 'stages' from the nodes, or choose other steps")
    }
    if policy.steps.requirements.heavyModel != nil, scenario.cluster.workerCount < 2 {
      return scenario.stepsFault(
        policy: policy.name,
        "policy '\(policy.name)' shares accelerators out to two models, and there is one: it would never plan",
        hint: "add an accelerator, or choose other steps")
    }
    return nil
  }

  private static func cascadeFault(
    _ policy: PolicySet, _ sample: WorkloadSample, _ times: ServiceTimes, _ scenario: Scenario
  ) -> Diagnostic? {
    guard let heavy = policy.steps.requirements.heavyModel,
      let light = policy.steps.requirements.lightModel
    else {
      return nil
    }
    if Set(sample.kinds.map(\.kind.model)).count > 1 {
      return scenario.stepsFault(
        policy: policy.name,
        "policy '\(policy.name)' plans for one heavy model, '\(heavy)', and queries ask for several models",
        hint: "choose other steps, or give all queries one model")
    }
    for (kind, _) in sample.kinds {
      let model = sample.stream.models[Int(kind.model.rawValue)]
      guard model == heavy else {
        return scenario.stepsFault(
          policy: policy.name,
          "policy '\(policy.name)' plans for the heavy model '\(heavy)', and queries ask for '\(model)'",
          hint: "give 'heavy: \(model)'")
      }
      guard let slow = times.id(of: Shape(model: heavy, size: kind.size)),
        let fast = times.id(of: Shape(model: light.name, size: kind.size))
      else { continue }
      func time(_ shape: ShapeID, _ evaluations: Int) -> Double {
        times.fastestStandalone(
          shape: shape, images: Int(kind.images), evaluations: evaluations,
          placement: policy.placement
        ).seconds
      }
      let (quick, long) = (time(fast, light.evaluations), time(slow, Int(kind.steps)))
      guard quick < long else {
        return scenario.stepsFault(
          policy: policy.name,
          "policy '\(policy.name)' meets '\(light.name)' first, which takes \(milliseconds(quick)) where "
            + "'\(heavy)' takes \(milliseconds(long))",
          hint: "the light model must be the quicker one: see 'light' and 'light-steps'")
      }
    }
    return nil
  }

  private static func milliseconds(_ seconds: Double) -> String {
    "\(Int((seconds * 1000).rounded())) ms"
  }
}
