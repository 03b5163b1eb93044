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
  let ownProfile: ScenarioReader.OwnFile?
  let ownTable: ScenarioReader.OwnFile?
  var ownProfilePath: String?
  var model = ""
  var size = ImageSize(height: 512, width: 512)
  var diagnostics: [Diagnostic] = []
  var profiles: [ProfileUse] = []
  var profilePlaces: [Scenario.ProfilePlace: Diagnostic.Location] = [:]

  init(
    path: String, lines: [String], folder: String, traceFolders: [String],
    ownProfile: ScenarioReader.OwnFile? = nil, ownTable: ScenarioReader.OwnFile? = nil
  ) {
    self.path = path
    self.lines = lines
    self.folder = folder
    self.traceFolders = traceFolders
    self.ownProfile = ownProfile
    self.ownTable = ownTable
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

  mutating func build(
    _ root: LocatedValue, text: String, overrides: [String]
  ) throws(InputError) -> Scenario {
    let query = queryDefaults(root)
    model = query.model
    size = query.size
    let cluster = self.cluster(root["cluster"])
    let run = runPlan(root)
    let policies = PolicyBuilder(baseline: run.baseline).build(root["policies"], &self)
    let workload = self.workload(root["workload"], at: root.location)
    let experiment = experiment(root, workload)
    let latents = latents(root, policies)
    guard diagnostics.isEmpty, let cluster, let workload else {
      throw InputError(
        diagnostics.isEmpty
          ? [Diagnostic(.badInput, at: .init(file: path), "the scenario cannot be read")]
          : diagnostics)
    }
    return Scenario(
      path: path, text: text, overrides: overrides, name: root["name"]?.string ?? "",
      query: query, workload: workload, cluster: cluster, profiles: profiles,
      policies: policies,
      policyOrigins: (root["policies"]?.fields ?? []).map { PolicyOrigin(name: $0.key, $0.value) },
      latents: latents, quality: quality(root["quality"]),
      experiment: experiment, run: run,
      profilePlaces: profilePlaces)
  }

  private func queryDefaults(_ root: LocatedValue) -> QueryDefaults {
    let query = root["query"]
    var size = ImageSize(height: 512, width: 512)
    if case .size(let height, let width)? = query?["size"]?.value {
      size = ImageSize(height: height, width: width)
    }
    var slo = QueryDefaults.SLO.scale(3)
    if let (name, value) = query?["slo"]?.variant {
      slo =
        name == "scale"
        ? .scale(value?.number ?? 3) : .time(value?.duration ?? SimulationDuration(seconds: 1))
    }
    return QueryDefaults(
      model: root["model"]?.string ?? "sd15", size: size,
      steps: query?["steps"]?.integer ?? 50, images: query?["images"]?.integer ?? 1,
      guidance: query?["guidance"]?.boolean ?? true, slo: slo)
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
    if let precision, replications < 2 {
      fault(
        precision.location, "run.precision needs intervals, and one replication has none",
        "give run.replications, from 2 on")
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
      mostReplications: most?.integer ?? max(100, replications), precision: precision?.number,
      warmup: warmup?.string == nil ? .fixed(warmup?.duration ?? .zero) : .mser5,
      horizon: run?["horizon"]?.duration)
  }

  /// A path in the scenario, from its folder.
  func resolve(_ name: String, in folder: String) -> String {
    name.hasPrefix("/") ? name : folder == "." ? name : "\(folder)/\(name)"
  }
}
