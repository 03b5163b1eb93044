@testable import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import LatentDynamics
import Policies
import Testing
import Workload

/// Latents of 16 x 16 of eight prompts.
let smallTable = TableGenerator(prompts: 8, height: 128, width: 128).generate(version: "test")

/// Keeps all that a run tells.
struct Recorder: Observer {
  var records: [QueryRecord] = []
  var journeys: [QueryJourney] = []
  var spans: [Span] = []
  var usage: RunUsage?
  var wantsSpans: Bool { true }
  var wantsMembers: Bool { true }
  var wantsJourneys: Bool { true }

  mutating func queryEnded(_ record: QueryRecord) { records.append(record) }
  mutating func journeyEnded(_ journey: QueryJourney) { journeys.append(journey) }
  mutating func spanEnded(_ span: Span) { spans.append(span) }
  mutating func runEnded(_ usage: RunUsage) { self.usage = usage }
}

/// What a run told, complete.
struct RunResult: Equatable {
  var records: [QueryRecord]
  var journeys: [QueryJourney]
  var spans: [Span]
  var usage: RunUsage
}

/// A registry entry with arguments: one way to fill a part of a policy.
struct Choice: CustomTestStringConvertible, Sendable {
  var entry: PolicyEntry
  var given: [String: ParameterValue] = [:]

  var testDescription: String {
    let arguments = given.keys.sorted().joined(separator: "+")
    return "\(entry.kind.rawValue) \(entry.name)" + (arguments.isEmpty ? "" : " \(arguments)")
  }

  func part() throws -> PolicyPart {
    try entry.make(PolicyArguments(entry, given: given)).get()
  }

  /// The entry of this name.
  static func named(
    _ kind: PolicyKind, _ name: String, _ given: [String: ParameterValue] = [:]
  ) throws -> Choice {
    Choice(entry: try #require(PolicyRegistry.entry(kind, name)), given: given)
  }

  /// Every entry of the registry with its defaults, and again for each of its parameters with that
  /// one at an end of its range.
  static let all: [Choice] = PolicyRegistry.entries.flatMap { entry in
    [Choice(entry: entry, given: Self.needed(entry))]
      + entry.parameters.compactMap { parameter in
        extremes(parameter).map { value in
          Choice(
            entry: entry,
            given: Self.needed(entry).merging([parameter.name: value]) { _, other in other })
        }
        .first { (try? $0.part()) != nil }
      }
  }

  /// What has no default: accelerators that go and come.
  static func needed(_ entry: PolicyEntry) -> [String: ParameterValue] {
    let plan = [
      ScheduleEntry(at: .zero, accelerators: 1),
      ScheduleEntry(at: SimulationDuration(seconds: 1), accelerators: 100),
    ]
    let schedules = entry.parameters.filter { $0.kind == .schedule }
    return Dictionary(uniqueKeysWithValues: schedules.map { ($0.name, .schedule(plan)) })
  }

  /// The ends of a parameter's range, the one that strains more first.
  private static func extremes(_ parameter: PolicyParameter) -> [ParameterValue] {
    switch parameter.kind {
    case .integer(let range): [.integer(range.lowerBound), .integer(range.upperBound)]
    case .number(let range): [.number(range.upperBound), .number(range.lowerBound)]
    case .duration: [.duration(SimulationDuration(seconds: 0.05)), .duration(.zero)]
    case .bits: [.number(100), .number(0)]
    case .choice(let words): words.suffix(1).map { .choice($0) }
    // Another solver there is not.
    case .name: parameter.name == "solver" ? [] : [.name("another")]
    case .integers(let range): [.integers([range.lowerBound, range.upperBound])]
    case .schedule: []
    }
  }
}

/// The set that the matrix varies: the first entry of each kind, batches of 4 with a wait.
func policySet(
  _ choices: [Choice], placement: Placement = Placement()
) throws -> PolicySet {
  var set = PolicySet(
    name: "test", steps: FixedSteps(), dispatcher: RoundRobin(),
    discipline: FirstComeFirstServed(), admission: AcceptAll(),
    batching: StaticBatching(images: 4, wait: SimulationDuration(seconds: 0.02)),
    placement: placement)
  for choice in choices {
    switch try choice.part() {
    case .steps(let part): set.steps = part
    case .finish(let part): set.finish = part
    case .dispatcher(let part): set.dispatcher = part
    case .discipline(let part): set.discipline = part
    case .admission(let part): set.admission = part
    case .batching(let part): set.batching = part
    case .pipelining(let part): set.pipelining = part
    case .recovery(let part): set.recovery = part
    case .scaling(let part): set.controller = part
    }
  }
  return set
}

/// Nodes of unequal devices; every stage takes random time.
func syntheticCluster(
  _ binding: QueueBinding, nodes: Int = 2, accelerators: Int = 2, link: Link? = nil
) -> ClusterConfiguration {
  ClusterConfiguration(
    nodes: (0..<nodes).map { node in
      NodeConfiguration(
        name: "node\(node)", accelerators: accelerators,
        accelerator: Device(synthetic: [
          .encode: .exponential(mean: 0.004), .denoise: .gamma(mean: 0.01, cv: 0.3),
          .decode: .uniform(low: 0.002, high: 0.02),
        ]),
        slowFactor: 1 + Double(node), cores: 2,
        cpu: Device(synthetic: [
          .encode: .exponential(mean: 0.01), .decode: .exponential(mean: 0.03),
          .postProcess: .exponential(mean: 0.015),
        ]),
        link: link
          ?? Link(bytesPerSecond: 1e9, latency: SimulationDuration(nanoseconds: 10_000)))
    }, binding: binding)
}

/// Queries of one model in two sizes: 1 to 9 images, 1 to 6 steps, some at the same instant.
func randomStream(_ count: Int, seed: UInt64, meanGap: Double = 0.05) -> QueryStream {
  var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 9_001))
  var now = SimulationTime.zero
  let queries = (0..<count).map { index in
    if random.index(below: 4) > 0 {
      now =
        now
        + SimulationDuration(
          seconds: Distribution.exponential(mean: meanGap).sample(using: &random))
    }
    return Query(
      id: QueryID(rawValue: Int32(index)), arrival: now,
      slo: SimulationDuration(seconds: 0.1 + random.uniform()), model: ModelID(rawValue: 0),
      size: random.index(below: 3) == 0
        ? ImageSize(height: 768, width: 768) : ImageSize(height: 512, width: 512),
      images: 1 + random.index(below: 9), steps: 1 + random.index(below: 6),
      promptSeed: UInt64(index))
  }
  return QueryStream(queries: queries, models: ["sd15"])
}

/// One run, told in full.
func simulate(
  _ stream: QueryStream, on cluster: ClusterConfiguration, under policy: PolicySet,
  seed: UInt64 = 1, horizon: SimulationTime = .distantFuture, keepsEnded: Bool = false
) throws -> RunResult {
  let most = stream.map { Int($0.images) }.max() ?? 1
  // As an experiment does: a policy's models may make every size.
  var shapes = stream.shapes
  for model in policy.steps.requirements.models where stream.models.contains(model) {
    for size in stream.shapes.map(\.size) where !shapes.contains(Shape(model: model, size: size)) {
      shapes.append(Shape(model: model, size: size))
    }
  }
  let times = try ServiceTimes(
    cluster: cluster, shapes: shapes, guidance: true,
    maximumBatch: max(most, policy.batching.maximumImages ?? 1), placement: policy.placement)
  var simulation = ClusterSimulation(
    cluster: cluster, stream: stream, policy: policy, times: times, seed: seed, horizon: horizon,
    trajectories: smallTable, observer: Recorder())
  simulation.keepsEnded = keepsEnded
  let recorder = try #require(simulation.run() as? Recorder)
  return RunResult(
    records: recorder.records, journeys: recorder.journeys, spans: recorder.spans,
    usage: try #require(recorder.usage))
}
