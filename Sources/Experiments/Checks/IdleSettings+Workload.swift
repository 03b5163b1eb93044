import Cluster
import EventEngine
import Scenarios
import Workload

/// Settings of queries and arrivals.
extension IdleSettings {
  private var place: String { scenario.workloadPath }

  /// Whether the model and the size choose a trajectory table or a profile of this machine, whatever queries ask for.
  private var isLookedUp: Bool { scenario.latents != nil || scenario.hasOwnProfile }

  /// What every query says itself, or its class does.
  mutating func ofQueries() {
    let plan = scenario.workload
    guard let rows else {
      if case .generated(_, let mix, _, _) = plan.source {
        let all = "workload.mix says it of every query"
        note("query.size", unless: mix.sizes.isEmpty || isLookedUp, all)
        note("model", unless: mix.models.isEmpty || isLookedUp, all)
        ofObjectives(withoutOwn: classesAsked)
      }
      return
    }
    let all = "every row of the trace has its own"
    note("\(place).steps", unless: rows.withSteps > 0, "no row of the trace has steps")
    note("\(place).models", unless: rows.withModel > 0, "no row of the trace names a model")
    note("\(place).slo", unless: rows.withSLO > 0, "no row of the trace has an objective")
    if !plan.ignoresTraceSteps {
      note(
        "query.steps", unless: rows.withSteps < rows.all,
        "\(all) (workload.steps: scenario takes it)")
    }
    if !plan.ignoresTraceModels {
      note(
        "model", unless: rows.withModel < rows.all || isLookedUp,
        "\(all) (workload.models: scenario takes it)")
    }
    note("query.images", unless: rows.withImages < rows.all, all)
    note("query.size", unless: rows.withSize < rows.all || isLookedUp, all)
    if plan.ignoresTraceSLOs {
      ofObjectives(withoutOwn: classesAsked)
    } else if rows.withSLO == rows.all {
      let taken = "every row of the trace has its own SLO (workload.slo: scenario takes this one)"
      note("query.slo", taken)
      note("experiment.slo_scales", taken)
      note("classes.*.slo", taken)
    } else {
      ofObjectives(withoutOwn: rows.classesWithoutSLO)
    }
  }

  /// Objectives of the scenario and of its classes; `open`: the classes of which some query has none of its own.
  private mutating func ofObjectives(withoutOwn open: Set<Int?>) {
    for service in scenario.classes where service.slo != nil {
      guard let index = streams.classes.firstIndex(of: service.name), !open.contains(index) else {
        continue
      }
      note("classes.\(service.name).slo", "no query of this class takes its SLO from here")
    }
    let takesDefault = open.contains { index in
      index.flatMap { streams.serviceClasses[$0] }?.slo == nil
    }
    if !takesDefault {
      note("query.slo", "every class has its own SLO")
      note("experiment.slo_scales", "every class has its own SLO, which does not scale")
    }
  }

  /// The classes that queries may be of.
  var classesAsked: Set<Int?> {
    if let rows { return rows.classes }
    guard case .generated(_, let mix, _, _) = scenario.workload.source, !mix.classes.isEmpty else {
      return [nil]
    }
    return Set(mix.classes.indices.filter { mix.classes[$0].weight > 0 })
  }

  mutating func ofClasses() {
    let asked = classesAsked
    for service in scenario.classes {
      guard let index = streams.classes.firstIndex(of: service.name), !asked.contains(index) else {
        continue
      }
      note("classes.\(service.name)", "no query is of this class here")
    }
    let readsPriority = scenario.policies.contains { $0.discipline.readsPriority }
    note("classes.*.priority", unless: readsPriority, "no policy has 'discipline: priority'")
  }

  mutating func ofWorkload() {
    let plan = scenario.workload
    switch plan.source {
    case .trace(_, _, let options):
      note(
        "\(place).load_by", unless: plan.load != nil, "there is no workload.load to be reached")
      if options.includeFailed, let trace = streams.trace {
        note(
          "\(place).include_failed", unless: trace.formatName == "gentd26",
          "a trace of format '\(trace.formatName)' says of no row that it failed")
      }
      if options.ignoreUnknown, let trace = streams.trace {
        note(
          "\(place).ignore_unknown",
          unless: TraceFormats.named(trace.formatName).map { !$0.columns.isEmpty } ?? true,
          "a trace of format '\(trace.formatName)' has no header")
      }
      let isCompressed =
        plan.load != nil && plan.loadMethod == .time && plan.resampleBlock == nil
      note(
        "\(place).rate_scale", unless: plan.rateScale == 1 || !isCompressed,
        "workload.load compresses the arrivals as far as it takes, whatever their rate was; to a nanosecond"
      )
    case .generated(_, let mix, _, let count):
      if scenario.isGiven("\(place).duration"), let count {
        // Whichever comes first ends the arrivals of a replication.
        let isComplete = streams.count(replication: 0) >= count
        note(
          place + (isComplete ? ".duration" : ".queries"),
          "the other of the two ends the arrivals first, in the first replication at least")
      }
      if mix.prompts != nil {
        note(
          "\(place).mix.prompts",
          unless: scenario.latents != nil
            || scenario.policies.contains {
              $0.steps.requirements.cachedPrompts > 0 || $0.steps.requirements.decidesAfterDecode
                || $0.steps.requirements.needsTable
            },
          "no policy looks at prompts, and no images are judged")
      }
    }
  }

  /// Models differ in times, guidance and memory.
  mutating func ofModels() {
    let hasProfiles = !scenario.profiles.isEmpty
    let synthetic = "synthetic times are the same for all models"
    note("models.*.latency_of", unless: hasProfiles, synthetic)
    note("models.*.guidance", unless: hasProfiles, "synthetic times are the same with guidance")
    note("query.guidance", unless: hasProfiles, "synthetic times are the same with guidance")
    let guided = streams.models.filter { !scenario.models.isUnguided($0) }
    if hasProfiles, guided.isEmpty {
      note("query.guidance", "every model is run without it")
      note("query.guided_steps", "every model is run without guidance")
    }
    let named = streams.models.allSatisfy { model in
      scenario.isGiven("models.\(model)")
    }
    note("models.other", unless: !named, "every model that is asked for has its own entry")
  }

  mutating func ofQuality() {
    guard scenario.latents == nil else {
      let judges = scenario.isGiven("experiment.claims.0")
      for key in ["margin", "reference_steps"] {
        note(
          "quality.\(key)", unless: judges,
          "it judges the claims of an experiment, and none is made here")
      }
      return
    }
    note("quality.*", "without 'latents' no images are judged")
  }
}
