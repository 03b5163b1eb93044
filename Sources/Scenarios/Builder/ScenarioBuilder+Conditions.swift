import Cluster
import Diagnostics
import EventEngine
import LatencyProfiles

/// What a node's hardware is beside its times: memory, power, price, failures, slow spells.
extension ScenarioBuilder {
  mutating func conditions(_ item: LocatedValue, of node: inout NodeConfiguration) {
    let accelerators = item["accelerators"]
    node.stragglers = item["stragglers"].map {
      Stragglers(
        meanTimeBetween: $0["every"]?.duration ?? .zero,
        meanLength: $0["lasting"]?.duration ?? .zero, factor: $0["factor"]?.number ?? 1)
    }
    if let failures = item["failures"] {
      node.failures = .random(
        meanTimeBetween: failures["every"]?.duration ?? .zero,
        meanRepair: failures["repair"]?.duration ?? .zero)
    }
    node.startup = accelerators?["startup"]?.duration ?? .zero
    node.power = accelerators?["power"].map { power($0) }
    node.corePower = item["cpu"]?["power"].map { power($0) }
    node.pricePerHour = accelerators?["price"]?.number
    cpuTasks(item["cpu"], of: &node)
    if let memory = accelerators?["memory"], let capacity = memory.number {
      memoryPlaces[node.name] = memory.location
      let disk = item["disk"].map { link($0) } ?? node.link
      node.loadsOverLink = item["disk"] == nil && node.link.isShared
      node.memory = AcceleratorMemory(
        capacity: capacity,
        source: Link(
          bytesPerSecond: disk.bytesPerSecond, latency: disk.latency, isShared: true),
        weights: [:], activationsPerPixel: [:], preloaded: node.models ?? [])
    } else if let disk = item["disk"] {
      fault(
        disk.location,
        "a disk for weights, and the accelerators have no 'memory' to load them into",
        "give 'accelerators.memory', or remove the disk")
    }
  }

  private mutating func power(_ value: LocatedValue) -> Power {
    let power = Power(idle: value["idle"]?.number ?? 0, busy: value["busy"]?.number ?? 0)
    if power.busy < power.idle {
      fault(value.location, "less power at work than idle", "exchange 'idle' and 'busy'")
    }
    return power
  }

  /// The curve as written, which must not fall: further on, more devices would be worth nothing, or less.
  mutating func speedups(_ value: LocatedValue?) -> SpeedupCurve? {
    guard case .weights(let pairs)? = value?.value else { return nil }
    let ordered = [(value: 1, weight: 1.0)] + pairs.sorted { $0.value < $1.value }
    for (one, next) in zip(ordered, ordered.dropFirst()) where next.weight < one.weight {
      fault(
        value?.location ?? .init(file: path),
        "\(next.value) are worth \(next.weight), less than \(one.value)",
        "a number is worth at least what a smaller one is")
    }
    return SpeedupCurve(pairs.map { .init(devices: $0.value, speedup: $0.weight) })
  }

  /// How many cores a task of each stage takes, and what they are worth: where nothing is written, as many as its
  /// profile was measured on, or all of a smaller pool.
  private mutating func cpuTasks(_ cpu: LocatedValue?, of node: inout NodeConfiguration) {
    guard let cpu else { return }
    let curve = speedups(cpu["scaling"])
    for stage in [Stage.encode, .decode, .postProcess] {
      var measured = 1
      var speedups: [(cores: Int, speedup: Double)] = []
      if case .profile(let model) = node.cpu.stages[stage.index] {
        // libpng works on one core, whatever the networks were measured on.
        measured = stage == .postProcess ? 1 : model.profile.cores ?? 1
        speedups = model.profile.measuredSpeedups(of: stage)
      }
      let curve =
        curve
        ?? (speedups.count > 1
          ? SpeedupCurve(
            speedups.map { .init(devices: $0.cores, speedup: $0.speedup) }, basis: .measured)
          : SpeedupCurve(efficiency: 1))
      let written = cpu["tasks"]?[stage.rawValue]
      let cores = written?.integer ?? min(measured, node.cores)
      guard cores <= node.cores else {
        fault(
          (written ?? cpu).location,
          "a \(stage.rawValue) task of \(cores) cores in a pool of \(node.cores)",
          "raise 'cpu.cores', or give 'cpu.tasks' fewer")
        return
      }
      node.cpuTasks[stage.index] = CPUTask(
        cores: cores, speedup: curve.speedup(devices: cores) / curve.speedup(devices: measured),
        basis: curve.basis(devices: max(cores, measured), alone: .measured))
    }
  }

  /// Sets the outages that the cluster lists by node.
  mutating func listedFailures(_ value: LocatedValue?, of nodes: inout [NodeConfiguration]) {
    var outages: [Int: [NodeFailures.Outage]] = [:]
    for item in value?.list ?? [] {
      let name = item["node"]?.string ?? ""
      guard let node = nodes.firstIndex(where: { $0.name == name }) else {
        fault(
          item["node"]?.location ?? item.location, "there is no node '\(name)' to fail",
          Suggestion.hint(for: name, in: nodes.map(\.name), noun: "node"))
        continue
      }
      if case .random = nodes[node].failures {
        fault(
          item.location, "node '\(name)' fails at random already", "keep one of the two")
        continue
      }
      outages[node, default: []].append(
        .init(
          start: .zero + (item["at"]?.duration ?? .zero),
          repair: item["repair"]?.duration ?? .zero))
    }
    for (node, list) in outages {
      let ordered = list.sorted { $0.start < $1.start }
      for (one, next) in zip(ordered, ordered.dropFirst()) where next.start < one.start + one.repair
      {
        fault(
          value?.location ?? .init(file: path),
          "node '\(nodes[node].name)' fails at \(next.start.seconds) s, before it is repaired",
          "let it fail at \((one.start + one.repair).seconds) s or later")
      }
      nodes[node].failures = .listed(ordered)
    }
  }
}
