import Cluster
import Diagnostics
import DiffusionModels
import EventEngine
import Experiments
import LatencyProfiles
import LatentDynamics
import LiveServer
import Scenarios
import Workload

/// What keeps a scenario from being served for real on this machine.
struct LiveChecks {
  let experiment: Experiment
  let cores: Int

  private var scenario: Scenario { experiment.scenario }

  /// Floating-point operations a second that one core does at least; a rough figure, for refusals alone. Assumed.
  private static let coreFLOPS = 1e10
  /// A step that takes longer is no step of a miniature server.
  private static let longestStepSeconds = 1.0

  func check() throws(InputError) {
    let faults =
      [clusterFault, coresFault, workloadFault, latentsFault].compactMap { $0 }
      + policyFaults + modelFaults
    if !faults.isEmpty { throw InputError(faults) }
  }

  private func fault(of path: String, _ what: String, _ hint: String) -> Diagnostic {
    scenario.fault(of: path, what: "live: " + what, hint: hint)
  }

  private var clusterFault: Diagnostic? {
    let node = scenario.cluster.nodes[0]
    let isSynthetic = { (device: Device) in
      device.stages.contains { if case .synthetic = $0 { true } else { false } }
    }
    let what: String? =
      if isSynthetic(node.accelerator) || isSynthetic(node.cpu) {
        "synthetic times, which real kernels do not keep to"
      } else if scenario.cluster.nodes.count > 1 { "several nodes" } else if node.memory != nil {
        "a model of memory"
      } else if node.failures != .none { "failures" } else if node.stragglers != nil {
        "stragglers"
      } else if node.startup > .zero { "start-up times" } else if node.slowFactor != 1 {
        "a slow factor"
      } else if node.link != .instant || node.network != .instant {
        "links"
      } else if node.cpuTasks.contains(where: { $0.cores > 1 }) {
        "tasks on several cores"
      } else if node.stages != StagePools.acceleratorStages { "stages of a pool" } else { nil }
    return what.map {
      fault(
        of: "cluster", "the cluster has \($0), which this machine has not",
        "give one node with accelerators, a cpu and nothing else")
    }
  }

  private var coresFault: Diagnostic? {
    let node = scenario.cluster.nodes[0]
    let needed = node.accelerators + node.cores
    if needed <= cores { return nil }
    return fault(
      of: "cluster",
      "\(node.accelerators) accelerators and \(node.cores) CPU cores take \(needed) cores, and this machine has \(cores)",
      cores < 2
        ? "an accelerator and the CPU pool need a core each: run this on a machine with two cores"
        : "lower the accelerators' count and cpu.cores")
  }

  private var workloadFault: Diagnostic? {
    if experiment.shapes.count > 1 {
      return fault(
        of: scenario.workloadPath, "queries of several models or sizes",
        "give all of them one model and size")
    }
    if scenario.run.horizon != nil || scenario.run.warmup != .fixed(.zero) {
      return fault(
        of: "run", "run.horizon or run.warmup, where every query counts",
        "leave run.horizon and run.warmup out")
    }
    if experiment.maximumImages > 1 {
      return fault(
        of: "query.images", "queries of several images", "give 'images: 1'")
    }
    if scenario.query.guidance, scenario.query.guidedSteps < 1 {
      return fault(
        of: "query.guided_steps", "steps of which some are guided", "leave query.guided_steps out")
    }
    return nil
  }

  private var latentsFault: Diagnostic? {
    guard let table = scenario.latents?.table else { return nil }
    let isKnown =
      table.header.source == .synthetic
      && (0..<min(table.prompts, 8)).allSatisfy {
        Float(Prompt(seed: Experiment.firstLivePrompt + UInt64($0)).complexity)
          == Float(table.complexity($0))
      }
    return isKnown
      ? nil
      : fault(
        of: "latents", "latents are made again for real, and this table's cannot be",
        "write 'latents: auto', or make a table with 'qosdiff latents generate'")
  }

  private var policyFaults: [Diagnostic] {
    experiment.policies.compactMap { policy in
      let steps = policy.steps
      if steps.requirements.maximumAccelerators > 1 {
        return fault(
          of: "policies.\(policy.name)",
          "policy '\(policy.name)' shares a query's steps among accelerators, which this server does not",
          "leave it out with --policies")
      }
      if !steps.requirements.models.isEmpty || steps.requirements.cachedPrompts > 0
        || policy.controller != nil
      {
        return fault(
          of: "policies.\(policy.name)",
          "policy '\(policy.name)' changes models, starts from cached latents or re-plans the cluster",
          "leave it out with --policies")
      }
      return nil
    }
  }

  private var modelFaults: [Diagnostic] {
    experiment.shapes.compactMap { shape in
      guard let model = ModelRegistry.model(named: shape.model) else {
        return fault(
          of: "model", "the operators of model '\(shape.model)' are not known",
          "use sd15-mini, which steps in milliseconds on one core")
      }
      let size = LatencyProfile.ImageSize(
        height: Int(shape.size.height), width: Int(shape.size.width))
      if let fault = model.sizeFault(height: size.height, width: size.width) {
        return self.fault(of: "query.size", fault, "change query.size")
      }
      let step = model.graphs(.denoise, size: size, guidance: scenario.query.guidance, batch: 1)
      let seconds = step.reduce(0) { $0 + $1.flops } / Self.coreFLOPS
      if seconds <= Self.longestStepSeconds { return nil }
      return fault(
        of: "model",
        "model '\(shape.model)' at \(shape.size) is too heavy: a step would take one core some "
          + "\(Int(seconds.rounded(.up))) s",
        "use sd15-mini, which steps in milliseconds")
    }
  }
}
