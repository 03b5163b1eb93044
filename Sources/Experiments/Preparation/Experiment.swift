import Analysis
public import Cluster
public import Diagnostics
import EventEngine
import LatencyProfiles
import LatentDynamics
public import Results
public import Scenarios
import Workload

/// A scenario made ready to run: queries, service times of each policy, load.
public struct Experiment: Sendable {
  /// The scenario.
  public let scenario: Scenario
  /// The policies to run; the baseline first, where it is among them.
  public let policies: [PolicySet]
  /// Name of the policy that others are compared with.
  public let baseline: String
  /// Defines load, capacity and deadlines, whichever policies run.
  let reference: ReferencePolicy
  /// Independent runs a policy.
  public let replications: Int
  /// What its intervals must reach; nil = its replications are all there are.
  let precision: PrecisionGoal?
  /// Its place in a grid; nil for one alone.
  private(set) var point: ExperimentPoint?
  /// Factor by which arrivals were scaled to reach the load; nil if no load was asked for.
  public let loadFactor: Double?
  /// Offered work as a fraction of the baseline's capacity.
  public let offeredLoad: Double?
  /// Whether the trace is over before a tenth of its queries can be: then no queue grows without end.
  let isBurst: Bool
  /// What a reader must know.
  package let notes: [Note]
  /// Settings of the scenario that have no effect here; among ``notes``, too.
  package let idleSettings: [IdleSetting]
  let streams: QueryStreams
  /// Tells the load of each replication.
  let load: OfferedLoad
  /// Judges images; nil without a trajectory table.
  let quality: QualityMeter?
  /// Service times by policy.
  let times: [ServiceTimes]
  /// The one model that queries ask for; nil where they ask for several.
  let askedModel: String?
  /// Nil where nobody asks what is possible.
  let clairvoyant: ClairvoyantReference?

  /// One run of one policy: replication 0 of any comparison that has it, query by query. It needs latencies of what this
  /// policy and the scenario's baseline use, and of nothing else.
  ///
  /// - Throws: as the other initialiser does.
  public init(_ scenario: Scenario, runningOnly policy: String) throws(InputError) {
    try self.init(scenario, policies: [policy], replications: 1, runsBaseline: false)
  }

  /// Prepares the policies named (all by default) of a scenario, and the one that they are compared with.
  ///
  /// - Parameter point: its place in a grid; nil for one alone.
  /// - Parameter baseline: what ratios are to; nil = the scenario's baseline. Load, capacity and deadlines are of the
  ///   scenario's baseline in any case.
  /// - Throws: a policy that is not there, a trace that cannot be read, latencies that a profile
  ///   lacks.
  public init(
    _ scenario: Scenario, at point: ExperimentPoint? = nil, policies names: [String]? = nil,
    baseline: String? = nil, replications: Int? = nil
  ) throws(InputError) {
    try self.init(
      scenario, policies: names, baseline: baseline, replications: replications, runsBaseline: true)
    self.point = point
  }

  private init(
    _ scenario: Scenario, policies names: [String]?, baseline: String? = nil, replications: Int?,
    runsBaseline: Bool
  ) throws(InputError) {
    self.baseline = baseline ?? scenario.run.baseline
    let count = replications ?? scenario.run.replications
    self.replications = count
    precision =
      count < Intervals.minimumReplications
      ? nil
      : scenario.run.precision.map {
        PrecisionGoal(
          relative: $0, maximumReplications: max(scenario.run.maximumReplications, count))
      }
    let known = scenario.policies.map(\.name)
    let chosen = (runsBaseline ? [self.baseline] : []) + (names ?? known)
    var policies = try Self.choose(chosen, of: scenario)
    let plain = try Self.choose([scenario.run.baseline], of: scenario)[0]
    // What is possible does not depend on which policies are looked at.
    let maximumImages = scenario.run.bounds ? Self.maximumImages(scenario) : 1
    let schedules =
      scenario.run.bounds
      ? ClairvoyantReference.schedules(plain, scenario.quality, maximumImages: maximumImages) : []
    if let last = schedules.last { policies.append(last) }
    // Of all policies: a model's id does not depend on which of them run.
    var streams = try QueryStreams(
      scenario, extraModels: scenario.policies.flatMap { $0.steps.requirements.models })
    let scenario = Self.knowing(streams.models, scenario)
    self.scenario = scenario
    let ids = Dictionary(
      streams.models.enumerated().map { ($1, ModelID(rawValue: UInt16($0))) },
      uniquingKeysWith: { first, _ in first })
    quality = scenario.latents.map { QualityMeter($0.table, scenario.quality) }
    let sample = streams.sample()
    guard sample.count > 0 else {
      throw InputError([
        scenario.fault(
          of: scenario.workloadPath, what: "the workload has no query",
          hint: "raise workload.duration or the rate")
      ])
    }
    askedModel = streams.askedModel(of: sample)
    try scenario.checkModelPlan(asked: streams.models)
    var all = try Self.serviceTimes(
      policies + [plain], sample, asked: Set(streams.models), scenario, maximumImages: maximumImages
    )
    reference = ReferencePolicy(policy: plain, times: all.removeLast())
    times = all
    // Told to those alone who plan by it: it takes a look at every query.
    let plans = policies.contains { $0.steps.planner != nil }
    let typical = plans ? streams.typicalQuery(of: sample, reference) : nil
    for i in policies.indices {
      policies[i].steps.prepare(
        StepSetup(
          models: ids, parallelism: scenario.cluster.parallelism, typical: typical,
          trajectories: scenario.latents?.table, finish: policies[i].finish))
      policies[i].controller = policies[i].controller ?? policies[i].steps.planner
    }
    self.policies = policies
    clairvoyant =
      scenario.run.bounds
      ? ClairvoyantReference(
        schedules: schedules, policy: policies.count - 1, times: reference.times,
        scenario: scenario)
      : nil
    try WorkLimits.check(sample, reference.times, scenario)
    try PolicyChecks.check(policies, sample, reference.times, scenario)
    let load = OfferedLoad(
      cluster: scenario.cluster, models: streams.models, reference)
    let capacity = load.capacity(of: streams.kinds(of: sample))
    let offered = capacity > 0 ? streams.rate / capacity : nil
    let burst = streams.burst(of: sample, load: offered, reference)
    isBurst = burst != nil
    if let asked = scenario.workload.load {
      guard let offered, offered > 0, streams.trace.map({ $0.span > .zero }) ?? true else {
        throw InputError([
          scenario.fault(
            of: "\(scenario.workloadPath).load", "experiment.loads",
            what: "workload.load cannot be reached: all queries arrive at once or take no time",
            hint: "remove it, or give a trace with a span")
        ])
      }
      let factor = asked / offered
      try WorkLimits.check(factor: factor, streams, scenario)
      streams.set(load: asked, factor: factor, load)
      loadFactor = factor
      offeredLoad = asked
    } else {
      loadFactor = nil
      offeredLoad = burst == nil ? offered : nil
    }
    self.streams = streams
    self.load = load
    try WorkLimits.checkWarmup(
      streams, scenario, replications: replications ?? scenario.run.replications)
    idleSettings = IdleSettings.find(scenario, streams: streams)
    notes =
      ExperimentNotes.make(
        scenario, streams: streams, reference: reference, sample: sample, loadFactor: loadFactor,
        burst: burst, capacity: capacity)
      + ExperimentNotes.probes(scenario, policies, reference.times)
      + ExperimentNotes.scaled(times) + idleSettings.map(\.note)
  }

  /// The policies of these names, each once.
  private static func choose(
    _ names: [String], of scenario: Scenario
  ) throws(InputError) -> [PolicySet] {
    let known = scenario.policies.map(\.name)
    var sets: [PolicySet] = []
    for name in names where !sets.contains(where: { $0.name == name }) {
      guard let set = scenario.policy(name) else {
        throw InputError(
          .usage, at: .init(file: scenario.path), "there is no policy '\(name)'",
          hint: Suggestion.hint(for: name, in: known, noun: "policy"))
      }
      sets.append(set)
    }
    return sets
  }

  /// The largest batch that a profile has or a policy of the scenario allows.
  private static func maximumImages(_ scenario: Scenario) -> Int {
    let measured = scenario.profiles.flatMap(\.profile.entries).map(\.batch).max() ?? 1
    let allowed = scenario.policies.compactMap { $0.batching.maximumImages }.max() ?? 1
    return max(measured, allowed)
  }

  private static func serviceTimes(
    _ policies: [PolicySet], _ sample: WorkloadSample, asked: Set<String>, _ scenario: Scenario,
    maximumImages: Int
  ) throws(InputError) -> [ServiceTimes] {
    var maximumImages = max(sample.maximumImages, maximumImages)
    // A rare value of a mix may appear in another replication only.
    var sizes = sample.shapes.map(\.size)
    var others = policies.flatMap { $0.steps.requirements.models }
    if case .generated(_, let mix, _, _) = scenario.workload.source {
      sizes += mix.sizes.map(\.value)
      others += mix.models.map(\.value)
      maximumImages = mix.images.reduce(maximumImages) { max($0, Int($1.value)) }
    }
    let limits = policies.compactMap { $0.batching.maximumImages }
    var shapes = sample.shapes
    for model in others {
      for size in sizes where !shapes.contains(Shape(model: model, size: size)) {
        shapes.append(Shape(model: model, size: size))
      }
    }
    try checkModels(shapes, asked: asked, scenario)
    var times: [ServiceTimes] = []
    for (index, policy) in policies.enumerated() {
      // Large tables, which policies of one placement share.
      if let known = policies[..<index].firstIndex(where: { $0.placement == policy.placement }) {
        times.append(times[known])
        continue
      }
      do {
        times.append(
          try ServiceTimes(
            cluster: scenario.cluster, shapes: shapes, guidance: scenario.query.guidance,
            guidedSteps: scenario.query.guidedSteps,
            maximumBatch: max(maximumImages, limits.max() ?? 1), placement: policy.placement))
      } catch {
        throw InputError(missing(error, policies, sample, scenario))
      }
    }
    return times
  }

  /// One diagnostic for each profile and shape, however many nodes and stages lack it.
  private static func missing(
    _ latencies: MissingLatencies, _ policies: [PolicySet], _ sample: WorkloadSample,
    _ scenario: Scenario
  ) -> [Diagnostic] {
    let asked = Set(sample.shapes.map(\.model))
    var seen: Set<String> = []
    var diagnostics: [Diagnostic] = []
    for item in latencies.list {
      let what =
        "node '\(item.node)' has no \(item.stage.rawValue) latency of '\(item.shape.model)' at "
        + "\(item.shape.size)"
      let user = policies.first {
        !asked.contains(item.shape.model) && $0.steps.requirements.models.contains(item.shape.model)
      }
      let fault =
        user.map {
          scenario.stepsFault(
            policy: $0.name, "policy '\($0.name)' uses a model that nobody has measured: \(what)",
            hint: item.hint)
        }
        ?? scenario.profileFault(node: item.node, isCPU: item.isCPU, what, hint: item.hint)
      let place = fault.location.map { "\($0.file):\($0.line ?? 0)" } ?? item.hint
      if seen.insert("\(place) \(item.shape)").inserted { diagnostics.append(fault) }
    }
    return diagnostics
  }

  /// Arrivals a second, after the load's factor.
  public var arrivalRate: Double { streams.rate * (loadFactor ?? 1) }

  /// A policy's light model; where it has none, and another policy of the scenario has, what the heavy one's images are
  /// judged by beside that one's.
  func lightModel(of policy: PolicySet) -> LightModel? {
    func quality(_ steps: any StepPolicy) -> CascadeQuality? {
      steps.requirements.lightModel.flatMap {
        // What is published is of one model; of a mixture of them nothing is.
        guard let askedModel else { return nil }
        return CascadeQuality(light: $0.name, steps: $0.evaluations, heavy: askedModel)
      }
    }
    if let own = policy.steps.requirements.lightModel {
      return LightModel(evaluations: own.evaluations, quality: quality(policy.steps))
    }
    guard policy.steps.requirements.models.isEmpty, policy.name != ClairvoyantReference.name else {
      return nil
    }
    return scenario.policies.lazy.compactMap { quality($0.steps) }.first.map {
      LightModel(evaluations: nil, quality: $0)
    }
  }
}
