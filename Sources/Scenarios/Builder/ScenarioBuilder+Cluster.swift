import Cluster
import Diagnostics
import EventEngine
import Foundation
import LatencyProfiles
import Workload

extension ScenarioBuilder {
  mutating func cluster(_ value: LocatedValue?) -> ClusterConfiguration? {
    guard let value else { return nil }
    var nodes: [NodeConfiguration] = []
    var names: Set<String> = []
    for item in value["nodes"]?.list ?? [] {
      let name = item["name"]?.string ?? ""
      let count = item["count"]?.integer ?? 1
      let numbered = count > 1 ? (0..<count).map { "\(name)-\($0)" } : []
      // Also a number that was appended may make a name that is taken.
      if let taken = ([name] + numbered).first(where: { !names.insert($0).inserted }) {
        fault(
          item["name"]?.location ?? item.location, "two nodes are named '\(taken)'",
          "give each its own name; 'count' makes many of one kind")
      }
      guard let node = node(item, name: name) else { continue }
      for index in 0..<count {
        var copy = node
        if count > 1 { copy.name = numbered[index] }
        conditions(item, of: &copy)
        modelPlaces[copy.name] = item["models"]?.location
        for (isCPU, key) in [(false, "accelerators"), (true, "cpu")] {
          profilePlaces[.init(node: copy.name, isCPU: isCPU)] = item[key]?["profile"]?.location
        }
        nodes.append(copy)
      }
    }
    var binding = QueueBinding.perWorker(stealing: false)
    if let (name, options) = value["queue"]?.variant {
      binding =
        name == "central"
        ? .central : .perWorker(stealing: options?["stealing"]?.boolean ?? false)
    }
    listedFailures(value["failures"], of: &nodes)
    checkStages(value)
    guard !nodes.isEmpty, arePools(nodes, value) else { return nil }
    var cluster = ClusterConfiguration(nodes: nodes, binding: binding)
    if let curve = speedups(value["parallelism"]) { cluster.parallelism = curve }
    return cluster
  }

  /// What stages make of no use: one that is named twice, and a network where no pool comes next.
  private mutating func checkStages(_ value: LocatedValue) {
    let items = value["nodes"]?.list ?? []
    for item in items {
      var seen: Set<String> = []
      for stage in item["stages"]?.list ?? [] where !seen.insert(stage.string ?? "").inserted {
        fault(stage.location, "'\(stage.string ?? "")' is named twice", "name each stage once")
      }
      guard let network = item["network"] else { continue }
      if seen.contains(Stage.decode.rawValue) {
        fault(
          network.location, "a network to the next pool, and none comes after decoding", "remove it"
        )
      }
      guard items.allSatisfy({ $0["stages"] == nil }) else { continue }
      fault(
        network.location, "a network to the next pool, and all nodes do all stages",
        "give nodes 'stages', or remove the network")
    }
  }

  /// Whether the nodes' stages make a chain.
  private mutating func arePools(_ nodes: [NodeConfiguration], _ value: LocatedValue) -> Bool {
    do {
      _ = try StagePools(nodes: nodes.map(\.stages))
      return true
    } catch {
      let items = (value["nodes"]?.list ?? []).flatMap { item in
        Array(repeating: item, count: item["count"]?.integer ?? 1)
      }
      let item = items.indices.contains(error.node) ? items[error.node] : value
      fault((item["stages"] ?? item).location, error.what, error.hint)
      return false
    }
  }

  /// Slower links would carry an image beyond simulated time.
  private static let slowestLink = 1e3

  mutating func link(_ value: LocatedValue?, or measured: LatencyProfile.HostCopy? = nil) -> Link {
    if let written = value?["bandwidth"], let rate = written.number, rate < Self.slowestLink {
      fault(
        written.location, "a link of under 1 kB/s",
        "an image would take hours; write 1 kB/s or more")
    }
    return Link(
      bytesPerSecond: value?["bandwidth"]?.number ?? measured?.bytesPerSecond ?? .infinity,
      latency: value?["latency"]?.duration
        ?? measured.map { SimulationDuration(seconds: $0.latencySeconds) } ?? .zero,
      isShared: value?["sharing"]?.string == "fifo")
  }

  private mutating func node(_ item: LocatedValue, name: String) -> NodeConfiguration? {
    guard let accelerators = item["accelerators"] else { return nil }
    let accelerator = device(accelerators, use: "\(name) accelerators", isRequired: true)
    let cpu = item["cpu"]
    var cpuDevice: Device? = Device(synthetic: [:])
    if let cpu { cpuDevice = device(cpu, use: "\(name) cpu", isRequired: false) }
    guard let accelerator, let cpuDevice else { return nil }
    // What the accelerator's profile measured holds where the scenario says nothing.
    let measured = Self.profile(accelerator, .denoise)?.hostCopy
    var node = NodeConfiguration(
      name: name, accelerators: accelerators["count"]?.integer ?? 1, accelerator: accelerator,
      slowFactor: accelerators["slow_factor"]?.number ?? 1,
      cores: cpu?["cores"]?.integer ?? 1, cpu: cpuDevice,
      link: link(item["link"], or: measured), probe: probe(accelerator, cpu: cpuDevice),
      stages: StagePools.acceleratorStages.filter { stage in
        item["stages"]?.list.contains { $0.string == stage.rawValue } ?? true
      }, models: item["models"]?.list.compactMap(\.string), network: link(item["network"]))
    node.interference = Interference(
      accelerator: Self.profile(accelerator, .denoise)?.interference ?? [],
      core: Self.profile(cpuDevice, .postProcess)?.interference ?? [])
    node.coldCaches = Self.profile(accelerator, .denoise)?.coldCaches.map(ColdCaches.init)
    return node
  }

  private static func profile(_ device: Device, _ stage: Stage) -> LatencyProfile? {
    guard case .profile(let model) = device.stages[stage.index] else { return nil }
    return model.profile
  }

  /// What a look at a latent costs: on the accelerator where its profile has it, else on the host.
  private func probe(_ accelerator: Device, cpu: Device) -> LatentProbe? {
    if let entropy = Self.profile(accelerator, .denoise)?.latentEntropy {
      return LatentProbe(secondsPerValue: entropy.seconds(values: 1), isOnHost: false)
    }
    return Self.profile(cpu, .postProcess)?.latentEntropy.map {
      LatentProbe(secondsPerValue: $0.seconds(values: 1), isOnHost: true)
    }
  }

  private mutating func device(
    _ value: LocatedValue, use: String, isRequired: Bool
  ) -> Device? {
    let synthetic = value["synthetic"]
    if let profile = value["profile"] {
      if let synthetic {
        fault(
          clash(profile, synthetic), "\(use) have both a profile and synthetic times",
          "keep one of the two")
        return nil
      }
      return self.profile(profile, use: use, isCPU: !isRequired)
    }
    guard let synthetic else {
      if !isRequired { return Device(synthetic: [:]) }
      fault(
        value.location, "\(use) have no times", "give a 'profile' file or 'synthetic' times")
      return nil
    }
    var times: [Stage: Distribution] = [:]
    for field in synthetic.fields {
      guard let stage = Stage(rawValue: field.key) else { continue }
      times[stage] = distribution(field.value)
    }
    return Device(synthetic: times)
  }

  private mutating func profile(_ value: LocatedValue, use: String, isCPU: Bool) -> Device? {
    let standIn = standIns.map { isCPU ? $0.core : $0.accelerator }
    guard let path = standIn ?? profilePath(value) else { return nil }
    if let index = profiles.firstIndex(where: { $0.path == path }) {
      profiles[index].uses.append(use)
      return Device(profile: StageLatencyModel(profile: profiles[index].profile))
    }
    do {
      let profile = try LatencyProfile.load(path: path)
      profiles.append(ProfileUse(profile: profile, path: path, uses: [use]))
      return Device(profile: StageLatencyModel(profile: profile))
    } catch {
      if error.exitCode == Diagnostic.Category.missingInput.rawValue {
        fault(
          value.location,
          FileManager.default.fileExists(atPath: path)
            ? "profile '\(path)': \(error.diagnostics[0].what)" : "there is no profile '\(path)'",
          "paths start from the scenario's folder; shipped ones are in Scenarios/Profiles",
          category: .missingInput)
      } else {
        diagnostics.append(contentsOf: error.diagnostics)
      }
      return nil
    }
  }

  /// The file that a profile's name stands for; `auto` is this machine's own, found or measured once
  /// a scenario.
  private mutating func profilePath(_ value: LocatedValue) -> String? {
    let name = value.string ?? ""
    guard name == "auto" else { return resolve(name, in: folder) }
    if isForFaultsAlone { return nil }
    if let ownProfilePath { return ownProfilePath }
    guard let ownProfile else {
      fault(value.location, "'auto' cannot be measured here", "name a profile file")
      return nil
    }
    do {
      ownProfilePath = try ownProfile(model, Int(size.height), Int(size.width))
      return ownProfilePath
    } catch {
      for diagnostic in error.diagnostics {
        fault(
          value.location, "profile 'auto': " + diagnostic.what, diagnostic.hint,
          category: diagnostic.category)
      }
      return nil
    }
  }

  mutating func distribution(_ value: LocatedValue) -> Distribution? {
    guard let (name, inner) = value.variant, let inner else { return nil }
    let mean = inner["mean"]?.number ?? 0
    switch name {
    case "deterministic": return .deterministic(inner.number ?? 0)
    case "exponential": return .exponential(mean: mean)
    case "erlang": return .erlang(shape: inner["shape"]?.integer ?? 1, mean: mean)
    case "uniform":
      let low = inner["low"]?.number ?? 0
      let high = inner["high"]?.number ?? 0
      if low >= high {
        fault(inner.location, "low is not below high", "write the smaller value as 'low'")
      }
      return .uniform(low: low, high: high)
    default:
      let branches = (inner["branches"]?.list ?? []).map {
        Distribution.Branch(
          probability: $0["probability"]?.number ?? 0, value: $0["value"]?.number ?? 0)
      }
      let total = branches.reduce(0) { $0 + $1.probability }
      if abs(total - 1) > 1e-9 {
        fault(
          inner["branches"]?.location ?? inner.location,
          "the branches' probabilities sum to \(total)", "they must sum to 1")
      }
      return name == "discrete" ? .discrete(branches) : .hyperexponential(branches)
    }
  }
}
