import Policies

/// The scenario file, declared once.
package enum ScenarioShape {
  /// Paths of the values that stand within a section: what an option may be mistaken for.
  package static var settings: [String] {
    guard case .object(let sections) = root else { return [] }
    return sections.flatMap { section in
      guard case .object(let fields) = section.shape else { return [String]() }
      return fields.map { "\(section.name).\($0.name)" }
    }
  }

  static let root = ValueShape.object([
    .init("name", .string, required: true, "the scenario's name, used in results and reports"),
    .init("description", .string, "what it is for"),
    .init("model", .string, "the model that queries ask for where the trace does not say"),
    .init(
      "models", .dictionary(noun: "model", of: model),
      "what models need of memory, and whose latencies they have; 'other' stands for all the rest"),
    .init("query", query, "what holds for queries where the trace does not say"),
    .init(
      "classes", .dictionary(noun: "class", of: serviceClass),
      "objectives and priorities of the trace's or the mix's classes, by name"),
    .init("workload", workload, required: true, "which queries arrive when"),
    .init("cluster", cluster, required: true, "the simulated datacenter"),
    .init(
      "policies", .dictionary(noun: "policy", of: policy), required: true,
      "serving policies by name"),
    .init(
      "latents", .string,
      "trajectory table, beside the scenario; auto = the built-in one, made the first time; none; default: "
        + "auto where a policy reads latents, else none"),
    .init("quality", quality, "when quality counts as kept"),
    .init("experiment", experiment, "points of a comparison, and what is judged there"),
    .init("run", run, "how often and with which seed"),
    .init(
      "oracles", .list(of: oracle),
      "what theory says of the baseline's steady state; for 'qosdiff validate --oracles'"),
  ])

  private static let value = ValueShape.number(0...1e12)

  private static let oracle = ValueShape.object([
    .init("metric", .string, required: true, "such as E[Wq], P(T>2) or Wq p95; times in seconds"),
    .init("class", .string, "the class that it is about; default: all queries"),
    .init("exact", value, "its value"),
    .init("upper_bound", value, "a value that it does not exceed"),
    .init("approximation", value, "a value that it is near; not judged"),
    .init("source", .string, required: true, "the formula, and where it was published"),
  ])

  private static let steps = ValueShape.integer(1...1000)
  private static let images = ValueShape.integer(1...1024)

  private static let query = ValueShape.object([
    .init("size", .imageSize, "height x width in pixels; default 512x512"),
    .init("steps", steps, "denoising steps; default 50; a trace's own counts win"),
    .init("images", images, "images a query; default 1; a trace's own counts win"),
    .init("guidance", .boolean, "classifier-free guidance; default true"),
    .init(
      "guided_steps", .number(0...1),
      "share of the steps, the first ones, that are guided; the rest run the network once; default 1"
    ),
    .init("slo", slo, "service-level objective; default { scale: 3 }"),
  ])

  private static let slo = ValueShape.variants(
    noun: "SLO",
    [
      .init(
        "scale", .number(0.001...1e6), standsAlone: false,
        "a multiple of the query's own standalone latency on the fastest device"),
      .init("time", .quantity(.duration, .positive), standsAlone: false, "a fixed time"),
      .init(
        "drawn", distribution, standsAlone: false,
        "a time of its own for each query, from a distribution: users' patience"),
    ])

  private static let model = ValueShape.object([
    .init("latency_of", .string, "the model whose latencies it has; default: its own"),
    .init("guidance", .boolean, "false = it is run without guidance; default: query.guidance"),
    .init(
      "weights", .quantity(.memory, .positive),
      "its weights; default: its networks' parameters in half precision"),
    .init(
      "activations", .quantity(.memory, .positive),
      "of one image of 512x512, other sizes by pixels; default: twice the networks' largest tensor"),
  ])

  private static let serviceClass = ValueShape.object([
    .init("slo", slo, "the class's objective; default: query.slo"),
    .init(
      "priority", .integer(-1000...1000),
      "rank of the class where a policy looks at it, the smallest first; default 0"),
  ])

  private static let workload = ValueShape.object([
    .init("trace", .string, "trace file; beside the scenario, then in $QOSDIFF_TRACES"),
    .init("format", .string, "trace format; default: recognised from the first line"),
    .init("published", .string, "where the trace is published, for the message when it is absent"),
    .init(
      "models", .choice(["trace", "scenario"]),
      "whose model names count; default trace, where it has any"),
    .init(
      "steps", .choice(["trace", "scenario"]),
      "whose step counts hold; default trace, where it has any"),
    .init(
      "slo", .choice(["trace", "scenario"]),
      "whose objectives hold; default trace, where it has any"),
    .init(
      "resample",
      .object([
        .init(
          "block", .quantity(.duration, .positive), required: true, "length of the blocks drawn")
      ]),
      "each replication replays blocks of the trace, drawn with replacement; default: the trace as it "
        + "is"),
    .init("include_failed", .boolean, "replay rows that did not succeed; default false"),
    .init(
      "ignore_unknown", .boolean,
      "leave out columns that the trace's format does not know, and name them; default false"),
    .init(
      "window",
      .object([
        .init(
          "from", .quantity(.duration, .notNegative), "start, in the trace's own time; default 0 s"),
        .init("length", .quantity(.duration, .positive), "length; default: to the end"),
      ]), "the part of the trace to replay"),
    .init("rate_scale", .number(1e-6...1e6), "compresses arrival times by this factor"),
    .init(
      "rescale",
      .object([
        .init("min", .quantity(.rate, .notNegative), required: true, "rate of the quietest bin"),
        .init("max", .quantity(.rate, .positive), required: true, "rate of the busiest bin"),
        .init("bin", .quantity(.duration, .positive), "bin width; default 60 s"),
      ]), "min-max rescaling of the rate curve, the DiffServe method"),
    .init("arrivals", arrivals, "generated arrivals, instead of a trace"),
    .init("queries", .integer(1...100_000_000), "how many generated queries"),
    .init("duration", .quantity(.duration, .positive), "for how long queries are generated"),
    .init(
      "mix",
      .object([
        .init("steps", .weights(1...1000), "step counts and their weights"),
        .init("images", .weights(1...1024), "image counts and their weights"),
        .init("sizes", named("size"), "image sizes, such as 512x512, and their weights"),
        .init("models", named("model"), "models and their weights"),
        .init("classes", named("class"), "classes and their weights"),
        .init(
          "prompts",
          .object([
            .init("count", .integer(1...10_000_000), required: true, "different prompts"),
            .init("exponent", .number(0...100), "of Zipf's law; default 1"),
          ]), "prompts that come back; default: every query has its own"),
      ]), "what generated queries ask for"),
    .init(
      "load", .number(0.001...1000),
      "offered work as a fraction of the baseline's capacity; default: as the trace is"),
    .init(
      "load_by", .choice(["time", "superpose"]),
      "compress arrival times, or lay shifted copies over each other; default time"),
  ])

  private static func named(_ noun: String) -> ValueShape {
    .dictionary(noun: noun, of: .number(0...1e9))
  }

  private static let plainArrivals: [ValueShape.Variant] = [
    .init(
      "poisson",
      .object([.init("rate", .quantity(.rate, .positive), required: true, "mean rate")]),
      standsAlone: false, "exponential gaps"),
    .init(
      "gamma",
      .object([
        .init("rate", .quantity(.rate, .positive), required: true, "mean rate"),
        .init(
          "cv", .number(0.01...100), required: true, "coefficient of variation of the gaps"),
      ]), standsAlone: false, "gamma-distributed gaps"),
    .init(
      "markov",
      .object([
        .init(
          "states",
          .list(
            of: .object([
              .init("rate", .quantity(.rate, .notNegative), required: true, "rate in the state"),
              .init("dwell", .quantity(.duration, .positive), required: true, "mean stay in it"),
            ])), required: true, "visited in turn")
      ]), standsAlone: false, "Markov-modulated Poisson process"),
  ]

  private static let arrivals = ValueShape.variants(
    noun: "arrival process",
    plainArrivals + [
      .init(
        "diurnal",
        .object([
          .init(
            "process", .variants(noun: "arrival process", plainArrivals), required: true,
            "the process whose rate varies"),
          .init("amplitude", .number(0...1), "of a sinusoid around the mean rate; default 0.5"),
          .init("peak", .quantity(.duration, .notNegative), "time of its maximum; default 14 h"),
          .init("period", .quantity(.duration, .positive), "its period; default 24 h"),
        ]), standsAlone: false, "any process under a daily rate curve")
    ])

  static let policyKinds: [PolicyKind] = PolicyKind.allCases

  private static let policy = ValueShape.object(
    [
      .init("extends", .string, "the policy it builds on"),
      .init(
        "preset", .choice(PolicyRegistry.presets.map(\.name)),
        "several parts by one name, over what is inherited; see 'qosdiff policies'"),
      .init(
        "without", .list(of: .choice(policyKinds.map(\.rawValue) + ["placement"])),
        "parts that are the baseline's instead: an ablation"),
    ] + policyKinds.map { kind in .init(kind.rawValue, part(kind), "see 'qosdiff policies'") }
      + [
        .init(
          "placement",
          .object([
            .init("encode", .choice(["accelerator", "cpu"]), "default accelerator"),
            .init("decode", .choice(["accelerator", "cpu"]), "default accelerator"),
          ]), "where stages run")
      ])

  private static func part(_ kind: PolicyKind) -> ValueShape {
    .variants(
      noun: kind == .steps ? "step policy" : "\(kind.rawValue) policy",
      PolicyRegistry.entries(of: kind).map { entry in
        .init(
          entry.name,
          entry.parameters.isEmpty
            ? nil
            : .object(
              entry.parameters.map { .init($0.name, shape(of: $0.kind), $0.summary) }),
          standsAlone: true, entry.summary)
      })
  }

  private static func shape(of kind: ParameterKind) -> ValueShape {
    switch kind {
    case .integer(let range): .integer(range)
    case .number(let range): .number(range)
    case .duration: .quantity(.duration, .notNegative)
    case .bits: .quantity(.information, .notNegative)
    case .choice(let words): .choice(words)
    case .name: .string
    case .integers(let range): .list(of: .integer(range))
    case .schedule:
      .list(
        of: .object([
          .init(
            "at", .quantity(.duration, .notNegative), required: true, "from the start of the run"),
          .init(
            "accelerators", .integer(0...1_000_000), required: true, "active from then on"),
        ]))
    }
  }

  private static let experiment = ValueShape.object([
    .init(
      "loads", .list(of: .number(0.001...1000)), required: true,
      "offered loads, each as workload.load"),
    .init(
      "slo_scales", .list(of: .number(0.001...1e6)), "SLO scales; default: the scenario's own"),
    .init(
      "workloads", .dictionary(noun: "workload", of: workload),
      "workloads by name; default: the scenario's own"),
    .init(
      "claims", .list(of: .string),
      "policies whose violations, latency and throughput are held against the published claims"),
    .init(
      "controls", .list(of: .string),
      "entropy policies that are run again with step counts that ignore the entropy"),
  ])

  private static let quality = ValueShape.object([
    .init(
      "floor", .number(0...10),
      "convergence score that every query must reach; violations are counted; default: none"),
    .init(
      "margin", .number(0...1),
      "largest relative rise of the perceptual score over the baseline's; default 0.02"),
    .init(
      "reference_steps", steps,
      "the full schedule whose 5th percentile of convergence must be reached; default 25"),
  ])

  private static let run = ValueShape.object([
    .init("baseline", .string, "the policy that others are compared with; default: the first"),
    .init("seed", .integer(0...Int.max), "of all random numbers; default 1"),
    .init("replications", .integer(1...1_000_000), "independent runs; default 5"),
    .init(
      "precision", .quantity(.share, .positive),
      "adds replications until the intervals of the headline metrics are this narrow; default: none"
    ),
    .init(
      "most_replications", .integer(1...1_000_000), "that precision may ask for; default 100"),
    .init(
      "warmup", .word("mser-5", or: .quantity(.duration, .notNegative)),
      "queries that arrive earlier are not counted; mser-5 = found in each replication; default 0 s"
    ),
    .init("horizon", .quantity(.duration, .positive), "end of a run; default: the last query's"),
    .init(
      "bounds", .boolean,
      "holds policies against what is possible: a lower bound on violations, and 'best-known', a schedule that knows "
        + "what is to come; default false"),
  ])
}
