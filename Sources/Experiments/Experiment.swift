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
  /// The policies to run; the baseline first.
  public let policies: [PolicySet]
  /// Name of the policy that others are compared with.
  public let baseline: String
  /// Independent runs a policy.
  public let replications: Int
  /// What its intervals must reach; nil = its replications are all there are.
  let precision: PrecisionGoal?
  /// Factor by which arrivals were scaled to reach the load; nil if no load was asked for.
  public let loadFactor: Double?
  /// Offered work as a fraction of the baseline's capacity.
  public let offeredLoad: Double?
  /// What a reader must know.
  public let notes: [String]
  let streams: QueryStreams
  /// Judges images; nil without a trajectory table.
  let quality: QualityMeter?
  /// Service times by policy.
  let times: [ServiceTimes]
  /// Nil where nobody asks what is possible.
  let possible: Possible?

  /// Prepares the policies named (all by default) of a scenario.
  ///
  /// - Throws: a policy that is not there, a trace that cannot be read, latencies that a profile
  ///   lacks.
  public init(
    _ scenario: Scenario, policies names: [String]? = nil, baseline: String? = nil,
    replications: Int? = nil
  ) throws(InputError) {
    self.baseline = baseline ?? scenario.run.baseline
    let count = replications ?? scenario.run.replications
    self.replications = count
    precision =
      count < 2
      ? nil
      : scenario.run.precision.map {
        PrecisionGoal(relative: $0, most: max(scenario.run.mostReplications, count))
      }
    var policies = try Self.choose(names, baseline: self.baseline, of: scenario)
    // What is possible does not depend on which policies are looked at.
    let mostImages = scenario.run.bounds ? Self.mostImages(scenario) : 1
    let schedules =
      scenario.run.bounds
      ? Possible.schedules(policies[0], scenario.quality, mostImages: mostImages) : []
    if let last = schedules.last { policies.append(last) }
    var streams = try QueryStreams(scenario, extraModels: policies.flatMap { $0.steps.models })
    let scenario = Self.knowing(streams.models, scenario)
    self.scenario = scenario
    let ids = Dictionary(
      streams.models.enumerated().map { ($1, ModelID(rawValue: UInt16($0))) },
      uniquingKeysWith: { first, _ in first })
    for i in policies.indices {
      policies[i].steps.bind(ids)
      policies[i].steps.bind(scenario.cluster.parallelism)
      if let table = scenario.latents?.table {
        policies[i].steps.bind(table, finish: policies[i].finish)
      }
      policies[i].controller = policies[i].controller ?? policies[i].steps.planner
    }
    quality = scenario.latents.map { QualityMeter($0.table, scenario.quality) }
    self.policies = policies
    let sample = streams.sample()
    guard sample.count > 0 else {
      throw InputError(
        .badInput, at: .init(file: scenario.path), "the workload has no query",
        hint: "raise workload.duration or the rate")
    }
    let asked = streams.models + scenario.policies.flatMap { $0.steps.models }
    try scenario.checkModelPlan(asked: asked)
    times = try Self.serviceTimes(
      policies, sample, asked: Set(asked), scenario, mostImages: mostImages)
    possible =
      scenario.run.bounds
      ? Possible(
        schedules: schedules, policy: policies.count - 1, times: times[0], scenario: scenario)
      : nil
    try WorkLimits.check(sample, times[0], scenario)
    try PolicyChecks.check(policies, sample, times[0], scenario)
    let capacity = Capacity(
      cluster: scenario.cluster, times: times[0], stream: sample.queries,
      options: policies[0].options)
    let offered = capacity.queriesPerSecond > 0 ? streams.rate / capacity.queriesPerSecond : nil
    if let load = scenario.workload.load {
      guard let offered, offered > 0 else {
        throw InputError(
          .badInput, at: .init(file: scenario.path),
          "workload.load cannot be reached: all queries arrive at once or take no time",
          hint: "remove it, or give a trace with a span")
      }
      let factor = load / offered
      try WorkLimits.check(factor: factor, streams, scenario)
      streams.setLoadFactor(factor)
      loadFactor = factor
      offeredLoad = load
    } else {
      loadFactor = nil
      offeredLoad = offered
    }
    self.streams = streams
    try WorkLimits.checkWarmup(streams, scenario)
    notes =
      ExperimentNotes.make(
        scenario, streams: streams, times: times[0], sample: sample, loadFactor: loadFactor,
        capacity: capacity, baseline: policies[0])
      + ExperimentNotes.looks(scenario, policies, times[0]) + ExperimentNotes.scaled(times)
  }

  private static func choose(
    _ names: [String]?, baseline: String, of scenario: Scenario
  ) throws(InputError) -> [PolicySet] {
    let known = scenario.policies.map(\.name)
    var chosen = [baseline]
    for name in names ?? known where !chosen.contains(name) { chosen.append(name) }
    var sets: [PolicySet] = []
    for name in chosen {
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
  private static func mostImages(_ scenario: Scenario) -> Int {
    let measured = scenario.profiles.flatMap(\.profile.entries).map(\.batch).max() ?? 1
    let allowed = scenario.policies.compactMap { $0.batching.maximumImages }.max() ?? 1
    return max(measured, allowed)
  }

  private static func serviceTimes(
    _ policies: [PolicySet], _ sample: WorkloadSample, asked: Set<String>, _ scenario: Scenario,
    mostImages: Int
  ) throws(InputError) -> [ServiceTimes] {
    var mostImages = max(sample.mostImages, mostImages)
    // A rare value of a mix may appear in another replication only.
    var sizes = sample.shapes.map(\.size)
    var others = policies.flatMap { $0.steps.models }
    if case .generated(_, let mix, _, _) = scenario.workload.source {
      sizes += mix.sizes.map(\.value)
      others += mix.models.map(\.value)
      mostImages = mix.images.reduce(mostImages) { max($0, Int($1.value)) }
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
    for policy in policies {
      do {
        times.append(
          try ServiceTimes(
            cluster: scenario.cluster, shapes: shapes, guidance: scenario.query.guidance,
            guidedSteps: scenario.query.guidedSteps,
            maximumBatch: max(mostImages, limits.max() ?? 1), placement: policy.placement))
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
        !asked.contains(item.shape.model) && $0.steps.models.contains(item.shape.model)
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
      steps.lightModel.flatMap {
        CascadeQuality(light: $0.name, steps: $0.evaluations, heavy: scenario.query.model)
      }
    }
    if let own = policy.steps.lightModel {
      return LightModel(evaluations: own.evaluations, quality: quality(policy.steps))
    }
    guard policy.steps.models.isEmpty, policy.name != Possible.name else { return nil }
    return scenario.policies.lazy.compactMap { quality($0.steps) }.first.map {
      LightModel(evaluations: nil, quality: $0)
    }
  }

  private var sloScale: Double? {
    if case .scale(let scale) = scenario.query.slo { scale } else { nil }
  }

  private static func concernsRepetitions(_ override: String) -> Bool {
    ["run.replications=", "run.precision=", "run.most_replications="].contains {
      override.hasPrefix($0)
    }
  }

  /// What identifies the experiment's content; results without per-query rows are others.
  public func stored(keepsQueries: Bool = true) -> StoredExperiment {
    let profiles = scenario.profiles.flatMap { use in
      use.uses.map { name in
        StoredProfile(
          hash: use.profile.contentHash, name: use.profile.name,
          provenance: use.profile.provenance.rawValue, device: use.profile.device,
          source: use.profile.source, use: name, text: use.profile.text)
      }
    }
    var identity = [
      ProgramVersion.text, scenario.text, "\(scenario.run.seed)", baseline, streams.contentHash,
    ]
    if let latents = scenario.latents {
      var hash = ContentHash()
      hash.add(latents.table.bytes)
      identity.append(hash.hex)
    }
    identity += profiles.map { $0.use + $0.hash }
    let names = policies.map(\.name)
    // A run is the same whatever it is compared with and how often it is repeated.
    let others = scenario.overrides.filter { !Self.concernsRepetitions($0) }
    let content = ContentIdentity.hex(
      identity + others + (scenario.run.warmup == .mser5 ? names : []))
    identity += scenario.overrides + names
    identity += ["\(replications)", keepsQueries ? "queries" : "no queries"]
    return StoredExperiment(
      id: ContentIdentity.hex(identity), content: content, name: scenario.name,
      scenario: scenario.text,
      overrides: scenario.overrides, seed: scenario.run.seed, replications: replications,
      baseline: baseline, policies: names, version: ProgramVersion.text, loadFactor: loadFactor,
      offeredLoad: offeredLoad, notes: notes, profiles: profiles, sloScale: sloScale,
      origins: names.compactMap { name in
        scenario.policyOrigins.first { $0.name == name }.map {
          StoredOrigin(policy: name, parent: $0.parent, change: $0.change)
        }
      })
  }
}
