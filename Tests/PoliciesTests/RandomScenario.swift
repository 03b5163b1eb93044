import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// A scenario drawn from a seed. Its times are whole nanoseconds, so that it can be stretched exactly.
struct RandomScenario: CustomTestStringConvertible {
  struct Node {
    var name: String
    var accelerators: Int
    var slowFactor: Double
    var cores: Int
    /// Nanoseconds of each stage in the mean, on an accelerator and on a core.
    var accelerator: [Stage: Int64]
    var cpu: [Stage: Int64]
    /// 0 = a link that takes no time for bytes.
    var linkNanosecondsPerByte: Int64
    var linkLatencyNanoseconds: Int64
    var probe: LatentProbe?
    var stages = StagePools.acceleratorStages
    /// nil = all.
    var models: [String]?
    var failures = NodeFailures.none
    var stragglers: Stragglers?
    var memory: AcceleratorMemory?
    var sharesLinks = false
    var startupNanoseconds: Int64 = 0
    var cpuTasks = [CPUTask](repeating: CPUTask(), count: Stage.allCases.count)
  }

  var seed: UInt64
  var nodes: [Node]
  var binding: QueueBinding
  /// Whether every stage takes its mean, every time.
  var isDeterministic: Bool
  /// One for each kind.
  var choices: [Choice]
  var placement: Placement
  var queries: [Query]
  var models: [String]

  var testDescription: String {
    let parts = choices.map { choice in
      choice.given.isEmpty
        ? choice.entry.name
        : "\(choice.entry.name)(\(choice.given.keys.sorted().map { "\($0): \(choice.given[$0]!)" }))"
    }
    return "seed \(seed): \(parts.joined(separator: ", ")), \(binding), \(placement), "
      + "\(nodes.map { "\($0.accelerators)x\($0.slowFactor)/\($0.cores)" }), \(queries.count) queries"
  }

  var stream: QueryStream { QueryStream(queries: queries, models: models) }

  var cluster: ClusterConfiguration {
    var cluster = ClusterConfiguration(
      nodes: nodes.map { node in
        var made = NodeConfiguration(
          name: node.name, accelerators: node.accelerators,
          accelerator: Device(synthetic: distributions(node.accelerator)),
          slowFactor: node.slowFactor, cores: node.cores,
          cpu: Device(synthetic: distributions(node.cpu)),
          link: Link(
            bytesPerSecond: node.linkNanosecondsPerByte == 0
              ? .infinity : 1e9 / Double(node.linkNanosecondsPerByte),
            latency: SimulationDuration(nanoseconds: node.linkLatencyNanoseconds),
            isShared: node.sharesLinks),
          probe: node.probe, stages: node.stages, models: node.models,
          network: Link(
            bytesPerSecond: .infinity,
            latency: SimulationDuration(nanoseconds: node.linkLatencyNanoseconds),
            isShared: node.sharesLinks))
        made.failures = node.failures
        made.stragglers = node.stragglers
        made.memory = node.memory
        made.startup = SimulationDuration(nanoseconds: node.startupNanoseconds)
        made.power = Power(idle: 60, busy: 300)
        made.corePower = Power(idle: 1, busy: 4)
        made.pricePerHour = 2
        made.cpuTasks = node.cpuTasks
        return made
      }, binding: binding)
    // Whole nanoseconds again, shared by as many as there are.
    if isDeterministic { cluster.parallelism = SpeedupCurve(efficiency: 1) }
    return cluster
  }

  private func distributions(_ means: [Stage: Int64]) -> [Stage: Distribution] {
    means.mapValues { nanoseconds in
      let mean = Double(nanoseconds) / 1e9
      guard !isDeterministic else { return .deterministic(mean) }
      return switch nanoseconds % 4 {
      case 0: .deterministic(mean)
      case 1: .exponential(mean: mean)
      case 2: .gamma(mean: mean, cv: 0.3)
      default: .uniform(low: mean / 2, high: mean * 3 / 2)
      }
    }
  }

  func policy() throws -> PolicySet { try policySet(choices, placement: placement) }

  func setting(horizon: SimulationTime? = nil) throws -> Setting {
    Setting(
      queries: queries, models: models, cluster: cluster, policy: try policy(), horizon: horizon)
  }

  func run(horizon: SimulationTime = .distantFuture) throws -> RunResult {
    try simulate(stream, on: cluster, under: policy(), seed: seed, horizon: horizon)
  }

  /// Every node does all stages for all models, all the time.
  mutating func makeUniform() throws {
    try set(.named(.scaling, "none"))
    for index in nodes.indices {
      nodes[index].stages = StagePools.acceleratorStages
      nodes[index].models = nil
      nodes[index].failures = .none
      nodes[index].stragglers = nil
      nodes[index].memory = nil
      nodes[index].sharesLinks = false
      nodes[index].startupNanoseconds = 0
      nodes[index].cpuTasks = [CPUTask](repeating: CPUTask(), count: Stage.allCases.count)
    }
  }

  /// Every duration that the scenario holds, times `factor`.
  func stretched(by factor: Int64) -> RandomScenario {
    var copy = self
    for index in copy.nodes.indices {
      for stage in Stage.allCases {
        copy.nodes[index].accelerator[stage]? *= factor
        copy.nodes[index].cpu[stage]? *= factor
      }
      copy.nodes[index].linkNanosecondsPerByte *= factor
      copy.nodes[index].linkLatencyNanoseconds *= factor
      copy.nodes[index].probe?.secondsPerValue *= Double(factor)
      copy.nodes[index].startupNanoseconds *= factor
      if case .listed(let outages) = nodes[index].failures {
        copy.nodes[index].failures = .listed(
          outages.map { outage in
            .init(
              start: SimulationTime(nanoseconds: outage.start.nanoseconds * factor),
              repair: SimulationDuration(nanoseconds: outage.repair.nanoseconds * factor))
          })
      }
      copy.nodes[index].memory?.source.bytesPerSecond /= Double(factor)
      copy.nodes[index].memory?.source.latency.nanoseconds *= factor
    }
    for index in copy.queries.indices {
      copy.queries[index].arrival.nanoseconds *= factor
      copy.queries[index].slo.nanoseconds *= factor
    }
    for index in copy.choices.indices {
      for (name, value) in copy.choices[index].given {
        func longer(_ duration: SimulationDuration) -> SimulationDuration {
          SimulationDuration(nanoseconds: duration.nanoseconds * factor)
        }
        switch value {
        case .duration(let duration): copy.choices[index].given[name] = .duration(longer(duration))
        case .schedule(let plan):
          copy.choices[index].given[name] = .schedule(
            plan.map { ScheduleEntry(at: longer($0.at), accelerators: $0.accelerators) })
        default: break
        }
      }
    }
    return copy
  }
}
