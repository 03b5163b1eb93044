import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Workload

/// Draws scenarios: what is drawn depends on the seed alone.
struct ScenarioGenerator {
  /// All numbers to 12 divide it.
  static let divisible: Int64 = 27_720
  /// Shares of a batch, and these shared among up to 12 workers, stay whole: what is predicted of doubled times is doubled,
  /// and ties stay ties.
  static let unit = divisible * divisible

  private var random: RandomStream
  private let seed: UInt64
  private let isDeterministic: Bool

  /// A scenario of any kind; where it is to be deterministic, of stage times in whole ``unit``s. The entry is
  /// one that it must have.
  static func scenario(
    seed: UInt64, isDeterministic: Bool = false, with entry: PolicyEntry? = nil
  ) throws -> RandomScenario {
    var generator = ScenarioGenerator(seed: seed, isDeterministic: isDeterministic)
    return try generator.draw(with: entry)
  }

  private init(seed: UInt64, isDeterministic: Bool) {
    random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 9_002))
    self.seed = seed
    self.isDeterministic = isDeterministic
  }

  private mutating func draw(with entry: PolicyEntry?) throws -> RandomScenario {
    let binding: QueueBinding = pick([
      .central, .perWorker(stealing: false), .perWorker(stealing: true),
    ])
    let placement = Placement(
      encodeOnCPU: random.index(below: 4) == 0, decodeOnCPU: random.index(below: 4) == 0)
    var accelerators: [Stage: Int64] = [:]
    for stage in [Stage.encode, .denoise, .decode] { accelerators[stage] = stageTime() }
    var nodes: [RandomScenario.Node] = []
    for index in 0..<1 + random.index(below: 4) {
      nodes.append(node("node\(index)", accelerators))
    }
    var choices: [Choice] = []
    for kind in PolicyKind.allCases {
      let other = pick(of: kind)
      choices.append(choice(entry?.kind == kind ? entry ?? other : other))
    }
    var scenario = RandomScenario(
      seed: seed, nodes: nodes, binding: binding, isDeterministic: isDeterministic,
      choices: choices, placement: placement, queries: [],
      models: Array(["sd15", "other", "third"].prefix(2 + random.index(below: 2))))
    if random.index(below: 3) == 0 { specialise(&scenario) }
    if random.index(below: 3) == 0 { trouble(&scenario) }
    let workers = nodes.reduce(0) { $0 + $1.accelerators }
    let service = Double((accelerators[.denoise] ?? 0) * 4) + Double(accelerators[.decode] ?? 0)
    let load = 0.2 + 1.6 * random.uniform()
    scenario.queries = queries(
      meanGap: service / Double(workers) / load, models: scenario.models.count,
      sloMean: service * 8)
    return scenario
  }

  /// Gives nodes stages of their own, or models; each query finds a way.
  private mutating func specialise(_ scenario: inout RandomScenario) {
    let chains: [[[Stage]]] = [
      [[.encode], [.denoise, .decode]], [[.encode, .denoise], [.decode]],
      [[.encode], [.denoise], [.decode]],
    ]
    let chain = pick(chains)
    let isOnAccelerator = !scenario.placement.encodeOnCPU && !scenario.placement.decodeOnCPU
    var firstOfPool: Set<Int> = []
    for index in scenario.nodes.indices {
      var pool = 0
      if isOnAccelerator, scenario.nodes.count >= chain.count {
        pool = index % chain.count
        scenario.nodes[index].stages = chain[pool]
      }
      // The first node of each pool serves all models.
      if !firstOfPool.insert(pool).inserted, random.index(below: 2) == 0 {
        scenario.nodes[index].models = [pick(scenario.models)]
      }
    }
  }

  /// Gives nodes failures, slow spells, little memory, links that take one transfer at a time, tasks of several
  /// cores.
  private mutating func trouble(_ scenario: inout RandomScenario) {
    let weights = Dictionary(
      uniqueKeysWithValues: scenario.models.map { ($0, Double(1 + random.index(below: 3)) * 1e9) })
    for index in scenario.nodes.indices {
      scenario.nodes[index].failures = failures()
      if random.index(below: 3) == 0 {
        scenario.nodes[index].startupNanoseconds = stageTime() * 10
      }
      if !isDeterministic, random.index(below: 3) == 0 {
        scenario.nodes[index].stragglers = Stragglers(
          meanTimeBetween: SimulationDuration(nanoseconds: stageTime() * 10),
          meanLength: SimulationDuration(nanoseconds: stageTime() * 5), factor: 2.5)
      }
      if random.index(below: 2) == 0 {
        // The largest model with 1 to 7 images of the largest size beside it, and at times others.
        scenario.nodes[index].memory = AcceleratorMemory(
          capacity: 3e9 + Double(1 + random.index(below: 7)) * 5e8,
          source: Link(
            bytesPerSecond: 1e9 / pick([0.1, 0.01]), latency: SimulationDuration(nanoseconds: 1000),
            isShared: true),
          weights: weights,
          activationsPerPixel: weights.mapValues { _ in 5e8 / Double(768 * 768) },
          preloaded: random.index(below: 2) == 0 ? scenario.models : [])
      }
      scenario.nodes[index].sharesLinks = random.index(below: 2) == 0
      if scenario.nodes[index].cores > 1 {
        scenario.nodes[index].cpuTasks[Stage.postProcess.index] = CPUTask(
          cores: 2, speedup: isDeterministic ? 2 : 1.7)
      }
    }
  }

  /// None, at random times, or at given ones.
  private mutating func failures() -> NodeFailures {
    switch random.index(below: isDeterministic ? 2 : 4) {
    case 0:
      var start = SimulationTime.zero
      return .listed(
        (0..<1 + random.index(below: 3)).map { _ in
          start = start + SimulationDuration(nanoseconds: stageTime() * 20)
          let outage = NodeFailures.Outage(
            start: start, repair: SimulationDuration(nanoseconds: stageTime() * 4))
          start = start + outage.repair
          return outage
        })
    case 2:
      return .random(
        meanTimeBetween: SimulationDuration(nanoseconds: stageTime() * 40),
        meanRepair: SimulationDuration(nanoseconds: stageTime() * 8))
    default: return .none
    }
  }

  /// The entry whose name has the largest hash with a number drawn: what is new in the registry takes no place but its own.
  private mutating func pick(of kind: PolicyKind) -> PolicyEntry {
    let draw = random.next()
    let entries = PolicyRegistry.entries(of: kind)
    return entries.max { $0.hash(with: draw) < $1.hash(with: draw) } ?? entries[0]
  }

  private mutating func pick<Element>(_ list: [Element]) -> Element {
    list[random.index(below: list.count)]
  }

  private mutating func stageTime() -> Int64 {
    isDeterministic
      ? Self.unit * Int64(1 + random.index(below: 5))
      : Int64(2_000_000 + random.index(below: 30_000_000))
  }

  private mutating func node(
    _ name: String, _ accelerator: [Stage: Int64]
  ) -> RandomScenario.Node {
    var cpu: [Stage: Int64] = [:]
    for stage in [Stage.encode, .decode, .postProcess] { cpu[stage] = stageTime() }
    // A third of the nodes does not post-process.
    if random.index(below: 3) == 0 { cpu[.postProcess] = nil }
    let slowFactor = isDeterministic ? pick([1.0, 2, 3]) : pick([1.0, 1, 1.37, 2.9])
    let perByte: Int64 = pick([0, 0, 1, 3])
    return RandomScenario.Node(
      name: name, accelerators: 1 + random.index(below: 3), slowFactor: slowFactor,
      cores: 1 + random.index(below: 4), accelerator: accelerator, cpu: cpu,
      linkNanosecondsPerByte: perByte * (isDeterministic ? Self.divisible : 1),
      linkLatencyNanoseconds: pick([0, isDeterministic ? Self.divisible : 12_346]),
      probe: isDeterministic || random.index(below: 4) > 0
        ? nil : LatentProbe(secondsPerValue: 1e-7, isOnHost: random.index(below: 2) == 0))
  }

  /// An entry with its defaults, or with arguments of its ranges where they do not contradict each other.
  private mutating func choice(_ entry: PolicyEntry) -> Choice {
    // What contradicts itself is drawn again.
    for _ in 0..<64 {
      let choice = drawn(entry)
      if (try? choice.part()) != nil { return choice }
    }
    return Choice(entry: entry, given: Choice.needed(entry))
  }

  private mutating func drawn(_ entry: PolicyEntry) -> Choice {
    var drawn: [String: ParameterValue] = [:]
    var durations: [String: ParameterValue] = [:]
    for parameter in entry.parameters {
      let value = argument(parameter)
      drawn[parameter.name] = value
      switch value {
      case .duration, .schedule: durations[parameter.name] = value
      default: break
      }
    }
    // Durations are always given, so that they can be stretched.
    var given = random.index(below: 2) == 0 ? durations : drawn
    // What would have no effect is refused.
    if given["margin"] != nil, entry.kind == .discipline,
      given["preempt"] != .choice("between-steps")
    {
      given["margin"] = nil
    }
    if given["images"] == .integer(1) { given["wait"] = nil }
    if given["accelerators"] == .integer(1) { (given["round"], given["elastic"]) = (nil, nil) }
    return Choice(entry: entry, given: given)
  }

  private mutating func argument(_ parameter: PolicyParameter) -> ParameterValue {
    switch parameter.kind {
    case .integer(let range):
      .integer(
        range.lowerBound + random.index(below: min(range.upperBound - range.lowerBound + 1, 9)))
    case .number(let range):
      .number(
        range.lowerBound + random.uniform() * min(range.upperBound - range.lowerBound, 10))
    case .duration:
      .duration(
        SimulationDuration(
          nanoseconds: random.index(below: 2) == 0 ? 0 : stageTime() * 2))
    case .bits: .number(random.uniform() * 8)
    case .choice(let words): .choice(pick(words))
    case .name: parameter.name == "solver" ? parameter.defaultValue : .name("other")
    case .integers(let range):
      .integers(Set((0..<3).map { _ in range.lowerBound + random.index(below: 9) }).sorted())
    case .schedule:
      .schedule([
        ScheduleEntry(at: .zero, accelerators: 1 + random.index(below: 3)),
        ScheduleEntry(
          at: SimulationDuration(nanoseconds: stageTime() * 20), accelerators: 1_000_000),
      ])
    }
  }

  private mutating func queries(meanGap: Double, models: Int, sloMean: Double) -> [Query] {
    let isBursty = random.index(below: 2) == 0
    let sizes = [(512, 512), (768, 768), (512, 768)].prefix(2 + random.index(below: 2)).map {
      ImageSize(height: $0.0, width: $0.1)
    }
    let maximumImages = pick([1, 3, 9])
    var now = 0.0
    var leftOfBurst = 0
    return (0..<10 + random.index(below: 191)).map { index in
      if leftOfBurst > 0 {
        leftOfBurst -= 1
      } else {
        if isBursty { leftOfBurst = random.index(below: 12) }
        let mean = meanGap * Double(1 + leftOfBurst)
        now += Distribution.exponential(mean: mean).sample(using: &random)
      }
      return Query(
        id: QueryID(rawValue: Int32(index)),
        arrival: SimulationTime(nanoseconds: Int64(now) / 2 * 2),
        slo: SimulationDuration(
          nanoseconds: Int64(sloMean * (0.25 + 2 * random.uniform())) / 2 * 2),
        model: ModelID(rawValue: UInt16(random.index(below: models))), size: pick(sizes),
        images: 1 + random.index(below: maximumImages), steps: 1 + random.index(below: 7),
        promptSeed: random.next(), priority: Int32(random.index(below: 3)))
    }
  }
}

extension PolicyEntry {
  /// A hash of the entry's kind and name, and of a number (FNV-1a, 64 bits, mixed).
  func hash(with number: UInt64 = 0) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(kind) \(name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ number) &* 0x9E37_79B9_7F4A_7C15
    return (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
  }

  /// Seeds of the scenarios that are drawn with it: its own, whatever else the registry has.
  func seeds(_ blocks: Range<Int>) -> [UInt64] {
    blocks.map { hash() >> 16 &+ UInt64($0) }
  }
}
