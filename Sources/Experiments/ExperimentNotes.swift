import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
import Scenarios
import Workload

/// What a reader of an experiment's results must know about its inputs, in sentences.
enum ExperimentNotes {
  static func make(
    _ scenario: Scenario, streams: QueryStreams, reference: ReferencePolicy,
    sample: WorkloadSample, loadFactor: Double?, burst: Burst?, capacity: Double
  ) -> [String] {
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
  private static func unlistedClasses(_ scenario: Scenario, _ streams: QueryStreams) -> [String] {
    guard !scenario.classes.isEmpty,
      scenario.policies.contains(where: { $0.discipline.readsPriority })
    else { return [] }
    let unlisted = zip(streams.classes, streams.serviceClasses).filter { $1 == nil }.map(\.0)
    let named = unlisted.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let more = unlisted.count > 5 ? " and \(unlisted.count - 5) more" : ""
    var notes =
      unlisted.isEmpty
      ? [] : ["not listed in 'classes', so last in an order by priority: \(named)\(more)"]
    if let rows = streams.trace?.rows, !streams.classes.isEmpty,
      rows.contains(where: { $0.serviceClass == nil })
    {
      notes.append("queries of no class come last in an order by priority")
    }
    return notes
  }

  /// What memory is taken to hold, by model.
  private static func memory(_ scenario: Scenario, _ sample: WorkloadSample) -> [String] {
    guard let memory = scenario.cluster.nodes.compactMap(\.memory).first else { return [] }
    let size = scenario.query.size
    var models = sample.shapes.map(\.model)
    models = models.enumerated().filter { models.firstIndex(of: $1) == $0 }.map(\.element)
    let isFree = scenario.cluster.nodes.contains { node in
      guard let source = node.memory?.source else { return false }
      return source.bytesPerSecond == .infinity && source.latency == .zero
    }
    let notes =
      isFree ? ["weights are loaded in no time where a node has neither a disk nor a link"] : []
    return notes
      + models.map { model in
        let weights = (memory.weights[model] ?? 0) / 1e9
        let each = memory.activations(of: Shape(model: model, size: size)) / 1e9
        return
          "memory of '\(model)': weights \(round(weights)) GB\(scenario.models.source(of: model)), "
          + "\(round(each)) GB for an image of \(size)"
      }
  }

  private static func trace(_ streams: QueryStreams, _ scenario: Scenario) -> [String] {
    guard let trace = streams.trace else { return [] }
    let report = trace.report
    var notes = [
      "trace (\(trace.formatName)): \(report.rowsInFile) rows = \(report.rowsReplayed) replayed"
        + report.skipped.map { " + \($0.count) skipped (\($0.reason))" }.joined()
    ]
    if report.rowsOutOfOrder > 0 {
      notes.append("\(report.rowsOutOfOrder) rows out of order were sorted, stably")
    }
    notes += report.notes
    if scenario.workload.ignoresTraceModels, !trace.models.isEmpty {
      notes.append(
        "\(trace.models.count) base models of the trace are replayed as \(scenario.query.model)")
    }
    return notes
  }

  private static func load(
    _ scenario: Scenario, _ streams: QueryStreams, _ reference: ReferencePolicy,
    _ factor: Double?, _ burst: Burst?, _ capacity: Double
  ) -> [String] {
    var notes: [String] = []
    let rate = round(capacity)
    if let factor, let load = scenario.workload.load {
      let how: String
      switch (streams.trace, scenario.workload.loadMethod) {
      case (nil, _): how = "arrival rates multiplied by \(round(factor))"
      case (_, .time): how = "arrival times compressed by \(round(factor))"
      case (_, .superpose):
        how =
          "\(round(factor)) shifted copies of the trace superposed, shifts drawn per replication"
      }
      let own = streams.hasOwnRows ? " (each replication by its own rows, to that load)" : ""
      notes.append(
        "load \(load): \(how)\(own); the baseline's capacity is \(rate) query/s at its batch limit")
    } else if let burst {
      let within =
        burst.span == .zero
        ? "at once"
        : "within \(round(burst.span.seconds)) s, before a tenth of them can be complete"
      let who =
        burst.queries == 1 ? "there is one query" : "all \(burst.queries) queries arrive \(within)"
      notes.append(
        "\(who): there is no rate and no offered load"
          + (burst.queries == 1 ? "" : ", and latencies are those of working off the burst"))
    } else if capacity > 0 {
      notes.append(
        "offered load \(round(streams.rate / capacity)) of the baseline's capacity "
          + "of \(rate) query/s")
    }
    let offered = scenario.workload.load ?? streams.rate / max(capacity, 1e-12)
    if offered >= 1, capacity > 0, burst == nil {
      notes.append(
        "this is all that the baseline can take, or more: its queue cannot settle unless it drops queries"
      )
    }
    let speeds = Set(
      scenario.cluster.nodes.indices.map {
        reference.times.standalone(
          node: NodeID(rawValue: Int32($0)), shape: ShapeID(rawValue: 0), images: 1,
          evaluations: 1, placement: reference.policy.placement)
      })
    if speeds.count > 1 {
      notes.append(
        "workers are unequal: the capacity is an upper bound for dispatchers that ignore speed")
    }
    return notes
  }

  private static func profiles(_ scenario: Scenario) -> [String] {
    scenario.profiles.map { use in
      let parts = use.uses.joined(separator: ", ")
      let origin = [use.profile.device, use.profile.source, use.profile.date].compactMap { $0 }
      return "latencies of \(parts): \(use.profile.provenance.rawValue), "
        + "\(use.profile.name) (\(origin.joined(separator: "; ")))"
    } + tasks(scenario)
  }

  /// Sizes that profiles lack: one sentence for each profile, however many a trace has.
  static func scaled(_ times: [ServiceTimes]) -> [String] {
    let all = times.flatMap(\.scaled)
    var profiles: [String] = []
    for latency in all where !profiles.contains(latency.profile) {
      profiles.append(latency.profile)
    }
    return profiles.map { profile in
      let latencies = all.filter { $0.profile == profile }
      let shapes = Set(latencies.map(\.shape))
      let first = latencies[0]
      let what = "\(first.shape.model) \(first.shape.size)"
      let others = shapes.count > 1 ? " and \(shapes.count - 1) more" : ""
      return "\(profile) lacks \(what)\(others): derived there, scaled from the nearest size "
        + "(\(first.from) for \(what)) by the operators' FLOPs and bytes"
    }
  }

  /// What a look at a latent costs, or that nobody measured it; nothing where no policy looks.
  static func looks(
    _ scenario: Scenario, _ policies: [PolicySet], _ times: ServiceTimes
  ) -> [String] {
    guard policies.contains(where: { $0.steps.looks?.readsLatent ?? false }) else { return [] }
    let nodes = scenario.cluster.nodes
    let unmeasured = nodes.filter { $0.look == nil }.map(\.name)
    if !unmeasured.isEmpty {
      return [
        "looks at latents cost nothing on \(unmeasured.joined(separator: ", ")): no profile there has "
          + "the entropy's time ('qosdiff bench' measures it)"
      ]
    }
    let costs = nodes.indices.map { node in
      times.lookTime(of: NodeID(rawValue: Int32(node)), shape: ShapeID(rawValue: 0))
    }
    guard let most = costs.max(), let look = nodes.first?.look else { return [] }
    return [
      "a look at a latent holds its worker up for \(round(most.seconds * 1e6)) us an image "
        + "(measured\(look.isOnHost ? ", on the host, hand-off included" : ""))"
    ]
  }

  /// Whose latents quality is judged by.
  private static func latents(
    _ scenario: Scenario, _ streams: QueryStreams, _ sample: WorkloadSample
  ) -> [String] {
    guard let latents = scenario.latents else { return [] }
    let header = latents.table.header
    let label = header.source == .synthetic ? "synthetic latents" : "recorded latents"
    var notes = [
      "quality: \(label) of \(header.prompts) prompts, \(header.model) at "
        + "\(header.height)x\(header.width) (\(header.provenance))"
    ]
    if let calibration = QualityCalibration(latents.table) {
      notes.append(
        "perceptual score: published FID at the mean latent error of full DPM-Solver++ schedules, "
          + "monotone fit, residual \(round(calibration.residual)); established for errors from "
          + "\(round(calibration.range.lowerBound)) to \(round(calibration.range.upperBound))")
    }
    let plan = scenario.quality
    if let reference = QualityVerdict(latents.table, plan).reference {
      notes.append(
        "quality counts as kept where the perceptual score is at most \(round(100 * plan.margin)) % over "
          + "the baseline's and the 5th percentile of convergence at least \(round(reference)), that of "
          + "a fixed schedule of \(plan.referenceSteps) steps"
          + (plan.floor.map { "; floor of every query: \(round($0))" } ?? ""))
    }
    let others = sample.count { $0.size != ImageSize(height: header.height, width: header.width) }
    if others > 0 {
      notes.append(
        "\(others) of \(sample.count) queries have another size than the trajectory table's: "
          + "theirs are taken from it")
    }
    let strangers = sample.count { streams.models[Int($0.model.rawValue)] != header.model }
    if strangers > 0 {
      notes.append("\(strangers) queries ask for other models: their images are not judged")
    }
    return notes
  }

  /// What CPU tasks of several cores are worth, and those on fewer cores than were measured, each once; only of stages
  /// that some policy leaves to CPU pools.
  private static func tasks(_ scenario: Scenario) -> [String] {
    var notes: [String] = []
    for node in scenario.cluster.nodes {
      let onCPU = Set(scenario.policies.flatMap { node.cpuStages(under: $0.placement) })
      for stage in Stage.allCases where node.cpu.has(stage) && onCPU.contains(stage) {
        let task = node.cpuTasks[stage.index]
        guard task.cores > 1 || task.speedup != 1 else { continue }
        let note =
          "\(stage.rawValue) on a CPU pool: a task takes \(task.cores) "
          + "\(task.cores == 1 ? "core" : "cores"), and "
          + (task.speedup == 1
            ? "as long as its profile says"
            : "\(round(1 / task.speedup)) times as long as its profile says")
        if !notes.contains(note) { notes.append(note) }
      }
    }
    return notes
  }

  /// Post-processing that takes no time must be said.
  private static func withoutCPU(_ scenario: Scenario) -> [String] {
    let names = scenario.cluster.nodes.filter { node in
      guard case .profile = node.accelerator.stages[Stage.denoise.index] else { return false }
      return !node.cpu.has(.postProcess)
    }.map(\.name)
    return names.isEmpty
      ? []
      : ["no cpu times for \(names.joined(separator: ", ")): post-processing takes no time there"]
  }

  /// What makes replications differ.
  private static func intervals(
    _ scenario: Scenario, _ streams: QueryStreams, _ times: ServiceTimes
  ) -> String {
    let sources = ["prompts"] + (times.hasRandomTimes ? ["service times"] : [])
    func listed(_ first: String) -> String {
      "intervals: " + ([first] + sources.dropLast()).joined(separator: ", ")
        + " and \(sources.last ?? "")"
    }
    if streams.trace == nil { return listed("arrivals") }
    if let block = scenario.workload.resampleBlock {
      return listed("blocks of \(round(block.seconds)) s of the trace drawn with replacement")
    }
    if scenario.workload.load != nil, scenario.workload.loadMethod == .superpose {
      return listed("shifts of the superposed copies")
    }
    return "intervals: \(sources.joined(separator: " and ")); arrivals fixed"
  }

  private static func round(_ x: Double) -> String {
    let scale: Double = x >= 100 ? 10 : x >= 1 ? 1000 : 1_000_000
    return "\((x * scale).rounded() / scale)"
  }
}
