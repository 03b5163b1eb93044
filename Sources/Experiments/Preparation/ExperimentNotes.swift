import Analysis
import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Results
import Scenarios
import Workload

/// What a reader of an experiment's results must know about its inputs.
enum ExperimentNotes {
  static func make(
    _ scenario: Scenario, streams: QueryStreams, reference: ReferencePolicy,
    sample: WorkloadSample, loadFactor: Double?, burst: Burst?, capacity: Double
  ) -> [Note] {
    var notes = trace(streams, scenario)
    notes += load(scenario, streams, reference, loadFactor, burst, capacity)
    notes += profiles(scenario)
    notes += withoutCPU(scenario)
    notes += memory(scenario, sample)
    notes += latents(scenario, streams, sample)
    notes += unlistedClasses(scenario, streams)
    notes.append(intervals(scenario, streams, reference.times))
    return notes
  }

  /// Queries that a priority order puts last because 'classes' does not say where they belong.
  private static func unlistedClasses(_ scenario: Scenario, _ streams: QueryStreams) -> [Note] {
    guard !scenario.classes.isEmpty,
      scenario.policies.contains(where: { $0.discipline.readsPriority })
    else { return [] }
    let unlisted = zip(streams.classes, streams.serviceClasses).filter { $1 == nil }.map(\.0)
    var notes: [Note] = unlisted.isEmpty ? [] : [.unlistedClasses(names: unlisted)]
    if let rows = streams.trace?.rows, !streams.classes.isEmpty,
      rows.contains(where: { $0.serviceClass == nil })
    {
      notes.append(.queriesWithoutClass)
    }
    return notes
  }

  /// What memory is taken to hold, by model.
  private static func memory(_ scenario: Scenario, _ sample: WorkloadSample) -> [Note] {
    guard let memory = scenario.cluster.nodes.compactMap(\.memory).first else { return [] }
    let size = scenario.query.size
    var models = sample.shapes.map(\.model)
    models = models.enumerated().filter { models.firstIndex(of: $1) == $0 }.map(\.element)
    let isFree = scenario.cluster.nodes.contains { node in
      guard let source = node.memory?.source else { return false }
      return source.bytesPerSecond == .infinity && source.latency == .zero
    }
    return (isFree ? [.weightsLoadAtOnce] : [])
      + models.map { model in
        .memory(
          model: model, weightsGB: (memory.weights[model] ?? 0) / 1e9,
          source: scenario.models.source(of: model),
          activationsGB: memory.activations(of: Shape(model: model, size: size)) / 1e9,
          size: "\(size)")
      }
  }

  private static func trace(_ streams: QueryStreams, _ scenario: Scenario) -> [Note] {
    guard let trace = streams.trace else { return [] }
    let report = trace.report
    var notes: [Note] = [
      .traceRows(
        format: trace.formatName, inFile: report.rowsInFile, replayed: report.rowsReplayed,
        skipped: report.skipped.map { .init(count: $0.count, reason: $0.reason) })
    ]
    if report.rowsOutOfOrder > 0 { notes.append(.rowsOutOfOrder(count: report.rowsOutOfOrder)) }
    notes += report.notes.map { .trace(remark: $0) }
    if scenario.workload.ignoresTraceModels, !trace.models.isEmpty {
      notes.append(.modelsIgnored(count: trace.models.count, model: scenario.query.model))
    }
    return notes
  }

  private static func load(
    _ scenario: Scenario, _ streams: QueryStreams, _ reference: ReferencePolicy,
    _ factor: Double?, _ burst: Burst?, _ capacity: Double
  ) -> [Note] {
    var notes: [Note] = []
    if let factor, let load = scenario.workload.load {
      let method: Note.LoadMethod =
        switch (streams.trace, scenario.workload.loadMethod) {
        case (nil, _): .rates
        case (_, .time): streams.hasOwnRows ? .ownCompression : .compression
        case (_, .superpose): .ownSuperposition
        }
      notes.append(.loadReached(load: load, method: method, factor: factor, capacity: capacity))
    } else if let burst {
      notes.append(.burst(queries: burst.queries, spanSeconds: burst.span.seconds))
    } else if capacity > 0 {
      notes.append(.loadOffered(load: streams.rate / capacity, capacity: capacity))
    }
    let offered = scenario.workload.load ?? streams.rate / max(capacity, 1e-12)
    if offered >= 1, capacity > 0, burst == nil { notes.append(.beyondCapacity) }
    let speeds = Set(
      scenario.cluster.nodes.indices.map {
        reference.times.standalone(
          node: NodeID(rawValue: Int32($0)), shape: ShapeID(rawValue: 0), images: 1,
          evaluations: 1, placement: reference.policy.placement)
      })
    if speeds.count > 1 { notes.append(.unequalWorkers) }
    return notes
  }

  private static func profiles(_ scenario: Scenario) -> [Note] {
    scenario.profiles.map { use in
      .latencies(
        uses: use.uses, provenance: use.profile.provenance.rawValue, profile: use.profile.name,
        origin: [use.profile.device, use.profile.source, use.profile.date].compactMap { $0 })
    } + tasks(scenario)
  }

  /// Sizes that profiles lack: one sentence for each profile, however many a trace has.
  static func scaled(_ times: [ServiceTimes]) -> [Note] {
    let all = times.flatMap(\.scaled)
    var profiles: [String] = []
    for latency in all where !profiles.contains(latency.profile) {
      profiles.append(latency.profile)
    }
    return profiles.map { profile in
      let latencies = all.filter { $0.profile == profile }
      let shapes = Set(latencies.map(\.shape))
      let first = latencies[0]
      return .sizesScaled(
        profile: profile, model: first.shape.model, size: "\(first.shape.size)",
        from: "\(first.from)", others: shapes.count - 1)
    }
  }

  /// What a look at a latent costs, or that nobody measured it; nothing where no policy looks.
  static func probes(
    _ scenario: Scenario, _ policies: [PolicySet], _ times: ServiceTimes
  ) -> [Note] {
    guard policies.contains(where: { $0.steps.requirements.probes?.readsLatent ?? false }) else {
      return []
    }
    let nodes = scenario.cluster.nodes
    let unmeasured = nodes.filter { $0.probe == nil }.map(\.name)
    if !unmeasured.isEmpty { return [.probesFree(nodes: unmeasured)] }
    let costs = nodes.indices.map { node in
      times.probeTime(of: NodeID(rawValue: Int32(node)), shape: ShapeID(rawValue: 0))
    }
    guard let largest = costs.max(), let probe = nodes.first?.probe else { return [] }
    return [.probesCost(microseconds: largest.seconds * 1e6, isOnHost: probe.isOnHost)]
  }

  /// Whose latents quality is judged by.
  private static func latents(
    _ scenario: Scenario, _ streams: QueryStreams, _ sample: WorkloadSample
  ) -> [Note] {
    guard let latents = scenario.latents else { return [] }
    let header = latents.table.header
    var notes: [Note] = [
      .latents(
        table: .init(
          isSynthetic: header.source == .synthetic, prompts: header.prompts, model: header.model,
          height: header.height, width: header.width, provenance: header.provenance))
    ]
    if let calibration = QualityCalibration(latents.table) {
      notes.append(
        .perceptualScore(
          residual: calibration.residual, least: calibration.range.lowerBound,
          largest: calibration.range.upperBound))
    }
    let plan = scenario.quality
    if let reference = QualityVerdict(latents.table, plan).reference {
      notes.append(
        .qualityKept(
          marginPercent: 100 * plan.margin, convergence: reference, steps: plan.referenceSteps,
          floor: plan.floor))
    }
    let others = sample.count { $0.size != ImageSize(height: header.height, width: header.width) }
    if others > 0 { notes.append(.otherSizes(count: others, of: sample.count)) }
    let strangers = sample.count { streams.models[Int($0.model.rawValue)] != header.model }
    if strangers > 0 { notes.append(.otherModels(count: strangers)) }
    return notes
  }

  /// What CPU tasks of several cores are worth, and those on fewer cores than were measured, each once; only of stages
  /// that some policy leaves to CPU pools.
  private static func tasks(_ scenario: Scenario) -> [Note] {
    var notes: [Note] = []
    for node in scenario.cluster.nodes {
      let onCPU = Set(scenario.policies.flatMap { node.cpuStages(under: $0.placement) })
      for stage in Stage.allCases where node.cpu.has(stage) && onCPU.contains(stage) {
        let task = node.cpuTasks[stage.index]
        guard task.cores > 1 || task.speedup != 1 else { continue }
        let note = Note.cpuTask(
          stage: stage.rawValue, cores: task.cores, speedup: task.speedup)
        if !notes.contains(note) { notes.append(note) }
      }
    }
    return notes
  }

  /// Post-processing that takes no time must be said.
  private static func withoutCPU(_ scenario: Scenario) -> [Note] {
    let names = scenario.cluster.nodes.filter { node in
      guard case .profile = node.accelerator.stages[Stage.denoise.index] else { return false }
      return !node.cpu.has(.postProcess)
    }.map(\.name)
    return names.isEmpty ? [] : [.noPostProcessing(nodes: names)]
  }

  /// What makes replications differ.
  private static func intervals(
    _ scenario: Scenario, _ streams: QueryStreams, _ times: ServiceTimes
  ) -> Note {
    let arrivals: Note.Arrivals =
      if streams.trace == nil { .drawn } else if let block = scenario.workload.resampleBlock {
        .blocks(seconds: block.seconds)
      } else if streams.hasOwnRows { .shifts } else { .fixed }
    return .intervals(
      arrivals: arrivals, othersVary: ["prompts"] + (times.hasRandomTimes ? ["service times"] : []))
  }
}
