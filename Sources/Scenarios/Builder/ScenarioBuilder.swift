import Cluster
import Diagnostics
import EventEngine
import Foundation
import LatencyProfiles
import Workload

/// Makes a ``Scenario`` from values that fit its shape: what one key alone cannot show to be wrong is
/// found here.
struct ScenarioBuilder {
  let path: String
  let lines: [String]
  let folder: String
  let traceFolders: [String]
  let unpacking: Unpacking?
  let ownProfile: ScenarioReader.OwnFile?
  let ownTable: ScenarioReader.OwnFile?
  let standIns: ProfileStandIns?
  var ownProfilePath: String?
  /// Whether no scenario comes of it: then no profile of this machine is measured.
  var isForFaultsAlone = false
  var model = ""
  var size = ImageSize(height: 512, width: 512)
  var diagnostics: [Diagnostic] = []
  var profiles: [ProfileUse] = []
  var profilePlaces: [Scenario.ProfilePlace: Diagnostic.Location] = [:]
  var memoryPlaces: [String: Diagnostic.Location] = [:]
  var modelPlaces: [String: Diagnostic.Location] = [:]

  init(
    path: String, lines: [String], folder: String, traceFolders: [String],
    unpacking: Unpacking? = nil, ownProfile: ScenarioReader.OwnFile? = nil,
    ownTable: ScenarioReader.OwnFile? = nil,
    standIns: ProfileStandIns? = nil
  ) {
    self.path = path
    self.lines = lines
    self.folder = folder
    self.traceFolders = traceFolders
    self.unpacking = unpacking
    self.ownProfile = ownProfile
    self.ownTable = ownTable
    self.standIns = standIns
  }

  mutating func fault(
    _ location: Diagnostic.Location, _ what: String, _ hint: String?,
    category: Diagnostic.Category = .badInput
  ) {
    let source = location.file == path ? SourceLines.line(location.line, of: lines) : nil
    let diagnostic = Diagnostic(category, at: location, what, hint: hint, sourceLine: source)
    // What a policy inherits is looked at once for each heir; its fault is one fault.
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  /// Where two values stand in each other's way: at the option that gave one of them, else at the second.
  func clash(_ first: LocatedValue, _ second: LocatedValue) -> Diagnostic.Location {
    first.location.file == path ? second.location : first.location
  }

  mutating func build(
    _ root: LocatedValue, text: String, overrides: [String]
  ) throws(InputError) -> Scenario {
    let query = queryDefaults(root)
    let models = modelPlan(root["models"])
    let classes = serviceClasses(root["classes"])
    model = query.model
    size = query.size
    let cluster = self.cluster(root["cluster"])
    let run = runPlan(root)
    let policies = PolicyBuilder(baseline: run.baseline).build(root["policies"], &self)
    if let cluster {
      checkGuidedSteps(root["query"], in: cluster)
      for policy in policies { reach(of: policy, in: cluster, root["policies"]?[policy.name]) }
    }
    let workload = self.workload(root["workload"], at: root.location)
    let experiment = experiment(root, workload)
    refuseIdle(root)
    let latents = latents(root, policies)
    let oracles = oracles(root["oracles"])
    if !diagnostics.isEmpty { readTrace(of: workload) }
    guard diagnostics.isEmpty, let cluster, let workload else {
      throw InputError(
        diagnostics.isEmpty
          ? [Diagnostic(.badInput, at: .init(file: path), "the scenario cannot be read")]
          : diagnostics)
    }
    return Scenario(
      path: path, text: text, overrides: overrides, name: root["name"]?.string ?? "",
      query: query, models: models, classes: classes, workload: workload, cluster: cluster,
      profiles: profiles,
      policies: policies,
      policyOrigins: (root["policies"]?.fields ?? []).map { PolicyOrigin(name: $0.key, $0.value) },
      latents: latents, quality: quality(root["quality"]),
      experiment: experiment, run: run, oracles: oracles,
      profilePlaces: profilePlaces, memoryPlaces: memoryPlaces, modelPlaces: modelPlaces,
      stepPlaces: stepPlaces(root),
      hasOwnProfile: ownProfilePath != nil,
      nodeCounts: (root["cluster"]?["nodes"]?.list ?? []).map { $0["count"]?.integer ?? 1 },
      places: Self.places(root))
  }

  /// Faults of the files that a scenario names whose shape is faulty elsewhere, so that all are told in one round; a
  /// profile of this machine is not measured for it.
  mutating func faultsOfFiles(_ sections: LocatedValue) -> [Diagnostic] {
    isForFaultsAlone = true
    if let cluster = sections["cluster"] { _ = self.cluster(cluster) }
    if let workload = sections["workload"] {
      readTrace(of: self.workload(workload, at: sections.location))
    }
    return diagnostics
  }

  /// Reads a workload's trace for its faults alone.
  private mutating func readTrace(of workload: WorkloadPlan?) {
    guard case .trace(let path, let format, let options) = workload?.source else { return }
    do { _ = try TraceLoader.load(path: path, format: format, options: options) } catch {
      diagnostics += error.diagnostics
    }
  }

  /// Where each value stands that the file or an option gives, by its path: list elements by index, the choice of a variant
  /// and what stands behind it both.
  private static func places(
    _ value: LocatedValue, at path: String = ""
  ) -> [String: Diagnostic.Location] {
    func within(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    var places = path.isEmpty ? [:] : [path: value.location]
    switch value.value {
    case .object(let fields):
      for field in fields {
        places.merge(Self.places(field.value, at: within(field.key))) { first, _ in first }
      }
    case .list(let list):
      for (index, item) in list.enumerated() {
        places.merge(Self.places(item, at: within("\(index)"))) { first, _ in first }
      }
    case .variant(let name, let inner):
      places[within(name)] = value.location
      if let inner {
        places.merge(Self.places(inner, at: within(name))) { first, _ in first }
      }
    default: break
    }
    return places
  }

  /// The place of each policy's steps, its preset or the policy itself.
  private func stepPlaces(_ root: LocatedValue) -> [String: Diagnostic.Location] {
    let policies = root["policies"]?.fields ?? []
    return Dictionary(
      policies.map { field in
        (field.key, (field.value["steps"] ?? field.value["preset"] ?? field.value).location)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the policy can use what it asks of the cluster, and uses all of it.
  private mutating func reach(
    of policy: PolicySet, in cluster: ClusterConfiguration, _ written: LocatedValue?
  ) {
    let most =
      cluster.nodes.filter { $0.stages.contains(.denoise) }.map(\.accelerators).max() ?? 1
    let place = (written?["steps"] ?? written)?.location ?? .init(file: path)
    if policy.steps.requirements.maximumAccelerators > most {
      fault(
        place,
        "policy '\(policy.name)' shares steps among \(policy.steps.requirements.maximumAccelerators) accelerators, and no node "
          + "that denoises has more than \(most)", "lower it, or give a node more")
    }
    let all = cluster.nodes.reduce(0) { $0 + $1.accelerators }
    if let asked = policy.controller?.maximumAccelerators, asked > all {
      fault(
        (written?["scaling"] ?? written)?.location ?? .init(file: path),
        "policy '\(policy.name)' asks for \(asked) active accelerators, and there are \(all)",
        "lower it, or add nodes")
    }
    for stages in cluster.pools.stages where stages.allSatisfy({ policy.placement.isOnCPU($0) }) {
      fault(
        (written?["placement"] ?? written)?.location ?? .init(file: path),
        "policy '\(policy.name)' places \(stages.map(\.rawValue).joined(separator: " and ")) on the CPU: no query "
          + "reaches the pool of nodes for it", "leave it on the accelerator, or remove the pool")
    }
  }

  /// Steps without guidance must have times of their own.
  private mutating func checkGuidedSteps(_ query: LocatedValue?, in cluster: ClusterConfiguration) {
    guard let place = query?["guided_steps"]?.location else { return }
    let isMeasured = cluster.nodes.contains { node in
      guard case .profile = node.accelerator.stages[Stage.denoise.index] else { return false }
      return true
    }
    if !isMeasured {
      fault(
        place, "synthetic times are the same for guided steps and others",
        "give accelerators a 'profile', or remove 'guided_steps'")
    }
  }

  private mutating func queryDefaults(_ root: LocatedValue) -> QueryDefaults {
    let query = root["query"]
    var size = ImageSize(height: 512, width: 512)
    if case .size(let height, let width)? = query?["size"]?.value {
      size = ImageSize(height: height, width: width)
    }
    if let place = query?["guided_steps"]?.location, query?["guidance"]?.boolean == false {
      fault(
        place, "steps are guided, and queries are not", "remove 'guided_steps' or 'guidance: false'"
      )
    }
    return QueryDefaults(
      model: root["model"]?.string ?? "sd15", size: size,
      steps: query?["steps"]?.integer ?? 50, images: query?["images"]?.integer ?? 1,
      guidance: query?["guidance"]?.boolean ?? true,
      guidedSteps: query?["guided_steps"]?.number ?? 1,
      slo: query?["slo"].flatMap { slo($0) } ?? .scale(3))
  }

  private mutating func slo(_ value: LocatedValue) -> QueryDefaults.SLO? {
    guard let (name, inner) = value.variant, let inner else { return nil }
    switch name {
    case "scale": return inner.number.map { .scale($0) }
    case "time": return inner.duration.map { .time($0) }
    default: return distribution(inner).map { .drawn($0) }
    }
  }

  private mutating func serviceClasses(_ value: LocatedValue?) -> [ServiceClass] {
    (value?.fields ?? []).map { field in
      ServiceClass(
        name: field.key, slo: field.value["slo"].flatMap { slo($0) },
        priority: Int32(field.value["priority"]?.integer ?? 0), location: field.location)
    }
  }

  private mutating func runPlan(_ root: LocatedValue) -> RunPlan {
    let run = root["run"]
    let names = root["policies"]?.fields.map(\.key) ?? []
    let baseline = run?["baseline"]?.string ?? names.first ?? ""
    if !names.contains(baseline), let place = run?["baseline"]?.location {
      fault(
        place, "there is no policy '\(baseline)'",
        Suggestion.hint(for: baseline, in: names, noun: "policy"))
    }
    let replications = run?["replications"]?.integer ?? 5
    let precision = run?["precision"]
    if let precision, replications < 3 {
      fault(
        precision.location,
        "run.precision needs intervals, and fewer than 3 replications have none",
        "give run.replications, from 3 on")
    }
    if let precision, let width = precision.number, width > 1 {
      fault(
        precision.location,
        "run.precision is over 100 %: an interval wider than its mean says nothing",
        "lower it")
    }
    let most = run?["most_replications"]
    if let most, let number = most.integer, number < replications {
      fault(
        most.location, "run.most_replications is below run.replications, \(replications)",
        "raise it")
    }
    let warmup = run?["warmup"]
    return RunPlan(
      baseline: baseline, seed: UInt64(run?["seed"]?.integer ?? 1), replications: replications,
      maximumReplications: most?.integer ?? max(100, replications), precision: precision?.number,
      warmup: warmup?.string == nil ? .fixed(warmup?.duration ?? .zero) : .mser5,
      horizon: run?["horizon"]?.duration, bounds: run?["bounds"]?.boolean ?? false)
  }

  /// A path in the scenario, from its folder.
  func resolve(_ name: String, in folder: String) -> String {
    name.hasPrefix("/") ? name : folder == "." ? name : "\(folder)/\(name)"
  }
}
